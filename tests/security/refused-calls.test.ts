/** Tests that a call that a limit refuses costs the operator next to nothing. */
import { randomUUID } from 'node:crypto'
import { HttpResponse, http } from 'msw'
import { describe, expect, it, vi } from 'vitest'
import * as z from 'zod'
import availability from '../../api/_availability.js'
import conversations from '../../api/_conversations.js'
import transcript from '../../api/_transcript.js'
import auth from '../../api/auth.js'
import end from '../../api/end.js'
import poll from '../../api/poll.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import upload from '../../api/upload.js'
import { endpointMethods } from '../../scripts/openapi/methods.js'
import { signInAsGuest, startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request, type TestResponse } from '../support/request.js'
import { createFile, createForm } from '../support/uploads.js'
import { loginEnv } from '../support/verified.js'
import { conversationCalls } from './authenticated-calls.js'

const gateway = setupGateway()

/** Measures what a call costs; `bytes` go to and from the store. */
async function costOf(call: () => Promise<TestResponse>) {
  const { counts } = gateway.redis
  const before = { ...counts }
  const callsBefore = gateway.salesforceCalls().length
  const { status } = await call()
  const moved = ({ bytesReceived, bytesSent }: typeof before) => bytesReceived + bytesSent
  return {
    status,
    requests: counts.requests - before.requests,
    commands: counts.commands - before.commands,
    bytes: moved(counts) - moved(before),
    salesforceCalls: gateway.salesforceCalls().length - callsBefore,
  }
}

const nothing = { requests: 0, commands: 0, bytes: 0, salesforceCalls: 0 }

type Visitor = Awaited<ReturnType<typeof startConversation>>
type Call = (visitor: Visitor) => Promise<TestResponse>

const form = (conversationId: string) => createForm({ conversationId, file: createFile() })
const body = (conversationId: string, rest: object = {}) => ({ conversationId, ...rest })

/** Maps a method, and what it is called for, to the limit that counts it and a call. */
const calls: Readonly<Record<string, [limit: string, call: Call]>> = {
  'POST /api/auth: a sign-in': ['auth', () => request(auth, { body: {} })],
  'POST /api/auth: a refresh': [
    'auth',
    ({ refreshToken }) => request(auth, { body: { refreshToken } }),
  ],
  'DELETE /api/auth': ['other', ({ token }) => request(auth, { method: 'DELETE', token })],
  'GET /api/availability': ['other', () => request(availability)],
  'POST /api/start': ['startAddress', ({ token }) => request(start, { token, body: {} })],
  'POST /api/send: a message': [
    'send',
    ({ token, conversationId }) =>
      request(send, { token, body: body(conversationId, { text: 'Hello' }) }),
  ],
  'POST /api/send: a typing indicator': [
    'signal',
    ({ token, conversationId }) =>
      request(send, {
        token,
        body: body(conversationId, { messageType: 'TypingIndicator', typing: true }),
      }),
  ],
  'POST /api/send: a receipt': [
    'signal',
    ({ token, conversationId }) =>
      request(send, {
        token,
        body: body(conversationId, { messageType: 'ReadReceipt', messageIds: ['any'] }),
      }),
  ],
  'POST /api/upload': [
    'send',
    ({ token, conversationId }) => request(upload, { token, form: form(conversationId) }),
  ],
  'GET /api/poll': [
    'poll',
    ({ token, conversationId }) => request(poll, { token, query: { conversationId } }),
  ],
  'POST /api/poll': [
    'poll',
    ({ token, conversationId }) => request(poll, { token, body: { conversationId } }),
  ],
  'POST /api/end': [
    'other',
    ({ token, conversationId }) =>
      request(end, { token, body: body(conversationId, { scope: 'session' }) }),
  ],
  'GET /api/transcript': [
    'other',
    ({ token, conversationId }) => request(transcript, { token, query: { conversationId } }),
  ],
  'GET /api/conversations': ['other', ({ token }) => request(conversations, { token })],
}

/** Calls until a limit refuses, at most so often. */
async function callUntilRefused(call: () => Promise<TestResponse>, times = 8) {
  for (let made = 0; made < times; made += 1) if ((await call()).status === 429) return
  throw new Error('No limit refused the call')
}

it('the calls below are of every method that a limit in the store counts', () => {
  const counted = endpointMethods.filter(({ method }) => method.contract?.guard?.limits.length)
  const names = counted.map(({ path, method }) => `${method.method} ${path}`)
  const called = Object.keys(calls).map((name) => name.split(':')[0] ?? '')
  expect([...new Set(called)].sort()).toEqual(names.sort())
})

