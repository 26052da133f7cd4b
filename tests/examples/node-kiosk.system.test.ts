import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type Gateway, startGateway } from '../e2e/gateway.js'
import { copyExample, packModules } from './package.js'

const example = copyExample('node-kiosk')
const started: ChildProcess[] = []
let gateway: Gateway

beforeAll(async () => {
  await packModules(join(example.folder, 'node_modules/miaw-gateway'))
  gateway = await startGateway({ publicFiles: 'public' })
})
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})
afterAll(async () => {
  await gateway.close()
  example.remove()
})

/** Starts a kiosk; returns its output, and a function to type on it. */
function switchOn(idleSeconds: number) {
  const { PATH } = process.env
  const env = { PATH, GATEWAY: gateway.origin, IDLE_SECONDS: String(idleSeconds) }
  const child = spawn(process.execPath, ['kiosk.js'], { cwd: example.folder, env, stdio: 'pipe' })
  started.push(child)
  const lines: string[] = []
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => lines.push(line))
  }
  const type = (line: string) => child.stdin.write(`${line}\n`)
  const read = (line: string) => expect.poll(() => lines, { timeout: 10_000 }).toContain(line)
  const times = (line: string) => lines.filter((each) => each === line).length
  const turnOff = () => child.stdin.end()
  return { lines, type, read, times, turnOff, exited: once(child, 'exit') }
}

const welcome = 'Welcome! Say something.'
const greeting = 'Harbor Assistant: Hello, I am the Harbor Assistant. How can I help you?'

it('chats line by line, and a number answers a choice', async () => {
  const kiosk = switchOn(60)
  kiosk.type('Hello')
  await kiosk.read('Harbor Assistant: You said “Hello”. Is there more I can do?')
  kiosk.type('quick')
  await kiosk.read('Harbor Assistant: Which port?')
  const choices = ['  1  Rotterdam', '  2  Busan', '  3  Valparaíso']
  expect(kiosk.lines.slice(-4)).toEqual(['Harbor Assistant: Which port?', ...choices])
  kiosk.type('2')
  await kiosk.read('Harbor Assistant: You chose “Busan”.')
  expect(kiosk.times(greeting)).toBe(1)
  kiosk.turnOff()
  expect(await kiosk.exited).toEqual([0, null])
})

it('forgets an idle visitor, and opens another conversation for the next one', async () => {
  const kiosk = switchOn(3)
  kiosk.type('My name is Mina')
  await kiosk.read(greeting)
  await expect.poll(() => kiosk.times(welcome), { timeout: 10_000 }).toBe(2)
  const before = kiosk.lines.length
  kiosk.type('/bye')
  kiosk.type('Somebody else')
  await kiosk.read('Harbor Assistant: You said “Somebody else”. Is there more I can do?')
  expect(kiosk.times(greeting)).toBe(2)
  expect(kiosk.lines.slice(before).join('\n')).not.toContain('Mina')
})
