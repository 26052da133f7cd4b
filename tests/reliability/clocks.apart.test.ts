/** Checks what two gateways whose clocks differ must do as if these were one. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { http } from 'msw'
import { describe, expect, it } from 'vitest'
import auth from '../../api/auth.js'
import poll from '../../api/poll.js'
import start from '../../api/start.js'
import { forgetVisitors } from '../../scripts/forget-visitors.js'
import { startConversation } from '../support/conversation.js'
import { salesforceUrl, setupGateway, type TestGateway } from '../support/gateway.js'
import { atGateway } from '../support/gateways.js'
import { request } from '../support/request.js'
import { noLimits, shiftClock, timesStored } from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'
import { identityToken, loginEnv, verifiedEnv, verifiedSalesforce } from '../support/verified.js'

const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** Names the clocks of two gateways, in milliseconds ahead of that of Redis. */
const skews = [
  [0, 5 * second],
  [0, 12 * second],
  [0, 40 * second],
  [40 * second, 0],
  [0, 5 * minute],
  [5 * minute, 0],
  [-5 * minute, 5 * minute],
] as const

/** Makes Salesforce take the next message so many milliseconds late. */
function delayNextMessage(gateway: TestGateway, delayMs: number): void {
  let isNext = true
  gateway.network.use(
    http.post(`${salesforceUrl}/*/message`, async ({ request }) => {
      const isDelayed = isNext
      isNext = false
      if (isDelayed) await sleep(delayMs)
      return gateway.salesforce.handle(request)
    }),
  )
}

describe.each(skews)('gateways that are %i and %i ms ahead', (firstMs, secondMs) => {
  const first = <T>(call: () => T) => atGateway(0, firstMs, call)
  const other = <T>(call: () => T) => atGateway(1, secondMs, call)

  describe('over guests', () => {
    const gateway = setupGateway({
      env: { ...noLimits, REQUEST_DEADLINE_MS: '3000', SEND_SETTLE_MS: '20' },
    })
    simulateEachTest()

    it('deliver a message once that Salesforce is slow to take, in an org that stores repeats', async () => {
      const { send, conversationId } = await first(startConversation)
      gateway.salesforce.switches.storesDuplicates = true
      const id = randomUUID()
      delayNextMessage(gateway, 700)
      const slow = first(() => send('Slow', id))
      await sleep(150)
      const repeat = await other(() => send('Slow', id))
      const answers = [await slow, repeat]
      expect(timesStored(gateway, conversationId, id)).toBe(1)
      expect(answers.map(({ status }) => status)).toEqual([202, 202])
    })

    it('honour a refresh token whose answer was lost, and the pair that it gets', async () => {
      const { refreshToken } = await first(startConversation)
      const lost = await first(() => request(auth, { body: { refreshToken } }))
      const again = await other(() => request(auth, { body: { refreshToken } }))
      expect([again.status, again.body.token]).toEqual([200, lost.body.token])
      expect(again.body.expiresIn).toBeGreaterThan(880)
      const next = { refreshToken: again.body.refreshToken }
      expect((await other(() => request(auth, { body: next }))).status).toBe(200)
    })

    it('give out the same moments, and end a conversation at once', async () => {
      const visitor = await first(startConversation)
      const startedAt = Date.parse(visitor.started.startedAt)
      expect(Math.abs(startedAt - Date.now())).toBeLessThan(5 * second)
      const ended = await first(visitor.end)
      expect(Math.abs(Date.parse(ended.body.endedAt) - Date.now())).toBeLessThan(5 * second)
      shiftClock(3 * second)
      expect((await other(visitor.poll)).body.pollAfterMs).toBeNull()
    })
  })

  describe('over known visitors', () => {
    setupGateway({
      salesforce: verifiedSalesforce,
      env: { ...verifiedEnv, ...loginEnv, ...noLimits },
    })

    const signIn = async () =>
      (await request(auth, { body: { identityToken: await identityToken() } })).body
    const signOutEverywhere = (token: string) =>
      request(auth, { method: 'DELETE', token, query: { everywhere: 'true' } })
    const startStatus = async (token: string) => (await request(start, { token, body: {} })).status

    it('let a visitor in who signs in after a sign-out of all devices, and no older token', async () => {
      const old = await other(signIn)
      expect((await first(() => signOutEverywhere(old.token))).status).toBe(204)
      const fresh = await other(signIn)
      expect(await other(() => startStatus(old.token))).toBe(401)
      expect(await other(() => startStatus(fresh.token))).toBe(201)
      expect((await other(() => signOutEverywhere(fresh.token))).status).toBe(204)
      const last = await first(signIn)
      expect(await first(() => startStatus(fresh.token))).toBe(401)
      expect(await first(() => startStatus(last.token))).toBe(200)
    })

    it('take identity tokens of the login that were just made or are about to end', async () => {
      const body = { identityToken: await identityToken({ expires: '1m' }) }
      expect((await first(() => request(auth, { body }))).status).toBe(200)
      expect((await other(() => request(auth, { body }))).status).toBe(200)
    })
  })
})

