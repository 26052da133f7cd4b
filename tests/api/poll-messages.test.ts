import { expect, it } from 'vitest'
import { choices } from '../salesforce/fixtures/choices.js'
import { forms } from '../salesforce/fixtures/forms.js'
import { staticContents } from '../salesforce/fixtures/static-content.js'
import { startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'

const gateway = setupGateway()

it('poll returns every type of message and none that is written for staff', async () => {
  const visitor = await startConversation()
  const { body: before } = await visitor.poll()
  const fixtures = [...staticContents, ...choices, ...forms]
  gateway.salesforce.inject(visitor.conversationId, [
    ...fixtures.map(({ message, role = 'Chatbot' as const }) => ({ message, from: role })),
    { payload: { entryType: 'Note', abstractMessage: staticContents[0]?.message }, from: 'Agent' },
    { payload: { entryType: 'FlagRaise' } },
    { payload: { entryType: 'ConsultConversationInfo', timestamp: 1 } },
    { payload: { entryType: 'MessageUpdated', updatedMessage: staticContents[0]?.message } },
  ])
  const { status, body } = await visitor.poll({ cursor: before.cursor })
  expect(status).toBe(200)
  expect(body.messages).toMatchObject(fixtures.map(({ expected }) => expected))
})
