import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { message } from '../../lib/contract/messages.js'
import { toEntry } from '../../lib/salesforce/enhanced-chat/entries.js'

const id = '0a9d1f7e-5a52-4f5b-8f39-3a0d5f0c9b12'
const conversationId = '7c1e9f52-3d0b-4a7e-9b55-0e6f2a1c8d44'
const at = 1_795_000_002_145
const bot = { role: 'Chatbot', appType: 'chatbot', subject: '0XxZZ0000000001' }

function listed(entryType: string, entryPayload: unknown, envelope: object = {}) {
  return {
    entryType,
    identifier: id,
    senderDisplayName: 'Harbor Assistant',
    sender: bot,
    clientTimestamp: at - 45,
    transcriptedTimestamp: at,
    relatedRecords: [],
    entryPayload,
    ...envelope,
  }
}

function staticContentEntry(staticContent: unknown, envelope: object = {}, more: object = {}) {
  const abstractMessage = { messageType: 'StaticContentMessage', id, staticContent, ...more }
  return listed('Message', { entryType: 'Message', id, abstractMessage }, envelope)
}

const written = (text: unknown, envelope: object = {}) =>
  staticContentEntry({ formatType: 'Text', text }, envelope)

const textOf = (entry: unknown) => toEntry(entry)?.message?.text

describe('a text', () => {
  it('becomes a message with its sender, time and what it replies to', () => {
    const inReplyToMessageId = 'e1cc1d1c-1d3c-4a4e-9b55-0e6f2a1c8d44'
    const entry = toEntry(
      staticContentEntry({ formatType: 'Text', text: 'Hi' }, {}, { inReplyToMessageId }),
    )
    expect(entry).toEqual({
      id,
      at,
      message: {
        id,
        messageType: 'StaticContentMessage',
        sender: { role: 'Chatbot', displayName: 'Harbor Assistant' },
        timestamp: new Date(at).toISOString(),
        text: 'Hi',
        inReplyToMessageId,
        staticContent: { formatType: 'Text', text: 'Hi' },
      },
      change: {
        kind: 'message',
        role: 'Chatbot',
        displayName: 'Harbor Assistant',
        subject: '0XxZZ0000000001',
      },
    })
  })

  it('is the same when the payload comes as a JSON string', () => {
    const entry = written('Hi')
    expect(toEntry({ ...entry, entryPayload: JSON.stringify(entry.entryPayload) })).toEqual(
      toEntry(entry),
    )
  })

  const texts: [name: string, written: string, shown: string][] = [
    ['named entities', 'Tom &amp; Jerry &lt;b&gt;', 'Tom & Jerry <b>'],
    ['numbered entities', 'It&#39;s &#x1F600;', "It's 😀"],
    ['entities once', '&amp;lt;', '&lt;'],
    ['what only looks like one', 'AT&T &ampere; a&b=1&copy=2', 'AT&T &ampere; a&b=1&copy=2'],
    ['control characters', 'a\u0000b\u0008c\u001bd\u007fe\u009ff', 'abcdef'],
    ['control characters written as entities', 'a&#8;b&#27;c&#x202e;d', 'abcd'],
    ['line ends', 'one\r\ntwo\rthree\nfour\tfive', 'one\ntwo\nthree\nfour\tfive'],
    ['rare line ends', 'a\u000bb\u000cc\u0085d\u2028e\u2029f&#x2028;g', 'a\nb\nc\nd\ne\nf\ng'],
  ]
  it.each(texts)('of a bot is made plain: %s', (_, from, to) => {
    expect(textOf(written(from))).toBe(to)
  })

  it('of the visitor keeps its entities and loses its control characters', () => {
    const sender = { role: 'EndUser', appType: 'iamessage', subject: 'v2/x' }
    expect(textOf(written('&lt;b&gt; &#39;\u0007', { sender }))).toBe('&lt;b&gt; &#39;')
  })

  it('of an agent keeps what the agent typed', () => {
    const sender = { role: 'Agent', appType: 'agent', subject: '005ZZ0000000001' }
    expect(textOf(written('Write &amp;amp; for &amp;', { sender }))).toBe(
      'Write &amp;amp; for &amp;',
    )
  })
})

