/**
 * Tests `npm start` in a process of its own, with the sandbox's Redis and Salesforce on loopback.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { createSalesforce, instant } from '../../sandbox/salesforce/index.js'
import { startRedis } from '../../sandbox/server/local-services.js'
import { serve } from '../../sandbox/server/serve.js'
import { buildPage } from '../../scripts/build/page.js'
import { createDeferred } from '../support/sending.js'

/** Reads the responses as a frontend does. */
const reply = z.object({
  token: z.string().optional(),
  conversationId: z.string().default(''),
  cursor: z.string().default(''),
  status: z.union([z.string(), z.number()]).optional(),
  messages: z.array(z.object({ text: z.string() })).default([]),
})

/** A folder without an `.env`. */
const folder = mkdtempSync(join(tmpdir(), 'node-'))
const started: ReturnType<typeof spawn>[] = []
let complete: Record<string, string> = {}
let closeAll: () => Promise<unknown>
const salesforce = createSalesforce({ switches: instant, allowTranscriptDownload: true })
/** Lists the paths of the requests that have reached Salesforce, answered or not. */
const arrived: string[] = []

const arrivals = (end: string) => arrived.filter((path) => path.endsWith(end)).length
/** Resolves when Salesforce may go on with the messages that it gets. */
let sendsHeld: Promise<void> | undefined

beforeAll(async () => {
  await buildPage(resolve('public'), {})
  const redis = await startRedis()
  const org = await serve(async (request) => {
    const { pathname } = new URL(request.url)
    arrived.push(pathname)
    if (pathname.endsWith('/message')) await sendsHeld
    return await salesforce.handle(request)
  })
  closeAll = () => Promise.all([redis.close(), org.close()])
  complete = {
    UPSTASH_REDIS_REST_URL: redis.variables.url,
    UPSTASH_REDIS_REST_TOKEN: redis.variables.token,
    SALESFORCE_MESSAGING_URL: org.url,
    SALESFORCE_ORG_ID: salesforce.orgId,
    SALESFORCE_DEPLOYMENT: salesforce.esDeveloperName,
    SESSION_SECRET: 'a-secret-of-at-least-thirty-two-bytes',
    HOST: '127.0.0.1',
    PORT: '0',
  }
})
afterEach(() => {
  sendsHeld = undefined
  for (const child of started.splice(0)) child.kill('SIGKILL')
})
afterAll(async () => {
  await closeAll()
  rmSync(folder, { recursive: true, force: true })
})

const direct = [
  process.execPath,
  '--import',
  import.meta.resolve('tsx'),
  resolve('platforms/node.ts'),
]

function start(env: Record<string, string>, [command = '', ...options] = direct, cwd = folder) {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(command, options, { cwd, env: { PATH, HOME, ...env }, stdio: 'pipe' })
  started.push(child)
  const lines: string[] = []
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => lines.push(line))
  }
  return { child, lines, exited: once(child, 'exit') }
}

async function listening(running = start(complete)) {
  const { lines } = running
  await expect.poll(() => lines.join('\n'), { timeout: 20_000 }).toContain('Listening on ')
  const base = lines.join('\n').match(/Listening on (\S+)/)?.[1] ?? ''
  return { ...running, base }
}

