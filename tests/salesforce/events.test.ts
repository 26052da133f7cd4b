import { describe, expect, it } from 'vitest'
import { toEvent } from '../../lib/salesforce/enhanced-chat/events.js'

const conversationId = '7c1e9f52-3d0b-4a7e-9b55-0e6f2a1c8d44'
const bot = { role: 'Chatbot', appType: 'chatbot', subject: '0XxZZ0000000001' }

/** Builds the data of an event as Salesforce frames it; `entry` is laid over the one of a bot. */
function dataOf(entryType: string, payload: object | string, entry: object = {}): string {
  const conversationEntry = {
    senderDisplayName: 'Harbor Assistant',
    identifier: '0a9d1f7e-5a52-4f5b-8f39-3a0d5f0c9b12',
    entryType,
    entryPayload: payload,
    sender: bot,
    relatedRecords: [],
    transcriptedTimestamp: 1795000002145,
    ...entry,
  }
  return JSON.stringify({ channelType: 'embedded_messaging', conversationId, conversationEntry })
}

function eventOf(entryType: string, payload: object | string, entry: object = {}) {
  return toEvent(dataOf(entryType, payload, entry), conversationId, 0)
}

function tokenOf(fields: object) {
  const place = { targetMessageIdentifier: '1795000000000-REQ-1', sequenceNumber: 3 }
  return { streamingToken: { tokenType: 'MessageStreamingToken', ...place, ...fields } }
}

describe('the list has changed', () => {
  it.each([
    'Message',
    'ParticipantChanged',
    'RoutingResult',
    'RoutingWorkResult',
    'SessionStatusChanged',
    'CloseConversation',
  ])('after %s, whatever its payload', (entryType) => {
    expect(eventOf(entryType, {})).toEqual({ kind: 'listChanged' })
    expect(eventOf(entryType, 'no JSON')).toEqual({ kind: 'listChanged' })
    expect(eventOf(entryType, {}, { sender: 'nonsense', senderDisplayName: 7 })).toEqual({
      kind: 'listChanged',
    })
  })
})

describe('an event is ignored', () => {
  it('of another conversation', () => {
    expect(toEvent(dataOf('Message', {}), '0e6f2a1c-3d0b-4a7e-9b55-7c1e9f528d44', 0)).toBeNull()
  })

  it.each([
    'DeliveryAcknowledgement',
    'ReadAcknowledgement',
    'EndUserConsentUpdated',
    'ClientAction',
    'Note',
    'NeverHeardOf',
  ])('of type %s', (entryType) => expect(eventOf(entryType, {})).toBeNull())

  it.each(['0', '', 'null', '[]', '{}', '{"conversationId":', '{"conversationEntry":null}'])(
    'with the data %j',
    (data) => expect(toEvent(data, conversationId, 0)).toBeNull(),
  )

  it.each([
    ['ProgressIndicator', { progressIndicator: null }],
    ['QueuePosition', 'nonsense'],
    ['StreamingToken', {}],
    ['StreamingToken', tokenOf({ targetMessageIdentifier: '' })],
    ['StreamingToken', tokenOf({ sequenceNumber: 'three' })],
  ])('that cannot be understood: %s %j', (entryType, payload) => {
    expect(eventOf(entryType, payload)).toBeNull()
  })
})

describe('an event that is replayed', () => {
  const told: [entryType: string, payload: object][] = [
    ['TypingStartedIndicator', {}],
    ['TypingStoppedIndicator', {}],
    ['ProgressIndicator', { progressIndicator: { progressMessage: { text: 'Looking' } } }],
    ['QueuePosition', { position: 3 }],
    ['StreamingToken', tokenOf({ token: { text: 'We ' } })],
    ['StreamingToken', tokenOf({ result: { valid: false } })],
  ]
  const at = 1795000002145

  it.each(told)('is ignored when it is no later than the newest entry: %s %j', (...event) => {
    const data = dataOf(...event)
    expect(toEvent(data, conversationId, at)).toBeNull()
    expect(toEvent(data, conversationId, at - 1)).not.toBeNull()
    const undated = dataOf(...event, { transcriptedTimestamp: null })
    expect(toEvent(undated, conversationId, at)).not.toBeNull()
  })

  it('rings all the same, since the list may show its entry late', () => {
    expect(toEvent(dataOf('Message', {}), conversationId, at)).toEqual({ kind: 'listChanged' })
  })
})

