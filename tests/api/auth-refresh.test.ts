import { describe, expect, it, vi } from 'vitest'
import auth from '../../api/auth.js'
import start from '../../api/start.js'
import { createSealer, deriveKeys } from '../../lib/sealing.js'
import { signInAsGuest, startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request, type TestResponse } from '../support/request.js'
import { keysOf } from '../support/stored-keys.js'

const gateway = setupGateway()

const secret = 'a-secret-of-at-least-thirty-two-bytes'
const newSecret = 'a-newer-secret-of-at-least-thirty-two-bytes'

const refresh = (refreshToken: string) => request(auth, { body: { refreshToken } })
const tokensOf = ({ body }: TestResponse) => [body.token, body.refreshToken, body.refreshExpiresAt]

/** Moves the clock forward. Fakes `Date` only. */
function later(milliseconds: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + milliseconds })
}

function expectRejected(answer: TestResponse): void {
  const body = { code: 'refresh_rejected', retryable: false }
  expect(answer).toMatchObject({ status: 401, body })
  expect(answer.body.token).toBeUndefined()
}

describe('auth with a refresh token', () => {
  it('returns a new pair of tokens for the same visitor', async () => {
    const visitor = await signInAsGuest()
    const again = await refresh(visitor.refreshToken)
    expect(again).toMatchObject({ status: 200, body: { tokenType: 'Bearer', user: visitor.user } })
    expect(again.body.refreshToken).not.toBe(visitor.refreshToken)
    expect((await request(start, { token: again.body.token, body: {} })).status).toBe(201)
  })

  it('keeps what it needs of a token in the store for as long as the token lives', async () => {
    const visitor = await request(auth, { body: {} })
    const again = await refresh(visitor.body.refreshToken)
    const fresh = await request(auth, { body: {} })
    for (const { body } of [again, fresh]) {
      const [key] = await keysOf(gateway, `local:family:{${body.user.id}}:*`)
      const keptMs = Number(await gateway.redisBackend.execute(['PTTL', key ?? '']))
      const leftMs = Date.parse(body.refreshExpiresAt) - Date.now()
      expect(Math.abs(keptMs - leftMs)).toBeLessThan(60_000)
    }
  })

  it('makes no Salesforce call', async () => {
    await refresh((await signInAsGuest()).refreshToken)
    expect(gateway.salesforceCalls()).toEqual([])
  })

  it("keeps the visitor's conversation", async () => {
    const visitor = await startConversation()
    const { body } = await refresh(visitor.refreshToken)
    const resumed = await request(start, { token: body.token, body: {} })
    const { conversationId } = visitor
    expect(resumed).toMatchObject({ status: 200, body: { resumed: true, conversationId } })
  })

  it('allows refreshes until the Salesforce token of the conversation expires', async () => {
    const visitor = await startConversation()
    const { body } = await refresh(visitor.refreshToken)
    expect(body.refreshExpiresAt).toBe(visitor.started.expiresAt)
  })

  it('allows refreshes for 24 hours when there is no conversation', async () => {
    const { body } = await refresh((await signInAsGuest()).refreshToken)
    expect((Date.parse(body.refreshExpiresAt) - Date.now()) / 3_600_000).toBeCloseTo(24, 1)
  })

  it('allows refreshes for 24 hours when the conversation has ended', async () => {
    const visitor = await startConversation()
    await visitor.end()
    const { body } = await refresh(visitor.refreshToken)
    expect((Date.parse(body.refreshExpiresAt) - Date.now()) / 3_600_000).toBeCloseTo(24, 1)
  })

  it('returns 401 once the refresh token has expired', async () => {
    const visitor = await startConversation()
    const { body } = await refresh(visitor.refreshToken)
    later(Date.parse(body.refreshExpiresAt) - Date.now() + 1000)
    expectRejected(await refresh(body.refreshToken))
  })
})