/** Opens a conversation for a guest and reads its greeting. */
async function visit(base: string) {
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  async function post(path: string, content: object) {
    const response = await fetch(`${base}/api/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(content),
    })
    return { status: response.status, body: reply.parse(await response.json()) }
  }
  const { body } = await post('auth', {})
  headers.authorization = `Bearer ${body.token}`
  const { conversationId } = (await post('start', {})).body
  async function poll(query: Record<string, string> = {}) {
    const search = new URLSearchParams({ conversationId, ...query })
    const response = await fetch(`${base}/api/poll?${search}`, { headers })
    return { status: response.status, body: reply.parse(await response.json()) }
  }
  /** Opens a poll that waits, because nobody writes. */
  async function wait(seconds: number) {
    const { cursor } = (await poll()).body
    return poll({ cursor, wait: String(seconds) })
  }
  /** Opens a send; it stays open once Salesforce has it, until that is told to go on. */
  async function openSend() {
    const { promise, resolve: goOn } = createDeferred()
    sendsHeld = promise
    const before = arrivals('/message')
    const answer = post('send', { conversationId, text: 'Hello' })
    await expect.poll(() => arrivals('/message') - before).toBe(1)
    return { answer, goOn }
  }
  const transcript = () =>
    fetch(`${base}/api/transcript?conversationId=${conversationId}`, { headers })
  return { conversationId, post, poll, wait, openSend, transcript }
}

describe('npm start', () => {
  test('is for production too, and hands a signal on to the gateway', async () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
    expect(Object.keys(dependencies)).toContain('tsx')
    const { base, child, exited, lines } = await listening(
      start(complete, ['npm', 'start'], resolve('.')),
    )
    expect((await fetch(`${base}/api/health`)).status).toBe(200)
    child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
    expect(lines.join('\n')).toContain('Stopping')
    await expect(fetch(`${base}/api/health`)).rejects.toThrow('fetch failed')
  })

  test('holds a conversation, and shows the pages with the headers of vercel.json', async () => {
    const { base, child, exited } = await listening()
    const { conversationId, post, poll } = await visit(base)
    expect((await post('send', { conversationId, text: 'Hello' })).status).toBe(202)
    const { status, body } = await poll()
    expect(status).toBe(200)
    expect(body.messages.map(({ text }) => text)).toContain('Hello')
    expect((await post('end', { conversationId })).body.status).toBe('ended')

    const page = await fetch(base)
    expect(await page.text()).toContain('<miaw-chat')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect((await fetch(`${base}/docs`)).status).toBe(200)
    const element = await fetch(`${base}/miaw-chat.js`)
    expect(element.headers.get('access-control-allow-origin')).toBe('*')
    expect(element.headers.get('content-type')).toContain('javascript')
    const missing = await fetch(`${base}/api`)
    expect(missing.status).toBe(404)
    expect(missing.headers.get('content-type')).toContain('application/problem+json')
    expect(missing.headers.get('content-security-policy')).toBeNull()

    child.kill('SIGINT')
    expect(await exited).toEqual([0, null])
  })

  test('cuts the connection where Salesforce cuts a transcript, and logs one line', async () => {
    const { base, lines } = await listening()
    const { transcript, poll } = await visit(base)
    const earlier = lines.length
    const what = { body: { everyMs: 100, breakAfterBytes: 300 } }
    salesforce.fail({ operation: 'retrieveConversationTranscript', what })
    const response = await transcript()
    expect(response.status).toBe(200)
    await expect(response.arrayBuffer()).rejects.toThrow('terminated')
    expect((await poll()).status).toBe(200)
    await expect.poll(() => lines.length - earlier).toBeGreaterThan(1)
    const logged = lines.slice(earlier).map((line) => JSON.parse(line))
    expect(logged.filter(({ endpoint }) => endpoint !== 'poll')).toMatchObject([
      { level: 'error', endpoint: 'transcript', bytes: 300, cut: 'upstream' },
    ])
  })

  test('at SIGTERM a poll that waits is answered at once', async () => {
    const { base, child, exited } = await listening()
    const { wait } = await visit(base)
    const before = arrivals('/entries')
    const answer = wait(20)
    await expect.poll(() => arrivals('/entries') - before).toBe(2)
    child.kill('SIGTERM')
    expect(await answer).toMatchObject({ status: 200, body: { messages: [] } })
    // Without the signal it would look again every three seconds, until 20 s have passed.
    expect(arrivals('/entries') - before).toBe(2)
    expect(await exited).toEqual([0, null])
  })

  test('at SIGTERM a send on its way is answered whole, and nobody new is let in', async () => {
    const running = start({ ...complete, REQUEST_DEADLINE_MS: '25000' })
    const { base, child, exited, lines } = await listening(running)
    const { openSend } = await visit(base)
    const { answer, goOn } = await openSend()
    child.kill('SIGTERM')
    child.kill('SIGTERM')
    await expect.poll(() => lines.join('\n')).toContain('Stopping')
    await expect(fetch(`${base}/api/health`)).rejects.toThrow('fetch failed')
    expect(child.exitCode).toBeNull()
    goOn()
    expect((await answer).status).toBe(202)
    expect(await exited).toEqual([0, null])
  })

  test('a second signal ends it at once', async () => {
    const { base, child, exited, lines } = await listening()
    const { openSend } = await visit(base)
    const { answer } = await openSend()
    const outcome = answer.catch(() => 'cut')
    child.kill('SIGTERM')
    await expect.poll(() => lines.join('\n')).toContain('Stopping')
    await sleep(700)
    child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
    expect(await outcome).toBe('cut')
  })
})

describe('npm start refuses to start, in one line and with exit code 1', () => {
  const required = [
    'SALESFORCE_MESSAGING_URL',
    'SALESFORCE_ORG_ID',
    'SALESFORCE_DEPLOYMENT',
    'UPSTASH_REDIS_REST_URL',
    'UPSTASH_REDIS_REST_TOKEN',
    'SESSION_SECRET',
  ]

  test('without an environment, naming every variable that is missing', async () => {
    const { lines, exited } = start({ PORT: '0' })
    expect(await exited).toEqual([1, null])
    expect(lines).toHaveLength(1)
    for (const name of required) expect(lines[0]).toContain(`${name} is missing`)
  })

  test('without a secret, which it never makes up', async () => {
    const { lines, exited } = start({ ...complete, SESSION_SECRET: '' })
    expect(await exited).toEqual([1, null])
    expect(lines).toEqual(['The environment is not complete: SESSION_SECRET is missing.'])
  })

  test('at a port that is taken or none', async () => {
    const { base } = await listening()
    const taken = start({ ...complete, PORT: new URL(base).port })
    expect(await taken.exited).toEqual([1, null])
    expect(taken.lines).toEqual([expect.stringMatching(/^listen EADDRINUSE/)])
    const none = start({ ...complete, PORT: 'http' })
    expect(await none.exited).toEqual([1, null])
    expect(none.lines).toEqual(['PORT must be a whole number from 0 to 65535.'])
  })
})
