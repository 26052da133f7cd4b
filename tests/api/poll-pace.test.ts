/** Tests what a poll tells of the next one, in a queue, beside events, and after the end. */
import { expect, it } from 'vitest'
import { startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { expectNoSalesforceCalls, noLimits, shiftClock } from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'

const gateway = setupGateway({ env: noLimits })
simulateEachTest()

it('a poll of a visitor who has waited in the queue for eleven minutes names 5 s', async () => {
  gateway.salesforce.switches.botDelayMs = 3_600_000
  const { poll } = await startConversation()
  const { cursor, pollAfterMs } = (await poll()).body
  expect(pollAfterMs).toBe(3000)
  shiftClock(660_000)
  const { body } = await poll({ cursor })
  expect(body).toMatchObject({ pollAfterMs: 5000, conversation: { handledBy: 'queue' } })
})

it('a poll with events that does not wait names the next look when it is answered from the cursor', async () => {
  gateway.setEnv({ SALESFORCE_EVENTS: 'wait', LIMITS: '{"list":[4,"1 m"]}' })
  const { poll } = await startConversation()
  const { cursor } = (await poll()).body
  const { body } = await expectNoSalesforceCalls(gateway, () => poll({ cursor }))
  expect(body).toMatchObject({ messages: [], cursor, waitSeconds: 25 })
  expect(body.pollAfterMs).toBeGreaterThan(14_000)
})

it('a poll of a conversation that was ended opens no stream, though no list shows its end', async () => {
  gateway.setEnv({ SALESFORCE_EVENTS: 'wait' })
  gateway.salesforce.switches.listsCloseConversation = false
  const { poll, end } = await startConversation()
  const { cursor, waitSeconds } = (await poll()).body
  expect(waitSeconds).toBe(25)
  await end()
  const { body } = await poll({ cursor, wait: '2' })
  expect(body).toMatchObject({ waitSeconds: 0, conversation: { status: 'ended' } })
  expect(gateway.salesforceCalls().join()).not.toContain('serverSentEvents')
})