describe('auth with a refresh token whose answer was lost', () => {
  it('returns the same new pair for 30 seconds', async () => {
    const { refreshToken } = await signInAsGuest()
    const lost = await refresh(refreshToken)
    later(29_000)
    const again = await refresh(refreshToken)
    expect(again.status).toBe(200)
    expect(tokensOf(again)).toEqual(tokensOf(lost))
    expect(again.body.expiresAt).toBe(lost.body.expiresAt)
    expect(again.body.expiresIn).toBeLessThan(lost.body.expiresIn - 27)
    expect(again.body.expiresIn).toBeGreaterThan(lost.body.expiresIn - 31)
  })

  it('leaves the new pair valid, which can be refreshed in turn', async () => {
    const { refreshToken } = await signInAsGuest()
    await refresh(refreshToken)
    const again = await refresh(refreshToken)
    expect((await refresh(again.body.refreshToken)).status).toBe(200)
  })

  it.each([2, 5])('makes one refresh of %i concurrent ones', async (count) => {
    const { refreshToken } = await signInAsGuest()
    const all = await Promise.all(Array.from({ length: count }, () => refresh(refreshToken)))
    expect(all.map(({ status }) => status)).toEqual(all.map(() => 200))
    expect(new Set(all.map((answer) => String(tokensOf(answer)))).size).toBe(1)
  })
})

describe('auth with a refresh token whose answer the store lost', () => {
  const minutes = 60_000

  /** Signs a guest in, once every gateway has learned the time: a refresh is one request then. */
  async function signInLater() {
    await Promise.all([signInAsGuest(), signInAsGuest()])
    return await signInAsGuest()
  }

  /** Refreshes in vain: the store rotates the token and loses its answer, and then it is away. */
  async function refreshInVain(refreshToken: string, waitMs: number): Promise<void> {
    for (const what of ['lose', 'drop'] as const) {
      gateway.redis.fault({ what })
      const { status, body } = await refresh(refreshToken)
      expect([status, body.code, body.retryable]).toEqual([503, 'store_unavailable', true])
      later(waitMs)
    }
  }

  it.each([16_000, 7 * minutes])(
    'returns a pair when the store is back, twice %i ms later, and rejects the token once that is used',
    async (waitMs) => {
      const { refreshToken, user } = await signInLater()
      await refreshInVain(refreshToken, waitMs)
      const late = await refresh(refreshToken)
      expect(late).toMatchObject({ status: 200, body: { user } })
      const next = await refresh(late.body.refreshToken)
      expect(next.status).toBe(200)
      expectRejected(await refresh(refreshToken))
      expectRejected(await refresh(next.body.refreshToken))
    },
  )

  it('returns 401 after more than 15 minutes', async () => {
    const { refreshToken } = await signInLater()
    await refreshInVain(refreshToken, 8 * minutes)
    expectRejected(await refresh(refreshToken))
  })
})

describe('auth with a refresh token that was used before', () => {
  const situations = [
    [
      'after more than 30 seconds',
      async (first: string) => {
        const { body } = await refresh(first)
        later(31_000)
        return body
      },
    ],
    [
      'after the next one was used as well',
      async (first: string) => {
        const { body } = await refresh(first)
        return (await refresh(body.refreshToken)).body
      },
    ],
  ] as const

  it.each(situations)('returns 401 and revokes the whole family %s', async (_when, use) => {
    const { token, refreshToken } = await signInAsGuest()
    const newest = await use(refreshToken)
    expectRejected(await refresh(refreshToken))
    expectRejected(await refresh(newest.refreshToken))
    for (const stolen of [token, newest.token]) {
      const answer = await request(start, { token: stolen, body: {} })
      expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
    }
    expect(gateway.salesforceCalls()).toEqual([])
  })

  it('deletes the whole family from the store', async () => {
    const { refreshToken } = await signInAsGuest()
    const { body } = await refresh(refreshToken)
    await refresh(body.refreshToken)
    expectRejected(await refresh(refreshToken))
    expect(await keysOf(gateway, '*family*')).toEqual([])
  })

  it('leaves other visitors signed in', async () => {
    const [victim, other] = [await signInAsGuest(), await signInAsGuest()]
    const { body } = await refresh(victim.refreshToken)
    await refresh(body.refreshToken)
    expectRejected(await refresh(victim.refreshToken))
    expect((await refresh(other.refreshToken)).status).toBe(200)
  })
})

