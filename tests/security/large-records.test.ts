/** Measures what a guest with the largest possible record moves out of the store. */
import { expect, it } from 'vitest'
import conversations from '../../api/_conversations.js'
import auth from '../../api/auth.js'
import { startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { noLimits, noSalesforceLimits } from '../support/sending.js'
import { storedFields, storeTraffic } from '../support/stored-record.js'

const maxConversations = 50
const gateway = setupGateway({
  salesforce: { switches: { limits: noSalesforceLimits } },
  env: { ...noLimits, MAX_CONVERSATIONS: String(maxConversations) },
})

/** The largest routing values that a start takes: 4,096 bytes with the name. */
const largest = { routingAttributes: { topic: 'x'.repeat(4000), page: 'y'.repeat(87) } }

async function guestWith(count: number) {
  const guest = await startConversation(largest)
  for (let nth = 1; nth < count; nth++) {
    const { status } = await guest.start({ ...largest, resume: false })
    expect(status).toBe(201)
  }
  return guest
}

/** Returns the bytes that each call reads from the store. */
async function bytesReadBy(guest: Awaited<ReturnType<typeof guestWith>>) {
  const { token, refreshToken } = guest
  const calls = {
    poll: () => guest.poll(),
    send: () => guest.send('Hello'),
    resumed: () => guest.start(),
    list: () => request(conversations, { token }),
    refresh: () => request(auth, { body: { refreshToken } }),
  }
  const read: Record<string, number> = {}
  for (const [name, call] of Object.entries(calls)) {
    read[name] = (await storeTraffic(gateway, call)).read
  }
  return read
}

it('a guest with the largest record reads no more than the ids and states of conversations', async () => {
  const small = await guestWith(1)
  await bytesReadBy(small)
  const ofOne = await bytesReadBy(await guestWith(1))
  const guest = await guestWith(maxConversations)
  const fields = await storedFields(gateway, guest.user.id)
  const values = [...fields].filter(([name]) => name.startsWith('r:'))
  expect(values).toHaveLength(maxConversations)
  expect(values.join('').length, 'stored values').toBeGreaterThan(maxConversations * 4000)

  const ofAll = await bytesReadBy(guest)
  for (const call of ['poll', 'send', 'refresh']) {
    expect(ofAll[call], call).toBeLessThanOrEqual((ofOne[call] ?? 0) + 100)
    expect(ofAll[call], call).toBeLessThan(3000)
  }
  for (const call of ['list', 'resumed']) {
    expect(ofAll[call], call).toBeLessThan(maxConversations * 500 + 1000)
  }
}, 120_000)
