/** Tests polls whose Salesforce token must be renewed meanwhile: how long they wait, and what they cost. */
import { expect, it } from 'vitest'
import { startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { expectNoSalesforceCalls, noLimits, noSalesforceLimits } from '../support/sending.js'
import { simulate } from '../support/simulated-time.js'
import { verifiedEnv, verifiedSalesforce } from '../support/verified.js'

const gateway = setupGateway({
  salesforce: { ...verifiedSalesforce, switches: { limits: noSalesforceLimits } },
  env: { ...verifiedEnv, ...noLimits },
})

it.each(['off', 'wait'])(
  'a poll waits no longer than it was asked to when its token is refused meanwhile, with events %s',
  async (events) => {
    gateway.setEnv({ SALESFORCE_EVENTS: events })
    const { poll, conversationId } = await startConversation()
    const { cursor } = (await poll()).body
    const { answer, ms } = await simulate(async (time) => {
      const beganAt = Date.now()
      const waiting = time.during(() => poll({ cursor, wait: '20' }))
      await time.sleep(14_000)
      gateway.salesforce.revokeTokens()
      // Rings, so that the list is read with the token that is refused.
      gateway.salesforce.inject(conversationId, [{ payload: { entryType: 'RoutingWorkResult' } }])
      return { answer: await waiting, ms: Date.now() - beganAt }
    })
    expect(answer.status).toBe(200)
    expect(gateway.salesforceCalls()).toContain('listConversationEntries 401')
    expect(ms).toBeLessThan(21_000)
  },
)

it('a poll that reads again with a fresh token takes two looks from the budget', async () => {
  gateway.setEnv({ LIMITS: '{"list":[12,"1 m"]}' })
  const { poll } = await startConversation()
  const { cursor } = (await poll()).body
  gateway.salesforce.fail({ operation: 'listConversationEntries', what: { status: 401 } })
  expect((await poll({ cursor })).headers.get('ratelimit')).toContain('"list";r=0')
  await expectNoSalesforceCalls(gateway, () => poll({ cursor }))
})
