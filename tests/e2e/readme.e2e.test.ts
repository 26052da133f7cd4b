/** Executes the README's commands and its walk through the endpoints as they are written. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Gateway, startGateway } from './gateway.js'

const run = promisify(execFile)
const readme = readFileSync('README.md', 'utf8')
const [devCommand, testCommand, walk] = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(
  ([, block = '']) => block.trim(),
)

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway({ publicFiles: 'public', switches: {} })
})
afterAll(() => gateway.close())

it('the README’s walk through the five endpoints runs and prints what it promises', async () => {
  const env = { ...process.env, GATEWAY: gateway.origin }
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', walk ?? ''], { env })
  const lines = stdout.trim().split('\n')
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ duplicate: false })
  expect(lines[1]).toBe('true')
  expect(lines).toContain('Chatbot: Hello, I am the Harbor Assistant. How can I help you?')
  expect(lines).toContain('EndUser: Hello, is my container there?')
  expect(lines.at(-2)).toMatch(/^\d+$/)
  expect(lines.at(-1)).toBe('ended')
})

it('the README’s two commands exist, and CI runs the second', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
  expect(devCommand).toBe('npm ci && npm run dev')
  expect(testCommand).toBe('npm ci && npm test')
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['dev', 'test']))
  expect(readFileSync('.ci/run', 'utf8')).toContain(`\n${testCommand}\n`)
})