describe('typing', () => {
  it.each([
    ['TypingStartedIndicator', true],
    ['TypingStoppedIndicator', false],
  ])('%s tells who', (entryType, isTyping) => {
    expect(
      eventOf(entryType, { timestamp: 1 }, { senderDisplayName: ' Harbor\u0000 Bot\n' }),
    ).toEqual({
      kind: 'typing',
      isTyping,
      subject: '0XxZZ0000000001',
      role: 'Chatbot',
      displayName: 'Harbor Bot',
    })
  })

  it.each(['EndUser', 'Supervisor'])('of a %s is not told', (role) => {
    expect(eventOf('TypingStartedIndicator', {}, { sender: { ...bot, role } })).toBeNull()
  })
})

describe('progress and queue position', () => {
  it('progress is a plain text, or none', () => {
    const progressOf = (text: unknown) =>
      eventOf('ProgressIndicator', { progressIndicator: { progressMessage: { text } } })
    expect(progressOf('Looking up\u202e your order ')).toEqual({
      kind: 'progress',
      text: 'Looking up your order',
    })
    expect(progressOf(' ')).toEqual({ kind: 'progress', text: null })
    expect(progressOf(undefined)).toEqual({ kind: 'progress', text: null })
  })

  it.each([
    [3, 3],
    [0, null],
    [-1, null],
    ['3', null],
    [undefined, null],
  ])('the position %j is %j', (position, expected) => {
    expect(eventOf('QueuePosition', { position })).toEqual({
      kind: 'queuePosition',
      position: expected,
    })
  })
})

describe('a streamed token', () => {
  const token = { token: { formatType: 'Text', text: ' ships on\r' }, turnId: 't1', batchNumber: 2 }
  const expected = {
    kind: 'token',
    messageId: '1795000000000-REQ-1',
    turnId: 't1',
    batchNumber: 2,
    sequenceNumber: 3,
    text: ' ships on\n',
  }

  it('is understood as an object and as a JSON string', () => {
    expect(eventOf('StreamingToken', tokenOf(token))).toEqual(expected)
    expect(eventOf('StreamingToken', JSON.stringify(tokenOf(token)))).toEqual(expected)
  })

  it('needs neither turn nor batch', () => {
    expect(eventOf('StreamingToken', tokenOf({ token: token.token }))).toEqual({
      ...expected,
      turnId: null,
      batchNumber: 0,
    })
  })

  it.each(['StreamingToken', 'StreamingTokenValidation'])(
    'is a verdict in %s: a text that is not valid is taken back',
    (entryType) => {
      const verdict = { tokenType: 'StreamingTokenValidation' }
      const takenBack = { kind: 'tokensInvalid', messageId: '1795000000000-REQ-1' }
      expect(eventOf(entryType, tokenOf({ ...verdict, result: { valid: false } }))).toEqual(
        takenBack,
      )
      expect(eventOf(entryType, tokenOf({ ...verdict, valid: false }))).toEqual(takenBack)
      const noNumber = { sequenceNumber: null, valid: false }
      expect(eventOf(entryType, tokenOf({ ...verdict, ...noNumber }))).toEqual(takenBack)
    },
  )

  it('is a verdict that a text is valid, which holds its place in the numbers', () => {
    const payload = tokenOf({ tokenType: 'StreamingTokenValidation', result: { valid: true } })
    expect(eventOf('StreamingToken', payload)).toMatchObject({ sequenceNumber: 3, text: '' })
  })
})
