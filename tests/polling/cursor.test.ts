import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Cursor, createCursors, maxAnchorLength } from '../../lib/polling/cursor.js'
import type { Entry } from '../../lib/polling/entries.js'
import type { HistoryMark } from '../../lib/polling/history.js'
import { foldState, initialState } from '../../lib/polling/state.js'
import { createSealer, deriveKeys } from '../../lib/sealing.js'

const conversationId = '7c1e9f52-0f0e-4a0c-9a55-1d2f6f0f5a11'
const otherId = '7c1e9f52-0f0e-4a0c-9a55-1d2f6f0f5a12'
const oldSecret = 'the old secret of at least 32 bytes'
const newSecret = 'the new secret of at least 32 bytes'

function sealerOf(...secrets: string[]) {
  return createSealer(deriveKeys(secrets, 'cursors'))
}
const sealer = sealerOf(oldSecret)
const cursors = createCursors(sealer)

const mark = fc
  .uint8Array({ minLength: 6, maxLength: 6 })
  .map((bytes) => Buffer.from(bytes).toString('hex'))
const instant = fc.integer({ min: 100_000, max: 4_000_000_000_000 })
type Participant = Cursor['stateBefore']['participants'][number]
const role = fc.constantFrom<Participant['role'][]>('Agent', 'Chatbot', 'Supervisor')
const participant: fc.Arbitrary<Participant> = fc.record({
  role,
  displayName: fc.option(fc.string({ unit: 'grapheme', maxLength: 12 })),
  subject: fc.string({ maxLength: 18 }),
})
const state: fc.Arbitrary<Cursor['stateBefore']> = fc.record({
  handledBy: fc.constantFrom('queue', 'bot', 'agent', 'none', 'unknown'),
  participants: fc.array(participant, { maxLength: 3 }),
  endedBy: fc.constantFrom(null, 'EndUser', 'Agent', 'System'),
  estimatedWaitSeconds: fc.option(fc.integer({ min: 0, max: 10_000 })),
  closed: fc.boolean(),
})
const aCursor: fc.Arbitrary<Cursor> = fc
  .record({
    newest: instant,
    anchor: fc.option(fc.string({ minLength: 1, maxLength: 100 })),
    stateBefore: state,
    state: fc.option(state),
    resume: fc.option(
      fc.record({
        bound: instant,
        from: instant,
        anchor: fc.option(fc.string({ minLength: 1, maxLength: 100 })),
        state,
        startedAt: instant,
      }),
    ),
    seen: fc.array(fc.tuple(mark, fc.integer({ min: 0, max: 30_000 })), { maxLength: 60 }),
    heardUntil: fc.option(instant),
  })
  .map(({ newest, seen, ...rest }) => ({
    ...rest,
    newest,
    windowStart: newest - 30_000,
    seen: new Map(seen.map(([id, age]) => [id, newest - age])),
  }))
const aHistoryMark: fc.Arbitrary<HistoryMark> = fc
  .record({
    newestLeft: instant,
    oldestGiven: instant,
    windowStart: instant,
    given: fc.uniqueArray(mark, { maxLength: 25 }),
    members: fc.uniqueArray(mark, { maxLength: 60 }),
  })
  .map(({ given, members, ...rest }) => {
    return { ...rest, given: new Set(given), members: new Set(members) }
  })

function cursorWith(marks: number, rest: Partial<Cursor> = {}): Cursor {
  const newest = 1_795_000_000_000
  const seen = Array.from({ length: marks }, (_, index): [string, number] => {
    return [index.toString(16).padStart(12, '0'), newest - index]
  })
  return {
    newest,
    windowStart: newest - 30_000,
    anchor: 'a'.repeat(maxAnchorLength),
    stateBefore: initialState,
    state: rest.stateBefore ?? initialState,
    resume: null,
    seen: new Map(seen),
    heardUntil: newest,
    ...rest,
  }
}

function agent(displayName: string, subject: string): Participant {
  return { role: 'Agent', displayName, subject }
}

function served(...participants: Participant[]): Pick<Cursor, 'stateBefore'> {
  return { stateBefore: { ...initialState, handledBy: 'agent', participants } }
}

const sealed = cursors.sealCursor(cursorWith(3), conversationId)
const sealedHistory = cursors.sealHistory(
  {
    newestLeft: 9,
    oldestGiven: 9,
    windowStart: 9,
    given: new Set(['0123456789ab']),
    members: new Set(),
  },
  conversationId,
)

function opens(text: string): boolean {
  return cursors.openCursor(text, conversationId) !== null
}

