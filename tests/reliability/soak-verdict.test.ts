import { describe, expect, it } from 'vitest'
import {
  compare,
  countLosses,
  type StoredConversations,
  textPrefix,
  type VisitorRecord,
} from '../../bench/soak/verdict.js'

const sentText = `${textPrefix(1, 1)} Is there anything new?`

/** Describes a visitor who sent one message and received one answer. */
const visitor: VisitorRecord = {
  index: 1,
  conversationId: 'c1',
  acknowledged: new Map([['sent', sentText]]),
  unsettled: [],
  losses: [],
  hasReadAll: true,
  received: [
    { id: 'joined', text: 'The assistant joined' },
    { id: 'sent', text: sentText },
    { id: 'answer', text: `You said “${sentText}”` },
  ],
}
const entries: StoredConversations[number]['entries'] = [
  { id: 'joined', isMessage: false, content: '{}', at: 1 },
  { id: 'sent', isMessage: true, content: sentText, at: 2 },
  { id: 'answer', isMessage: true, content: sentText, at: 2 },
]
const [, sent, answer] = entries
const conversations: StoredConversations = [{ id: 'c1', entries }]
const good = {
  acknowledged: 1,
  received: 2,
  unsettled: 0,
  lost: 0,
  doubled: 0,
  late: 0,
  foreign: 0,
  findings: [],
}

const stored = (...more: StoredConversations[number]['entries']): StoredConversations => [
  { id: 'c1', entries: [...entries, ...more] },
]
const visitorWith = (...received: VisitorRecord['received']): VisitorRecord[] => [
  { ...visitor, received },
]
const other = `${textPrefix(11, 1)} Is there anything new?`

describe('the soak’s comparison', () => {
  it('reports no error if every message is stored once and delivered once', () => {
    expect(compare([visitor], conversations)).toEqual(good)
  })

  it.each([
    [
      'an acknowledged message that is not stored',
      'lost',
      () => compare([visitor], [{ id: 'c1', entries: entries.filter((entry) => entry !== sent) }]),
    ],
    [
      'a stored message that was not delivered',
      'lost',
      () => compare(visitorWith(...visitor.received.slice(0, 2)), conversations),
    ],
    [
      'a message that is stored twice',
      'doubled',
      () => compare([visitor], sent ? stored(sent) : []),
    ],
    [
      'a message that was delivered twice',
      'doubled',
      () => compare(visitorWith(...visitor.received, ...visitor.received.slice(-1)), conversations),
    ],
    [
      'a conversation that belongs to no visitor',
      'doubled',
      () => compare([visitor], [...conversations, { id: 'c2', entries: [] }]),
    ],
    [
      'a delivered message that is not in the conversation',
      'foreign',
      () => compare(visitorWith(...visitor.received, { id: 'else', text: 'Hello' }), conversations),
    ],
    [
      'another visitor’s text in a delivered message',
      'foreign',
      () =>
        compare(
          visitorWith(...visitor.received.slice(0, 2), { id: 'answer', text: other }),
          conversations,
        ),
    ],
    [
      'another visitor’s text in the conversation',
      'foreign',
      () =>
        compare(
          [visitor],
          answer
            ? [{ id: 'c1', entries: [...entries.slice(0, 2), { ...answer, content: other }] }]
            : [],
        ),
    ],
  ] as const)('counts %s as %s', (_what, name, work) => {
    expect(work()[name]).toBeGreaterThan(0)
    expect(work()).not.toEqual(good)
  })

  it('counts abandoned messages separately, since they may have arrived', () => {
    const verdict = compare([{ ...visitor, unsettled: ['1 2: network'] }], conversations)
    expect(verdict).toEqual({ ...good, unsettled: 1 })
  })

  it('names each message that was lost or doubled, and how', () => {
    const again = visitorWith(...visitor.received, ...visitor.received.slice(-1))
    expect(compare(again, sent ? stored(sent) : []).findings).toEqual([
      { visitor: 1, id: 'sent', what: 'stored twice', storedAt: [2, 2] },
      { visitor: 1, id: 'answer', what: 'received twice', storedAt: [2] },
    ])
  })

  it.each([
    [
      'later than the gateway waits for it',
      [
        { sentAt: 10, endedAt: 20 },
        { sentAt: 2000, endedAt: 2010 },
      ],
      1,
    ],
    [
      'in the time in which the gateway looks for it',
      [
        { sentAt: 10, endedAt: 21 },
        { sentAt: 2000, endedAt: 2010 },
      ],
      0,
    ],
    ['after the only attempt that is known', [{ sentAt: 10, endedAt: 20 }], 0],
    ['while no attempt is known', [], 0],
  ] as const)(
    'tells a message apart that is stored again and whose first effect shows %s',
    (_when, times, late) => {
      const attempts = times.map((time) => ({ ...time, id: 'sent' }))
      const twice = [1021, 2010].map((at) => ({
        id: 'sent',
        isMessage: true,
        content: sentText,
        at,
      }))
      const others = entries.filter((entry) => entry !== sent)
      const verdict = compare([visitor], [{ id: 'c1', entries: [...others, ...twice] }], attempts)
      expect([verdict.late, verdict.doubled]).toEqual([late, 1 - late])
    },
  )

  it('counts no message as lost that a visitor who could not read to the end did not receive', () => {
    const cut = { ...visitor, received: visitor.received.slice(0, 2), hasReadAll: false }
    expect(compare([cut], conversations)).toEqual({ ...good, received: 1 })
  })

  it('counts what was forgotten, and how much of it no restart of Redis explains', () => {
    const windows = [{ from: 50_000, to: 51_000 }]
    const lossesAt = (...calls: [sentAt: number, answeredAt: number][]) =>
      calls.map(([sentAt, answeredAt]) => ({
        what: 'conversation' as const,
        acknowledged: { sentAt, answeredAt },
      }))
    const [during] = lossesAt([50_500, 50_600])
    const visitors = [
      { ...visitor, losses: lossesAt([49_000, 49_999], [49_000, 50_000], [51_000, 70_000]) },
      {
        ...visitor,
        losses: [
          ...lossesAt([51_001, 51_500]),
          ...(during ? [{ ...during, what: 'session' as const }] : []),
        ],
      },
    ]
    expect(countLosses(visitors, windows)).toEqual({
      sessions: 1,
      conversations: 4,
      unexplained: 2,
    })
    expect(countLosses([visitor], windows)).toEqual({
      sessions: 0,
      conversations: 0,
      unexplained: 0,
    })
  })
})