describe('a call that is known to be refused', () => {
  it.each(Object.entries(calls))(
    'costs no Redis request and no Salesforce call: %s',
    async (_name, [limit, call]) => {
      gateway.setEnv({ LIMITS: JSON.stringify({ [limit]: [2, '1 m'], list: [1000, '1 m'] }) })
      const visitor = await startConversation()
      await callUntilRefused(() => call(visitor))
      expect(await costOf(() => call(visitor))).toEqual({ status: 429, ...nothing })
    },
  )

  it.each(Object.entries(calls))(
    'costs one Redis request and no Salesforce call in a process that does not know it yet: %s',
    async (_name, [limit, call]) => {
      gateway.setEnv({ LIMITS: JSON.stringify({ [limit]: [2, '1 m'], list: [1000, '1 m'] }) })
      const visitor = await startConversation()
      await callUntilRefused(() => call(visitor))
      gateway.setEnv({})
      const cost = await costOf(() => call(visitor))
      expect(cost).toMatchObject({ status: 429, requests: 1, salesforceCalls: 0 })
      expect(await costOf(() => call(visitor))).toEqual({ status: 429, ...nothing })
    },
  )

  it.each(Object.entries(calls))(
    'costs nothing from an address whose input was refused too often: %s',
    async (_name, [, call]) => {
      gateway.setEnv({ LIMITS: '{"other": [3, "1 m"]}' })
      const visitor = await startConversation()
      for (let made = 0; made < 3; made += 1) await request(auth, { body: { any: 1 } })
      expect(await costOf(() => call(visitor))).toEqual({ status: 429, ...nothing })
    },
  )

  it.each(['POST /api/send', 'GET /api/poll', 'POST /api/poll', 'POST /api/upload'] as const)(
    'costs nothing with conversation ids that are made up: %s',
    async (name) => {
      gateway.setEnv({ LIMITS: '{"other": [3, "1 m"]}' })
      const { token } = await startConversation()
      const call = () =>
        conversationCalls[name]?.(randomUUID(), { token }) ?? Promise.reject(new Error(name))
      for (let made = 0; made < 4; made += 1) await call()
      expect(await costOf(call)).toEqual({ status: 429, ...nothing })
    },
  )

  it.each([
    ['of creations', { start: [1, '1 m'] }],
    ['of token requests', { tokens: [1, '1 m'] }],
  ])(
    'costs at most a third of a start that creates a conversation: the limit %s',
    async (_what, limits) => {
      const setLimits = (changes: object) =>
        gateway.setEnv({ LIMITS: JSON.stringify({ startAddress: [1000, '1 m'], ...changes }) })
      setLimits(limits)
      const visitor = await startConversation()
      const create = () => visitor.start({ resume: false })
      await callUntilRefused(create)
      const refused = await costOf(create)
      setLimits({ start: [9, '1 m'] })
      const served = await costOf(create)
      expect([refused.status, served.status]).toEqual([429, 201])
      expect(refused.salesforceCalls).toBe(0)
      expect(refused.requests * 3).toBeLessThanOrEqual(served.requests)
      expect(refused.commands * 3).toBeLessThanOrEqual(served.commands)
      expect(refused.bytes * 3).toBeLessThanOrEqual(served.bytes)
    },
  )
})

/** Returns the names of the stored keys of one kind. */
async function storedKeys(kind: string): Promise<string[]> {
  const keys = await gateway.redisBackend.execute(['KEYS', `local:${kind}:*`])
  return z.array(z.coerce.string()).parse(keys).sort()
}

