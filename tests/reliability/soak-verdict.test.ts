import { describe, expect, it } from 'vitest'
import {
  compare,
  type StoredConversations,
  textPrefix,
  type VisitorRecord,
} from '../../bench/soak/verdict.js'

const mine = `${textPrefix(1, 1)} Is there anything new?`

/** A visitor who said one thing and got one answer. */
const visitor: VisitorRecord = {
  index: 1,
  conversationId: 'c1',
  acknowledged: new Map([['said', mine]]),
  unsettled: [],
  received: [
    { id: 'joined', text: 'The assistant joined' },
    { id: 'said', text: mine },
    { id: 'answer', text: `You said “${mine}”` },
  ],
}
const entries: StoredConversations[number]['entries'] = [
  { id: 'joined', isMessage: false, content: '{}' },
  { id: 'said', isMessage: true, content: mine },
  { id: 'answer', isMessage: true, content: mine },
]
const [, said, answer] = entries
const ledger: StoredConversations = [{ id: 'c1', entries }]
const good = { acknowledged: 1, received: 2, unsettled: 0, lost: 0, doubled: 0, foreign: 0 }

const stored = (...more: StoredConversations[number]['entries']): StoredConversations => [
  { id: 'c1', entries: [...entries, ...more] },
]
const told = (...received: VisitorRecord['received']): VisitorRecord[] => [{ ...visitor, received }]
const other = `${textPrefix(11, 1)} Is there anything new?`

describe('the verdict of a soak', () => {
  it('is good when everything is stored once and told once', () => {
    expect(compare([visitor], ledger)).toEqual(good)
  })

  it.each([
    [
      'an acknowledged message that is not stored',
      'lost',
      () => compare([visitor], [{ id: 'c1', entries: entries.filter((entry) => entry !== said) }]),
    ],
    [
      'a stored message that was not told',
      'lost',
      () => compare(told(...visitor.received.slice(0, 2)), ledger),
    ],
    [
      'a message that is stored twice',
      'doubled',
      () => compare([visitor], said ? stored(said) : []),
    ],
    [
      'a message that was told twice',
      'doubled',
      () => compare(told(...visitor.received, ...visitor.received.slice(-1)), ledger),
    ],
    [
      'a conversation that nobody knows',
      'doubled',
      () => compare([visitor], [...ledger, { id: 'c2', entries: [] }]),
    ],
    [
      'a message that was told and is not in the conversation',
      'foreign',
      () => compare(told(...visitor.received, { id: 'else', text: 'Hello' }), ledger),
    ],
    [
      'another visitor’s words in what was told',
      'foreign',
      () => compare(told(...visitor.received.slice(0, 2), { id: 'answer', text: other }), ledger),
    ],
    [
      'another visitor’s words in the conversation',
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

  it('counts what was given up apart: it may have arrived', () => {
    const verdict = compare([{ ...visitor, unsettled: ['1 2: network'] }], ledger)
    expect(verdict).toEqual({ ...good, unsettled: 1 })
  })
})
