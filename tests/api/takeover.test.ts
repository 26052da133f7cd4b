/** Tests that no visitor ends up with another visitor's conversation or token. */
import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import auth from '../../api/auth.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import { startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { noLimits, noSalesforceLimits, timesStored } from '../support/sending.js'
import { identityToken, loginEnv, verifiedEnv, verifiedSalesforce } from '../support/verified.js'

const gateway = setupGateway({
  salesforce: { ...verifiedSalesforce, switches: { limits: noSalesforceLimits } },
  env: { ...verifiedEnv, ...loginEnv, ...noLimits, MAX_CONVERSATIONS: '3' },
})

async function signIn(subject: string, refreshToken?: string) {
  const body = {
    identityToken: await identityToken({ subject }),
    ...(refreshToken && { refreshToken }),
  }
  return await request(auth, { body })
}

it('gives a guest’s conversations to the first person who claims them, even when that failed half-way', async () => {
  const guest = await startConversation()
  await guest.start({ resume: false })
  let anna = await signIn('anna')
  for (const nth of [5, 6, 7, 8, 9]) {
    gateway.redis.fault({ times: nth, what: { slowMs: 0 } })
    gateway.redis.fault({ what: 'drop' })
    anna = await signIn('anna', guest.refreshToken)
    gateway.redis.clearFaults()
    if (anna.status === 503) break
  }
  const bert = await signIn('bert', guest.refreshToken)
  expect([bert.status, bert.body.code]).toEqual([401, 'refresh_rejected'])
  const again = await signIn('anna', guest.refreshToken)
  expect(again.status).toBe(200)
  const resumed = await request(start, { token: again.body.token, body: {} })
  expect(resumed.body.resumed).toBe(true)
})

it('delivers a message once although its sender signed in between two tries', async () => {
  gateway.salesforce.switches.storesDuplicates = true
  const guest = await startConversation()
  const id = randomUUID()
  expect((await guest.send('Once', id)).status).toBe(202)
  const { token } = (await signIn('mina', guest.refreshToken)).body
  const { conversationId } = guest
  const again = await request(send, { token, body: { conversationId, id, text: 'Once' } })
  expect([again.status, again.body.duplicate]).toEqual([202, true])
  expect(timesStored(gateway, conversationId, id)).toBe(1)
})

it('fetches no token for a guest who signed out while a poll was open', async () => {
  const guest = await startConversation()
  const { cursor } = (await guest.poll()).body
  const open = guest.poll({ cursor, wait: '3' })
  expect((await request(auth, { method: 'DELETE', token: guest.token })).status).toBe(204)
  const before = gateway
    .salesforceCalls()
    .filter((each) => each.startsWith('generateAccessToken')).length
  expect((await open).status).not.toBe(500)
  const after = gateway
    .salesforceCalls()
    .filter((each) => each.startsWith('generateAccessToken')).length
  expect(after).toBe(before)
})

it('keeps a conversation although Salesforce knows nothing of a message that was read', async () => {
  const visitor = await startConversation()
  const { conversationId, token } = visitor
  gateway.salesforce.fail({ operation: 'acknowledgeEntries', what: { status: 404 } })
  const receipt = { conversationId, messageType: 'ReadReceipt', messageIds: [randomUUID()] }
  const answer = await request(send, { token, body: receipt })
  expect([answer.status, answer.body.code]).toEqual([409, 'unsupported'])
  expect((await visitor.send('Still here')).status).toBe(202)
})

it('opens no more conversations than a record keeps', async () => {
  const visitor = await startConversation()
  for (const _ of [2, 3]) expect((await visitor.start({ resume: false })).status).toBe(201)
  const { status, body } = await visitor.start({ resume: false })
  expect([status, body.code]).toEqual([429, 'rate_limited'])
  await visitor.end()
  expect((await visitor.start({ resume: false })).status).toBe(201)
})
