/** Tests that a refused call is told the moment at which the next one passes, and that it passes. */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import availability from '../../api/_availability.js'
import auth from '../../api/auth.js'
import start from '../../api/start.js'
import { signInAsGuest, startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request, type TestResponse } from '../support/request.js'
import { noSalesforceLimits } from '../support/sending.js'

const gateway = setupGateway({ salesforce: { switches: { limits: noSalesforceLimits } } })

const passTime = (ms: number) => vi.setSystemTime(Date.now() + ms)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
})

/** Expects a refusal that names one moment in all of its places; returns the milliseconds until it. */
function expectWait({ status, headers, body }: TestResponse, limit: string): number {
  expect(status).toBe(429)
  const seconds = Math.ceil(body.retryAfterMs / 1000)
  expect(headers.get('retry-after')).toBe(String(seconds))
  expect(headers.get('ratelimit')).toContain(`"${limit}";r=0;t=${seconds}`)
  return body.retryAfterMs
}

describe('a visitor who writes faster than the limit', () => {
  it('waits 0.6 seconds for each further message at 10 in 6 seconds', async () => {
    gateway.setEnv({ LIMITS: '{"send": [10, "6 s"]}' })
    const { send } = await startConversation()
    for (let sent = 0; sent < 10; sent += 1) {
      expect((await send('Hello')).status).toBe(202)
      passTime(600)
    }
    passTime(-600)
    for (let further = 0; further < 12; further += 1) {
      expect(expectWait(await send('Hello'), 'send')).toBe(600)
      passTime(599)
      expect(expectWait(await send('Hello'), 'send')).toBe(1)
      passTime(1)
      expect((await send('Hello')).status).toBe(202)
    }
  })

  it('waits by default until the first of the 22 messages is a minute old, however often asked', async () => {
    const { send } = await startConversation()
    for (let sent = 0; sent < 22; sent += 1) {
      expect((await send('Hello')).status).toBe(202)
      passTime(1000)
    }
    for (const waitMs of [38_000, 37_000, 36_000]) {
      expect(expectWait(await send('Hello'), 'send')).toBe(waitMs)
      passTime(1000)
    }
    passTime(35_000)
    for (let sent = 0; sent < 5; sent += 1) {
      expect((await send('Hello')).status).toBe(202)
      expect(expectWait(await send('Hello'), 'send')).toBe(1000)
      passTime(1000)
    }
  })
})

describe('every other limit', () => {
  type Visitor = Awaited<ReturnType<typeof startConversation>>
  const calls: Record<string, (visitor: Visitor) => Promise<TestResponse>> = {
    auth: () => request(auth, { body: {} }),
    startAddress: ({ start }) => start(),
    start: ({ start }) => start({ resume: false }),
    poll: ({ poll }) => poll(),
    other: () => request(availability),
  }

  it.each(['auth', 'startAddress', 'start', 'poll', 'other'])(
    'lets the next call pass at the stated moment and refuses it before: %s',
    async (limit) => {
      gateway.setEnv({ LIMITS: JSON.stringify({ list: [1000, '1 m'], [limit]: [3, '10 s'] }) })
      const visitor = await startConversation()
      passTime(10_000)
      const call = () => calls[limit]?.(visitor) ?? Promise.reject(new Error(limit))
      for (let made = 0; made < 3; made += 1) {
        expect((await call()).status).toBeLessThan(300)
        passTime(2000)
      }
      for (let round = 0; round < 4; round += 1) {
        const refused = await call()
        passTime(expectWait(refused, limit) - 1)
        expect(expectWait(await call(), limit)).toBe(1)
        passTime(1)
        expect((await call()).status).toBeLessThan(300)
      }
    },
  )

  it('states the next look in the limit of looks', async () => {
    gateway.setEnv({ LIMITS: '{"list": [20, "1 m"]}' })
    const { poll } = await startConversation()
    const { cursor } = (await poll()).body
    for (let polls = 0; polls < 4; polls += 1) await poll({ cursor })
    passTime(500)
    const { headers, body } = await poll({ cursor })
    expect(body.pollAfterMs).toBeGreaterThanOrEqual(2500)
    expect(headers.get('ratelimit')).toContain('"list";r=0;t=3')
  })
})

it('a start that the limit of tokens refuses takes nothing from what its visitor may create', async () => {
  gateway.setEnv({ LIMITS: '{"tokens": [2, "10 s"], "start": [1, "1 h"]}' })
  await startConversation()
  await startConversation()
  const { token } = await signInAsGuest()
  for (let tries = 0; tries < 3; tries += 1) {
    expectWait(await request(start, { token, body: {} }), 'tokens')
  }
  const refused = await request(start, { token, body: {} })
  passTime(expectWait(refused, 'tokens'))
  expect((await request(start, { token, body: {} })).status).toBe(201)
})