describe('the sender', () => {
  const roles = [
    ['EndUser', 'EndUser'],
    ['Chatbot', 'Chatbot'],
    ['Agent', 'Agent'],
    ['Supervisor', 'Supervisor'],
    ['System', 'System'],
    ['Router', 'System'],
    ['Archivist', 'System'],
    ['', 'System'],
  ]
  it.each(roles)('%s is shown as %s', (role, shown) => {
    const entry = toEntry(written('Hi', { sender: { ...bot, role } }))
    expect(entry?.message?.sender.role).toBe(shown)
  })

  const names: [name: unknown, shown: string | null][] = [
    [null, null],
    [undefined, null],
    ['', null],
    [' \u0000\n ', null],
    ['Dana\nRoe\u202c', 'Dana Roe'],
    ['Dana\rRoe', 'Dana Roe'],
    ['Dana\u2028Roe', 'Dana Roe'],
    ['x'.repeat(300), 'x'.repeat(200)],
  ]
  it.each(names)('with the name %j is called %j', (senderDisplayName, shown) => {
    const entry = toEntry(written('Hi', { senderDisplayName }))
    expect(entry?.message?.sender.displayName).toBe(shown)
  })
})

describe('other messages', () => {
  const unknown: [name: string, entry: unknown, original: object][] = [
    [
      'a type to come',
      listed('Message', { abstractMessage: { messageType: 'Hologram', id } }),
      { entryType: 'Message', messageType: 'Hologram' },
    ],
    [
      'a format to come',
      staticContentEntry({ formatType: 'Smell', text: 'Roses' }),
      { entryType: 'Message', messageType: 'StaticContentMessage', formatType: 'Smell' },
    ],
    ['no message', listed('Message', {}), { entryType: 'Message' }],
    ['no payload', listed('Message', null), { entryType: 'Message' }],
    ['a broken string', listed('Message', '{"abstractMessage":'), { entryType: 'Message' }],
    ['a text of another kind', written(5), { entryType: 'Message' }],
  ]
  it.each(unknown)('are shown as unknown: %s', (_, entry, original) => {
    const read = toEntry(entry)
    expect(read?.message).toMatchObject({ messageType: 'UnknownMessage', original })
    expect(read?.message?.text).not.toBe('')
    expect(read?.change).toMatchObject({ kind: 'message' })
  })
})