describe('a cursor', () => {
  it('comes back as it was given out', () => {
    const property = fc.property(aCursor, (cursor) => {
      const text = cursors.sealCursor(cursor, conversationId)
      expect(cursors.openCursor(text, conversationId)).toEqual(cursor)
    })
    fc.assert(property)
  })

  it('comes back as it was given out when it is a way back into the history', () => {
    const property = fc.property(aHistoryMark, (history) => {
      const text = cursors.sealHistory(history, conversationId)
      expect(cursors.openHistory(text, conversationId)).toEqual(history)
    })
    fc.assert(property)
  })

  it('can stand in a URL as it is', () => {
    expect(sealed).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(sealedHistory).toMatch(/^[A-Za-z0-9_-]+$/)
  })

  it('does not show what it holds', () => {
    const cursor = cursorWith(3, served(agent('Dana', '0051')))
    const bytes = Buffer.from(cursors.sealCursor(cursor, conversationId), 'base64url')
    expect(bytes.includes('Dana')).toBe(false)
  })

  it('of another conversation is refused', () => {
    expect(cursors.openCursor(sealed, otherId)).toBeNull()
    expect(cursors.openHistory(sealedHistory, otherId)).toBeNull()
  })

  it('is not taken for a way back into the history, nor the other way round', () => {
    expect(cursors.openHistory(sealed, conversationId)).toBeNull()
    expect(cursors.openCursor(sealedHistory, conversationId)).toBeNull()
  })

  it('is refused when any of its bits was changed', () => {
    const bytes = Buffer.from(sealed, 'base64url')
    const changed = Array.from({ length: bytes.length * 8 }, (_, bit) => {
      const copy = Buffer.from(bytes)
      copy[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      return copy.toString('base64url')
    })
    expect(changed.filter(opens)).toEqual([])
  })

  it('is refused when any of its characters was changed', () => {
    const others = ['A', 'z', '-', '=', '+', ' ', '\u0000', 'é']
    const changed = others.flatMap((other) =>
      [...sealed].map((_, index) => sealed.slice(0, index) + other + sealed.slice(index + 1)),
    )
    expect(changed.filter((text) => text !== sealed && opens(text))).toEqual([])
  })

  it('is refused when it was cut short or made longer', () => {
    const cut = [...sealed].flatMap((_, index) => [sealed.slice(0, index), sealed.slice(index + 1)])
    const longer = ['A', 'AA', 'AAAA', '=', ' ', '\n', sealed].map((more) => sealed + more)
    expect([...cut, ...longer].filter(opens)).toEqual([])
  })

  it('is opened after the secret was rotated, and new ones are sealed with the new secret', () => {
    const rotated = createCursors(sealerOf(newSecret, oldSecret))
    expect(rotated.openCursor(sealed, conversationId)).toEqual(cursorWith(3))
    const fresh = rotated.sealCursor(cursorWith(3), conversationId)
    expect(createCursors(sealerOf(newSecret)).openCursor(fresh, conversationId)).not.toBeNull()
    expect(cursors.openCursor(fresh, conversationId)).toBeNull()
  })

  it('is refused when its secret is gone', () => {
    const without = createCursors(sealerOf(newSecret))
    expect(without.openCursor(sealed, conversationId)).toBeNull()
    expect(without.openHistory(sealedHistory, conversationId)).toBeNull()
  })

  it('is refused when the same secret sealed it for another purpose', () => {
    const elsewhere = createSealer(deriveKeys([oldSecret], 'tokens'))
    const foreign = createCursors(elsewhere).sealCursor(cursorWith(3), conversationId)
    expect(cursors.openCursor(foreign, conversationId)).toBeNull()
  })

  it('is refused, and nothing breaks, when it is garbage', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => {
        const id = Buffer.from(sealed, 'base64url').subarray(0, 4)
        return Buffer.concat([id, bytes]).toString('base64url')
      }),
    )
    const property = fc.property(text, (garbage) => {
      expect(cursors.openCursor(garbage, conversationId)).toBeNull()
      expect(cursors.openHistory(garbage, conversationId)).toBeNull()
    })
    fc.assert(property, { numRuns: 500 })
  })

  it('of an earlier release, which held something else, is refused and not a crash', () => {
    const plains = ['', '{', '\u0000\u0002{}', '\u0000\u0009not JSON!', '\u0000\u00ff{}']
    for (const plain of plains) {
      const bytes = Buffer.from(plain, 'latin1')
      const earlier = sealer.seal(bytes, `cursor:${conversationId}`)
      expect(cursors.openCursor(earlier, conversationId)).toBeNull()
      const earlierHistory = sealer.seal(bytes, `history:${conversationId}`)
      expect(cursors.openHistory(earlierHistory, conversationId)).toBeNull()
    }
  })

  it('stays below 6 KB with a full window and ordinary names', () => {
    const agents = ['Alexandra', 'Maximilian', 'Bartholomew'].map((name, index) => {
      return agent(name, `005ZZ000000000${index}AAA`)
    })
    const cursor = cursorWith(400, served(...agents))
    const text = cursors.sealCursor(cursor, conversationId)
    expect(text.length).toBeLessThanOrEqual(6144)
    expect(cursors.openCursor(text, conversationId)).toEqual(cursor)
  })

  it('stays below 6 KB with a full window and many people with the longest names there are', () => {
    const changes = Array.from({ length: 8 }, (_, index) => ({
      operation: 'add' as const,
      ...agent('長'.repeat(121), `005ZZ000000000${index}AAA`),
    }))
    const joined: Entry = {
      id: 'joined',
      at: 0,
      message: null,
      change: { kind: 'participants', changes },
    }
    const crowded = foldState(initialState, [joined])
    const resume = { bound: 1, from: 2, anchor: null, state: initialState, startedAt: 3 }
    const cursor = cursorWith(400, { stateBefore: crowded, state: served().stateBefore, resume })
    const text = cursors.sealCursor(cursor, conversationId)
    expect(text.length).toBeLessThanOrEqual(6144)
    expect(cursors.openCursor(text, conversationId)).toEqual({
      ...cursor,
      state: null,
      resume: null,
    })
  })
})
