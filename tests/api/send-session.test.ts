import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { startConversation, textsOf } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import {
  expectProblem,
  messagesSentToSalesforce,
  noLimits,
  timesStored,
} from '../support/sending.js'

const forms = [
  {
    formType: 'PreChat',
    displayContext: 'Session' as const,
    formFields: [{ name: '_email', order: 1, type: 'Email', required: true, maxLength: 80 }],
  },
]
const gateway = setupGateway({ salesforce: { forms }, env: { ...noLimits, SEND_SETTLE_MS: '0' } })

const routingAttributes = { _email: 'mina@example.org' }

async function startWithEndedSession(language?: string) {
  const visitor = await startConversation({ routingAttributes, ...(language && { language }) })
  gateway.salesforce.endSession(visitor.conversationId, 'Agent')
  return visitor
}

describe.each([false, true])(
  'send after the session ended (repeats stored: %s)',
  (storesDuplicates) => {
    it('opens a new session with the attributes and the language of the start', async () => {
      const { send, conversationId, poll } = await startWithEndedSession('de')
      gateway.salesforce.switches.storesDuplicates = storesDuplicates
      const id = randomUUID()
      const answer = await send('One more thing', id)
      expect([answer.status, answer.body.duplicate]).toEqual([202, false])
      expect(messagesSentToSalesforce(gateway).at(-1)).toMatchObject({
        message: { id },
        isNewMessagingSession: true,
        routingAttributes,
        language: 'de',
      })
      expect(timesStored(gateway, conversationId, id)).toBe(1)
      const { body } = await poll()
      expect(textsOf(body)).toContain('One more thing')
      expect(body.conversation).toMatchObject({ status: 'open', handledBy: 'bot', endedBy: null })
    })

    it('sends the language en_US when the start named none', async () => {
      const { send } = await startWithEndedSession()
      await send('Hello again')
      expect(messagesSentToSalesforce(gateway).at(-1)).toMatchObject({ language: 'en_US' })
    })

    const faults = [
      ['500 after the effect', 'after', { status: 500 }],
      ['500 before the effect', 'before', { status: 500 }],
      ['a cut connection after the effect', 'after', 'drop'],
    ] as const
    it.each(faults)(
      'delivers once when opening the session fails with %s',
      async (_, when, what) => {
        const { send, conversationId } = await startWithEndedSession()
        gateway.salesforce.switches.storesDuplicates = storesDuplicates
        const id = randomUUID()
        gateway.salesforce.fail({ operation: 'sendMessage', what: { status: 417 } })
        gateway.salesforce.fail({ operation: 'sendMessage', when, what })
        const answer = await send('Back again', id)
        expect(answer.status).toBe(202)
        expect((await send('Back again', id)).body.duplicate).toBe(true)
        expect(timesStored(gateway, conversationId, id)).toBe(1)
      },
    )
  },
)

it('send returns 409 prechat_required with the form when Salesforce asks for it again', async () => {
  const { send, conversationId } = await startWithEndedSession()
  const id = randomUUID()
  gateway.salesforce.fail({ operation: 'sendMessage', times: 2, what: { status: 417 } })
  const answer = await send('Hello', id)
  expectProblem(answer, 409, 'prechat_required')
  expect(answer.body.prechat, 'the problem carries the form').toMatchObject({ per: 'session' })
  expect((await send('Hello', id)).status).toBe(202)
  expect(timesStored(gateway, conversationId, id)).toBe(1)
})