describe('what happens beside messages', () => {
  const participant = { role: 'Agent', appType: 'agent', subject: '005ZZ0000000001' }
  const supervisor = { role: 'Supervisor', appType: 'agent', subject: '005ZZ0000000009' }
  const joins = { entries: [{ operation: 'add', displayName: 'Dana', participant }] }

  const stateChanges: [
    entryType: string,
    payload: object,
    message: object | null,
    change: object | null,
  ][] = [
    [
      'ParticipantChanged',
      joins,
      {
        text: 'Dana joined.',
        participants: [{ operation: 'add', role: 'Agent', displayName: 'Dana' }],
      },
      {
        kind: 'participants',
        changes: [
          { operation: 'add', role: 'Agent', displayName: 'Dana', subject: '005ZZ0000000001' },
        ],
      },
    ],
    [
      'RoutingResult',
      {
        routingType: 'Initial',
        failureType: 'None',
        estimatedWaitTime: { estimatedWaitTimeInSeconds: 90 },
      },
      { routing: { type: 'Initial', failure: null, estimatedWaitSeconds: 90 } },
      { kind: 'routing', failed: false, estimatedWaitSeconds: 90 },
    ],
    [
      'RoutingResult',
      { routingType: 'Transfer', failureType: 'RoutingError', failureReason: 'No_Agent' },
      { routing: { type: 'Transfer', failure: 'No_Agent' } },
      { kind: 'routing', failed: true, estimatedWaitSeconds: null },
    ],
    [
      'RoutingResult',
      { routingType: 'Transfer', failureType: 'Cancelled', failureReason: null },
      { routing: { type: 'Transfer', failure: 'Cancelled' } },
      { kind: 'routing', failed: true, estimatedWaitSeconds: null },
    ],
    [
      'RoutingResult',
      { routingType: 'Transfer', failureReason: 'No_Agent' },
      { routing: { type: 'Transfer', failure: 'No_Agent' } },
      { kind: 'routing', failed: true, estimatedWaitSeconds: null },
    ],
    [
      'RoutingResult',
      { routingType: 'Transfer', failureType: 'None', failureReason: 'No_Agent' },
      { routing: { type: 'Transfer', failure: 'No_Agent' } },
      { kind: 'routing', failed: true, estimatedWaitSeconds: null },
    ],
    [
      'RoutingResult',
      { routingType: 'Initial', failureType: null, failureReason: '' },
      { routing: { type: 'Initial', failure: null } },
      { kind: 'routing', failed: false, estimatedWaitSeconds: null },
    ],
    [
      'ParticipantChanged',
      { entries: [{ operation: 'add', displayName: 'Chris', participant: supervisor }] },
      null,
      null,
    ],
    [
      'ParticipantChanged',
      {
        entries: [
          { operation: 'add', displayName: 'Chris', participant: supervisor },
          ...joins.entries,
        ],
      },
      {
        text: 'Dana joined.',
        participants: [{ operation: 'add', role: 'Agent', displayName: 'Dana' }],
      },
      {
        kind: 'participants',
        changes: [
          { operation: 'add', role: 'Agent', displayName: 'Dana', subject: '005ZZ0000000001' },
        ],
      },
    ],
    ...(
      [
        ['EndUser', 'EndUser'],
        ['Chatbot', 'System'],
        ['Router', 'System'],
        ['System', 'System'],
      ] as const
    ).map(([sessionEndedByRole, endedBy]): [string, object, object, object] => [
      'SessionStatusChanged',
      { sessionStatus: 'Ended', sessionEndedByRole },
      { session: { status: 'Ended', endedBy } },
      { kind: 'session', over: true, endedBy },
    ]),
    [
      'SessionStatusChanged',
      { sessionStatus: 'Ended', sessionEndedByRole: 'Supervisor' },
      { session: { status: 'Ended', endedBy: 'Agent' } },
      { kind: 'session', over: true, endedBy: 'Agent', isUnconfirmed: true },
    ],
    [
      'SessionStatusChanged',
      { sessionStatus: 'Ended', sessionStatusPrev: 'Active', sessionEndedByRole: 'Agent' },
      { session: { status: 'Ended', previous: 'Active', endedBy: 'Agent' } },
      { kind: 'session', over: true, endedBy: 'Agent' },
    ],
    [
      'SessionStatusChanged',
      { sessionStatus: 'Active', sessionStatusPrev: 'Waiting', sessionEndedByRole: null },
      { session: { status: 'Active', previous: 'Waiting' } },
      { kind: 'session', over: false, endedBy: null },
    ],
    ['RoutingWorkResult', { workType: 'Assigned' }, null, { kind: 'queued' }],
    ['RoutingWorkResult', { workType: 'Transferred' }, null, { kind: 'queued' }],
    ['RoutingWorkResult', { workType: 'Closed' }, null, null],
    ['QueuePosition', { position: 3 }, null, { kind: 'queued' }],
    ['CloseConversation', { conversationIdentifier: 'x' }, null, { kind: 'closed' }],
    ...['Note', 'FlagRaise', 'FlagLower', 'ConsultConversationInfo', 'TransferProgress'].map(
      (entryType): [string, object, null, null] => [entryType, { text: 'for staff' }, null, null],
    ),
    ['TypingStartedIndicator', { timestamp: at }, null, null],
    ['SomethingNew', { text: 'for whom?' }, null, null],
  ]
  it.each(stateChanges)('%s %o', (entryType, payload, shown, change) => {
    for (const entryPayload of [{ entryType, id, ...payload }, JSON.stringify(payload)]) {
      const entry = toEntry(listed(entryType, entryPayload))
      if (shown === null) expect(entry?.message).toBeNull()
      else expect(entry?.message).toMatchObject({ messageType: entryType, ...shown })
      expect(entry?.change).toEqual(change)
    }
  })

  it.each(['ParticipantChanged', 'RoutingResult', 'RoutingWorkResult', 'SessionStatusChanged'])(
    '%s that says nothing does nothing',
    (entryType) => {
      for (const payload of [null, {}, [], 'x', '{', { entries: 5 }]) {
        expect(toEntry(listed(entryType, payload))).toEqual({
          id,
          at,
          message: null,
          change: null,
        })
      }
    },
  )
})