describe('a call whose writes travel with the count that refuses it', () => {
  it('claims no message', async () => {
    gateway.setEnv({ LIMITS: '{"send": [1, "1 m"]}' })
    const { send: sendText } = await startConversation()
    await sendText('Hello')
    const before = await storedKeys('send')
    expect((await sendText('Hello again')).status).toBe(429)
    expect(await storedKeys('send')).toEqual(before)
  })

  it('leaves no claim of a message in a conversation of another visitor', async () => {
    const { conversationId } = await startConversation()
    const stranger = await startConversation()
    const { status } = await request(send, {
      token: stranger.token,
      body: body(conversationId, { text: 'Hello' }),
    })
    expect(status).toBe(404)
    expect(await storedKeys('send')).toEqual([])
  })

  it('leaves no refresh family of a guest who was not let in', async () => {
    gateway.setEnv({ LIMITS: '{"auth": [1, "1 m"]}' })
    await request(auth, { body: {} })
    const before = await storedKeys('family')
    expect((await request(auth, { body: {} })).status).toBe(429)
    expect(await storedKeys('family')).toEqual(before)
  })

  it('leaves no lock behind, so that the next start does not wait', async () => {
    gateway.setEnv({ LIMITS: '{"startAddress": [1, "1 m"]}' })
    const visitors = [await signInAsGuest(), await signInAsGuest()]
    const statuses: number[] = []
    for (const { token } of visitors) {
      statuses.push((await request(start, { token, body: {} })).status)
    }
    expect(statuses).toEqual([201, 429])
    expect(await storedKeys('lock')).toEqual([])
  })

  it('does not use up a refresh token, however long the refusal lasts', async () => {
    gateway.setEnv({ LIMITS: '{"auth": [2, "1 m"]}' })
    const { refreshToken } = (await request(auth, { body: {} })).body
    const rotated = (await request(auth, { body: { refreshToken } })).body.refreshToken
    const refresh = () => request(auth, { body: { refreshToken: rotated } })
    expect((await refresh()).status).toBe(429)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 })
    expect((await refresh()).status).toBe(200)
  })
})

describe('a refused call', () => {
  it('takes no look into the list of Salesforce', async () => {
    gateway.setEnv({ LIMITS: '{"poll": [2, "1 m"], "list": [20, "1 m"]}' })
    const visitor = await startConversation()
    const { cursor } = (await visitor.poll()).body
    const { headers } = await visitor.poll({ cursor })
    expect(headers.get('ratelimit')).toContain('"list";r=3')
    expect((await visitor.poll({ cursor })).status).toBe(429)
    gateway.setEnv({ LIMITS: '{"poll": [9, "1 m"], "list": [20, "1 m"]}' })
    expect((await visitor.poll({ cursor })).headers.get('ratelimit')).toContain('"list";r=2')
  })

  it.each([
    ['POST /api/auth', 'auth', auth],
    ['POST /api/start', 'startAddress', start],
  ] as const)(
    'of an address is refused before its body is read: %s',
    async (_name, limit, endpoint) => {
      gateway.setEnv({ LIMITS: JSON.stringify({ [limit]: [2, '1 m'] }) })
      const { token } = await startConversation()
      await callUntilRefused(() => request(endpoint, { token, body: {} }))
      const unread = await costOf(() => request(endpoint, { token, body: 'x'.repeat(200_000) }))
      expect(unread).toEqual({ status: 429, ...nothing })
    },
  )

  it.each([
    ['POST /api/send', send],
    ['POST /api/upload', upload],
    ['POST /api/end', end],
  ] as const)(
    'of a visitor who goes on is refused before its body is read, and another visitor is served: %s',
    async (name, endpoint) => {
      gateway.setEnv({ LIMITS: '{"send": [1, "1 m"], "other": [3, "1 m"]}' })
      const { token, conversationId } = await startConversation()
      for (let made = 0; made < 8; made += 1)
        await conversationCalls[name]?.(conversationId, { token })
      const unread = await costOf(() => request(endpoint, { token, body: 'x'.repeat(200_000) }))
      expect(unread).toEqual({ status: 429, ...nothing })
      const other = await startConversation()
      expect((await other.send('Hello')).status).toBe(202)
    },
  )

  it('asks the login for no keys', async () => {
    let reads = 0
    gateway.network.use(
      http.get('https://login.example/jwks.json', () => {
        reads += 1
        return HttpResponse.json({ keys: [] })
      }),
    )
    gateway.setEnv({
      IDENTITY_JWKS_URL: 'https://login.example/jwks.json',
      IDENTITY_ISSUER: loginEnv.IDENTITY_ISSUER,
      IDENTITY_AUDIENCE: loginEnv.IDENTITY_AUDIENCE,
      LIMITS: '{"auth": [1, "1 m"]}',
    })
    await request(auth, { body: {} })
    const token = `${Buffer.from('{"alg":"RS256","kid":"k"}').toString('base64url')}.e30.e30`
    for (let made = 0; made < 3; made += 1) {
      expect((await request(auth, { body: { identityToken: token } })).status).toBe(429)
    }
    expect(reads).toBe(0)
  })
})
