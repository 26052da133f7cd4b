import { expect, it } from 'vitest'
import { message as messageSchema } from '../../lib/contract/messages.js'
import { toEntry } from '../../lib/salesforce/enhanced-chat/entries.js'
import { responseViolations } from '../../sandbox/salesforce/openapi.js'
import { choices } from './fixtures/choices.js'
import { entryId, type Fixture, listed, listedPayload } from './fixtures/fixture.js'
import { forms } from './fixtures/forms.js'
import { staticContents } from './fixtures/static-content.js'

const conversationId = '7c1e9f52-3d0b-4a7e-9b55-0e6f2a1c8d44'

const fixtures: [string, Fixture][] = [...staticContents, ...choices, ...forms].map((fixture) => [
  fixture.name,
  fixture,
])

it.each(fixtures)('shows %s', (_, fixture) => {
  const { message } = toEntry(listed(fixture)) ?? {}
  const { role = 'Chatbot', expected } = fixture
  expect(message).toEqual({
    id: entryId,
    sender: { role, displayName: 'Harbor Assistant' },
    timestamp: '2026-11-18T11:06:42.145Z',
    ...expected,
  })
  expect(messageSchema.safeParse({ ...message, conversationId }).error).toBeUndefined()
})

it('is tested with entries that Salesforce could list', () => {
  const conversationEntries = fixtures.map(([, fixture]) => listed(fixture))
  const exchange = {
    at: 0,
    operationId: 'listConversationEntries',
    method: 'GET',
    path: '',
    query: {},
    authorization: null,
    requestBody: undefined,
    status: 200,
    responseType: 'application/json',
    responseBody: { conversationEntries },
    faulty: false,
  }
  expect(responseViolations(exchange)).toEqual([])
})

it('reads a payload that comes as a JSON string', () => {
  const [, fixture] = fixtures[0] ?? expect.fail()
  const entry = listed(fixture)
  const asText = { ...entry, entryPayload: JSON.stringify(entry.entryPayload) }
  expect(toEntry(asText)).toEqual(toEntry(entry))
})

it.each(['AutomatedResponse', 'Consent'] as const)('says that a message is an %s', (reason) => {
  const abstractMessage = {
    messageType: 'StaticContentMessage',
    id: entryId,
    staticContent: { formatType: 'Text', text: 'We are closed.' },
  }
  const payload = { entryType: 'Message', id: entryId, abstractMessage, messageReason: reason }
  expect(toEntry(listedPayload(payload))?.message).toMatchObject({ reason })
})

it.each([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'Hello'],
  ['an empty message', { abstractMessage: { messageType: 'StaticContentMessage' } }],
  [
    'quick replies without replies',
    {
      abstractMessage: {
        messageType: 'ChoicesMessage',
        choices: { formatType: 'QuickReplies', text: 'Which port?', optionItems: [] },
      },
    },
  ],
  ['a type of the future', { abstractMessage: { messageType: 'HologramMessage' } }],
  [
    'a type named like a property of every object',
    { abstractMessage: { messageType: '__proto__' } },
  ],
])('tells of a message whose payload is %s that it cannot be shown', (_, payload) => {
  const entry = { ...listedPayload({ entryType: 'Message' }), entryPayload: payload }
  const { message } = toEntry(entry) ?? {}
  expect(message).toMatchObject({
    messageType: 'UnknownMessage',
    original: { entryType: 'Message' },
  })
  expect(message?.text).not.toBe('')
})

it.each([
  'Note',
  'FlagRaise',
  'FlagLower',
  'ConsultConversationInfo',
  'MessageUpdated',
  'TransferProgress',
  'ParticipantsConferenced',
  'EndUserConsentUpdated',
  'MessageDeliveryFailed',
  'RoutingWorkResult',
  'QueuePosition',
  'CloseConversation',
  'SessionContext',
  'NotYetInvented',
])('never shows an entry of type %s', (entryType) => {
  const { message } = staticContents[0] ?? expect.fail()
  const payload = { entryType, abstractMessage: message, updatedMessage: message, workType: 'x' }
  expect(toEntry(listedPayload(payload))?.message).toBeNull()
})