describe('whatever Salesforce lists', () => {
  it('is an entry when it has a type, an id and a time, with whatever else or nothing else', () => {
    const others = fc.record(
      {
        senderDisplayName: fc.jsonValue(),
        sender: fc.jsonValue(),
        entryPayload: fc.jsonValue(),
        clientTimestamp: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(others, (rest) => {
        const known = { entryType: 'CloseConversation', identifier: id, transcriptedTimestamp: at }
        expect(toEntry({ ...known, ...rest })?.change).toEqual({ kind: 'closed' })
      }),
    )
  })

  const entryType = fc.constantFrom(
    'Message',
    'ParticipantChanged',
    'RoutingResult',
    'RoutingWorkResult',
    'SessionStatusChanged',
    'QueuePosition',
    'CloseConversation',
    'Note',
  )
  const almost = fc.record(
    {
      entryType,
      identifier: fc.oneof(fc.uuid(), fc.string()),
      senderDisplayName: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()),
      sender: fc.oneof(fc.constant(bot), fc.record({ role: fc.string() }), fc.jsonValue()),
      transcriptedTimestamp: fc.oneof(fc.maxSafeInteger(), fc.constant(at), fc.jsonValue()),
      entryPayload: fc.oneof(
        fc.jsonValue(),
        fc.json(),
        fc.record({ abstractMessage: fc.jsonValue() }),
        fc.record({
          abstractMessage: fc.record({
            messageType: fc.constantFrom('StaticContentMessage', 'ChoicesMessage'),
            staticContent: fc.oneof(
              fc.record({ formatType: fc.constant('Text'), text: fc.string({ unit: 'binary' }) }),
              fc.jsonValue(),
            ),
          }),
        }),
        fc.record({ entries: fc.array(fc.jsonValue()) }),
      ),
    },
    { requiredKeys: [] },
  )

  it('never throws, and gives only messages that may leave', () => {
    fc.assert(
      fc.property(fc.oneof({ weight: 4, arbitrary: almost }, fc.jsonValue()), (entry) => {
        const read = toEntry(entry)
        if (!read?.message) return
        expect(message.safeParse({ ...read.message, conversationId }).error).toBeUndefined()
      }),
      { numRuns: Number(process.env.FC_RUNS ?? 300) },
    )
  })

  it.each([
    ['no id', { identifier: undefined }],
    ['an empty id', { identifier: '' }],
    ['no time', { transcriptedTimestamp: undefined }],
    ['a time in words', { transcriptedTimestamp: '2026-01-01' }],
    ['a broken time', { transcriptedTimestamp: 1.5 }],
    ['a time before all times', { transcriptedTimestamp: -1 }],
    ['a time after year 9999', { transcriptedTimestamp: 253_402_300_800_000 }],
    ['a time after all times', { transcriptedTimestamp: 8_640_000_000_000_001 }],
  ])('passes over an entry with %s', (_, envelope) => {
    expect(toEntry(written('Hi', envelope))).toBeNull()
  })

  it('still shows a message without a sender', () => {
    expect(toEntry(written('Hi', { sender: null }))?.message).toMatchObject({
      text: 'Hi',
      sender: { role: 'System' },
    })
  })
})
