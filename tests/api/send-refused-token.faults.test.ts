/** Sends a message again whose outcome is unclear, after Salesforce has refused the token. */
import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { noLimits, timesStored } from '../support/sending.js'
import { verifiedEnv, verifiedSalesforce } from '../support/verified.js'

const gateway = setupGateway({
  salesforce: { ...verifiedSalesforce, switches: { storesDuplicates: true } },
  env: { ...verifiedEnv, ...noLimits, REQUEST_DEADLINE_MS: '1500', SEND_SETTLE_MS: '20' },
})

it.each([
  ['after', true],
  ['before', false],
] as const)(
  'a repeat renews the token and delivers once when the answer was lost %s the effect',
  async (when, duplicate) => {
    const { send, conversationId } = await startConversation()
    const id = randomUUID()
    gateway.salesforce.fail({ operation: 'sendMessage', when, what: 'drop' })
    gateway.salesforce.fail({
      operation: 'listConversationEntries',
      times: 99,
      what: { status: 500 },
    })
    expect((await send('Once', id)).body).toMatchObject({ status: 503, retryable: true })
    gateway.salesforce.clearFaults()
    gateway.salesforce.revokeTokens()
    const { status, body } = await send('Once', id)
    expect([status, body.duplicate]).toEqual([202, duplicate])
    expect(timesStored(gateway, conversationId, id)).toBe(1)
  },
)

it('a call renews the token when it is refused between the attempt and the look for it', async () => {
  const { send, conversationId } = await startConversation()
  const id = randomUUID()
  gateway.salesforce.fail({ operation: 'sendMessage', when: 'after', what: 'drop' })
  gateway.salesforce.fail({
    operation: 'listConversationEntries',
    what: { status: 401, body: 'Jwt is expired' },
  })
  const { status, body } = await send('Once', id)
  expect([status, body.duplicate]).toEqual([202, true])
  expect(timesStored(gateway, conversationId, id)).toBe(1)
})