describe('auth with an invalid refresh token', () => {
  const forgeries = [
    ['garbage', () => 'garbage'],
    ['a very long text', () => 'A'.repeat(8000)],
    ['the access token', ({ token }: { token: string }) => token],
    ['one character changed', ({ refreshToken: token }) => flipped(token, 40)],
    ['its last character changed', ({ refreshToken: token }) => flipped(token, token.length - 2)],
    ['cut short', ({ refreshToken: token }) => token.slice(0, -4)],
    ['something added', ({ refreshToken: token }) => `${token}AAAA`],
    ['padding added', ({ refreshToken: token }) => `${token}=`],
  ] as const satisfies [string, (visitor: { token: string; refreshToken: string }) => string][]

  function flipped(text: string, at: number): string {
    return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
  }

  it.each(forgeries)(
    'returns 401 and looks no family up in the store for %s',
    async (_what, forge) => {
      // By its first answer of the store a gateway learns the time, which is another command.
      await signInAsGuest()
      const visitor = await signInAsGuest()
      const before = { ...gateway.redis.counts }
      expectRejected(await refresh(forge(visitor)))
      expect(gateway.redis.counts.requests - before.requests, 'only the limit').toBe(1)
      expect(gateway.redis.counts.commands - before.commands, 'only the limit').toBe(1)
      expect((await refresh(visitor.refreshToken)).status).toBe(200)
    },
  )

  it('returns 401 for a token of another form, such as an earlier release may have sealed', async () => {
    const sealer = createSealer(deriveKeys([secret], 'refresh'))
    const { user } = await signInAsGuest()
    const plain = Buffer.from(JSON.stringify({ visitor: user.id, family: 'f' }))
    expectRejected(await refresh(sealer.seal(plain, 'refresh')))
  })

  it('returns 401 for a token sealed with another secret', async () => {
    gateway.setEnv({ SESSION_SECRET: newSecret })
    const { refreshToken } = await signInAsGuest()
    gateway.setEnv({ SESSION_SECRET: secret })
    expectRejected(await refresh(refreshToken))
  })

  it.each([
    ['empty', '', 400],
    ['a number', 7, 400],
    ['null', null, 400],
    ['too long', 'A'.repeat(8193), 400],
  ])('returns 400 when it is %s', async (_what, refreshToken, status) => {
    const answer = await request(auth, { body: { refreshToken } })
    expect(answer).toMatchObject({ status, body: { code: 'invalid_request' } })
    expect(answer.body.errors).toEqual([{ path: 'refreshToken', message: expect.any(String) }])
  })
})

describe('auth after a change of SESSION_SECRET', () => {
  const rotate = () => gateway.setEnv({ SESSION_SECRET: `${newSecret},${secret}` })

  it('accepts access tokens, refresh tokens and conversations of the old secret while it is kept', async () => {
    const visitor = await startConversation()
    rotate()
    const { conversationId } = visitor
    expect(await visitor.start()).toMatchObject({ status: 200, body: { conversationId } })
    expect((await visitor.poll()).status).toBe(200)
    const { body } = await refresh(visitor.refreshToken)
    gateway.setEnv({ SESSION_SECRET: newSecret })
    expect((await refresh(body.refreshToken)).status).toBe(200)
    expect((await request(start, { token: body.token, body: {} })).status).toBe(200)
  })

  it('returns the same pair for a refresh whose answer was lost before the change', async () => {
    const { refreshToken } = await signInAsGuest()
    const lost = await refresh(refreshToken)
    rotate()
    expect(tokensOf(await refresh(refreshToken))).toEqual(tokensOf(lost))
  })

  it('returns 401 for access and refresh tokens of the old secret once it is dropped', async () => {
    const { token, refreshToken } = await signInAsGuest()
    gateway.setEnv({ SESSION_SECRET: newSecret })
    const answer = await request(start, { token, body: {} })
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
    expectRejected(await refresh(refreshToken))
    expect(gateway.salesforceCalls()).toEqual([])
  })
})