describe('the script that forgets visitors', () => {
  setupGateway({ env: { ...noLimits, REQUEST_DEADLINE_MS: '500' } })
  simulateEachTest()

  it('refuses the tokens that a visitor has, from a machine that is five minutes behind', async () => {
    const visitor = await atGateway(0, 0, startConversation)
    const forget = () => forgetVisitors([visitor.user.id], () => undefined)
    expect(await atGateway(1, -5 * minute, forget)).toBe(0)
    expect((await atGateway(0, 0, visitor.poll)).status).toBe(401)
  })
})

describe('a gateway an hour ahead', () => {
  setupGateway({ env: { ...noLimits, LIMITS: JSON.stringify({ tokens: [8, '1 m'] }) } })

  it('fills the allowance of token requests for no longer than a minute', async () => {
    const ahead = <T>(call: () => T) => atGateway(1, hour, call)
    for (let count = 0; count < 5; count++) await ahead(startConversation)
    shiftClock(50 * second)
    await atGateway(0, 0, startConversation)
    shiftClock(65 * second)
    await atGateway(0, 0, startConversation)
  })
})

describe('an access token of five minutes', () => {
  const gateway = setupGateway({ env: { ...noLimits, ACCESS_TOKEN_SECONDS: '300' } })

  /** Polls at a gateway that has not learned the time yet. */
  async function pollAhead({ token, conversationId }: { token: string; conversationId: string }) {
    const before = gateway.redis.counts.requests
    const call = () => request(poll, { token, query: { conversationId } })
    const { status } = await atGateway(1, 6 * minute, call)
    return { status, requests: gateway.redis.counts.requests - before }
  }

  it('that a gateway behind has made is good at once at one that is ahead and has just started', async () => {
    const visitor = await atGateway(0, -5 * minute, startConversation)
    await atGateway(0, -5 * minute, visitor.poll)
    const begun = await pollAhead(visitor)
    expect(begun.status).toBe(200)
    expect((await pollAhead(visitor)).requests, 'one more at the beginning').toBe(
      begun.requests - 1,
    )
  })

  it('costs one request to Redis in five minutes when it has expired', async () => {
    const visitor = await atGateway(0, 0, startConversation)
    shiftClock(301 * second)
    gateway.redis.fault({ what: { status: 500 } })
    expect(await pollAhead(visitor)).toEqual({ status: 503, requests: 1 })
    for (let count = 0; count < 5; count++) {
      expect((await pollAhead(visitor)).requests).toBe(0)
    }
  })

  it('is not asked about when it expired long ago', async () => {
    const visitor = await atGateway(0, 0, startConversation)
    shiftClock(hour)
    expect(await pollAhead(visitor)).toEqual({ status: 401, requests: 0 })
  })

  it('is not asked about when its signature is wrong', async () => {
    const visitor = await atGateway(0, 0, startConversation)
    const forged = { ...visitor, token: `${visitor.token}A` }
    expect(await pollAhead(forged)).toEqual({ status: 401, requests: 0 })
  })
})
