/** Tests that the maximum of conversations holds when guests sign in. */
import { setTimeout as sleep } from 'node:timers/promises'
import { http } from 'msw'
import { describe, expect, it } from 'vitest'
import conversations from '../../api/_conversations.js'
import auth from '../../api/auth.js'
import start from '../../api/start.js'
import { startConversation } from '../support/conversation.js'
import { salesforceUrl, setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { noLimits, noSalesforceLimits, shiftClock } from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'
import { identityToken, loginEnv, verifiedEnv, verifiedSalesforce } from '../support/verified.js'

const gateway = setupGateway({
  salesforce: { ...verifiedSalesforce, switches: { limits: noSalesforceLimits } },
  env: { ...verifiedEnv, ...loginEnv, ...noLimits, MAX_CONVERSATIONS: '3' },
})
simulateEachTest()

type Listed = { conversationId: string; status: string }

async function signIn(refreshToken?: string) {
  const body = { identityToken: await identityToken(), ...(refreshToken && { refreshToken }) }
  return await request(auth, { body })
}

/** Opens so many conversations as one guest, a second apart; returns their ids, the oldest first. */
async function guestWith(count: number, startMs: number) {
  shiftClock(startMs)
  const guest = await startConversation()
  const ids = [guest.conversationId]
  for (let nth = 1; nth < count; nth++) {
    shiftClock(startMs + nth * 1000)
    const { status, body } = await guest.start({ resume: false })
    expect(status).toBe(201)
    ids.push(String(body.conversationId))
  }
  return { refreshToken: guest.refreshToken, ids }
}

async function listed(token: string, query: Record<string, string> = {}): Promise<Listed[]> {
  const { status, body } = await request(conversations, { token, query })
  expect(status, JSON.stringify(body)).toBe(200)
  return body.conversations
}

const isEnded = (id: string) => gateway.salesforce.conversation(id).endTimestamp > 0

describe('auth of guests who sign in as one person', () => {
  it('keeps the newest conversations within the maximum, and ends the oldest open ones', async () => {
    const guests = [await guestWith(3, 0), await guestWith(2, 10_000), await guestWith(3, 20_000)]
    const ids = guests.flatMap((guest) => guest.ids)
    let token = ''
    for (const { refreshToken } of guests) {
      const { status, body } = await signIn(refreshToken)
      expect(status).toBe(200)
      token = String(body.token)
      const all = await listed(token)
      expect(all.length).toBeLessThanOrEqual(3)
    }
    const kept = ids.slice(-3).reverse()
    expect(await listed(token)).toMatchObject(
      kept.map((conversationId) => ({ conversationId, status: 'open' })),
    )
    expect(ids.map(isEnded)).toEqual(ids.map((id) => !kept.includes(id)))
    const resumed = await request(start, { token, body: {} })
    expect(resumed.body).toMatchObject({ conversationId: kept[0], resumed: true })
  })

  it('drops the oldest ended ones before it ends an open one', async () => {
    const one = await guestWith(2, 0)
    const { token } = (await signIn(one.refreshToken)).body
    gateway.salesforce.conversation(String(one.ids[1])).endTimestamp = Date.now()
    await listed(token, { refresh: 'true' })
    const two = await guestWith(2, 10_000)
    const again = (await signIn(two.refreshToken)).body
    const all = await listed(String(again.token))
    expect(all.map(({ conversationId }) => conversationId)).toEqual(
      [one.ids[0], ...two.ids].reverse(),
    )
    expect(isEnded(String(one.ids[0]))).toBe(false)
  })

  it('returns 503 while Salesforce does not end what is too much, and a repeat merges', async () => {
    const [one, two] = [await guestWith(3, 0), await guestWith(1, 10_000)]
    await signIn(one.refreshToken)
    gateway.setEnv({ REQUEST_DEADLINE_MS: '1000' })
    gateway.salesforce.fail({ operation: 'closeConversation', times: 99, what: { status: 503 } })
    const failed = await signIn(two.refreshToken)
    expect([failed.status, failed.body.code]).toEqual([503, 'upstream_unavailable'])
    gateway.salesforce.clearFaults()
    const { token } = (await signIn(two.refreshToken)).body
    const all = await listed(token)
    expect(all.map(({ conversationId }) => conversationId)).toEqual(
      [...one.ids.slice(1), ...two.ids].reverse(),
    )
  })
})

it('conversations with refresh=true asks Salesforce five at a time, within the budget of looks', async () => {
  gateway.setEnv({ MAX_CONVERSATIONS: '12' })
  let token = ''
  for (let nth = 0; nth < 12; nth++) {
    const { refreshToken } = await guestWith(1, nth * 1000)
    token = String((await signIn(refreshToken)).body.token)
  }
  const asks = { now: 0, most: 0, all: 0 }
  gateway.network.use(
    http.get(`${salesforceUrl}/*/conversation/list`, async ({ request: asked }) => {
      asks.all += 1
      asks.now += 1
      asks.most = Math.max(asks.most, asks.now)
      await sleep(20)
      asks.now -= 1
      return await gateway.salesforce.handle(asked)
    }),
  )
  expect(await listed(token, { refresh: 'true' })).toHaveLength(12)
  expect(asks).toMatchObject({ most: 5, all: 12 })
  gateway.setEnv({ LIMITS: JSON.stringify({ list: [1, '1 m'] }) })
  for (const _ of [1, 2]) {
    expect(await listed(token, { refresh: 'true' })).toHaveLength(12)
  }
  expect(asks.all).toBeLessThanOrEqual(24)
  // Twelve sign-ins with a conversation each take long on a busy machine.
}, 120_000)
