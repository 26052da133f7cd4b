import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pollAfterMs } from '../../lib/polling/pace.js'

type Circumstances = Parameters<typeof pollAfterMs>[0]

const calm: Circumstances = {
  quietMs: 0,
  lastSpeaker: null,
  hasMore: false,
  ended: false,
  remaining: 240,
  resetMs: 60_000,
  isQueued: false,
  lookWaitMs: 0,
  hasEvents: false,
}

const pace: [quietMs: number | null, lastSpeaker: Circumstances['lastSpeaker'], after: number][] = [
  [null, null, 3_000],
  [0, 'Agent', 3_000],
  [29_999, 'Agent', 3_000],
  [30_000, 'Agent', 5_000],
  [30_000, 'Chatbot', 5_000],
  [30_000, null, 5_000],
  [30_000, 'EndUser', 3_000],
  [119_999, 'EndUser', 3_000],
  [119_999, 'Agent', 5_000],
  [120_000, 'EndUser', 10_000],
  [120_000, 'Agent', 10_000],
  [599_999, 'Agent', 10_000],
  [600_000, 'Agent', 15_000],
  [600_000, 'EndUser', 15_000],
  [86_400_000, null, 15_000],
]

const limits = fc.record({
  remaining: fc.integer({ min: 0, max: 240 }),
  resetMs: fc.integer({ min: 0, max: 60_000 }),
})
const circumstances = fc.record<Circumstances>({
  quietMs: fc.option(fc.integer({ min: -10_000_000, max: 10_000_000 })),
  lastSpeaker: fc.constantFrom(null, 'EndUser', 'Agent', 'Chatbot'),
  hasMore: fc.boolean(),
  ended: fc.boolean(),
  isQueued: fc.boolean(),
  lookWaitMs: fc.integer({ min: 0, max: 60_000 }),
  hasEvents: fc.boolean(),
  remaining: fc.integer({ min: 0, max: 240 }),
  resetMs: fc.integer({ min: 0, max: 60_000 }),
})

describe('when to poll next', () => {
  for (const [quietMs, lastSpeaker, after] of pace) {
    it(`is after ${after} ms when it has been quiet for ${quietMs} ms since ${lastSpeaker}`, () => {
      expect(pollAfterMs({ ...calm, quietMs, lastSpeaker })).toBe(after)
    })
  }

  it('is after 5 s in a queue, however long it takes', () => {
    for (const quietMs of [30_000, 119_999, 600_000, 7_200_000]) {
      expect(pollAfterMs({ ...calm, quietMs, isQueued: true, lastSpeaker: 'EndUser' })).toBe(5_000)
    }
  })

  it('is not before the budget of looks allows the next one', () => {
    expect(pollAfterMs({ ...calm, lookWaitMs: 7_000 })).toBe(7_000)
    expect(pollAfterMs({ ...calm, lookWaitMs: 7_000, hasMore: true })).toBe(7_000)
    expect(pollAfterMs({ ...calm, lookWaitMs: 2_000 })).toBe(3_000)
  })

  it('is at once with events, until the conversation has been quiet for 10 minutes', () => {
    const after = (quietMs: number) => pollAfterMs({ ...calm, hasEvents: true, quietMs })
    expect([0, 120_000, 599_999].map(after)).toEqual([0, 0, 0])
    expect(after(600_000)).toBe(15_000)
  })

  it('is at once when more is waiting, as long as the limit is far', () => {
    expect(pollAfterMs({ ...calm, hasMore: true })).toBe(0)
    expect(pollAfterMs({ ...calm, hasMore: true, remaining: 11 })).toBe(0)
  })

  it('is never again only when the conversation has ended and all was given', () => {
    const property = fc.property(circumstances, (now) => {
      expect(pollAfterMs(now) === null).toBe(now.ended && !now.hasMore)
    })
    fc.assert(property)
  })

  it('is at once in an ended conversation while more is waiting', () => {
    expect(pollAfterMs({ ...calm, ended: true, hasMore: true })).toBe(0)
  })

  it('slows down as the limit comes near, so that a patient client is never refused', () => {
    expect(pollAfterMs({ ...calm, remaining: 10, resetMs: 30_000 })).toBe(3_000)
    expect(pollAfterMs({ ...calm, remaining: 1, resetMs: 30_000 })).toBe(30_000)
    expect(pollAfterMs({ ...calm, remaining: 0, resetMs: 12_345 })).toBe(12_345)
    expect(pollAfterMs({ ...calm, hasMore: true, remaining: 10, resetMs: 30_000 })).toBe(3_000)
    expect(pollAfterMs({ ...calm, hasMore: true, remaining: 0, resetMs: 12_345 })).toBe(12_345)
  })

  it('never lets a client that keeps to it run into the limit, whatever was left of it', () => {
    const property = fc.property(limits, fc.boolean(), ({ remaining, resetMs }, hasMore) => {
      let left = remaining
      let untilReset = resetMs
      for (let polls = 0; polls < 300 && untilReset > 0; polls++) {
        const after = pollAfterMs({ ...calm, hasMore, remaining: left, resetMs: untilReset })
        untilReset -= after ?? 0
        left -= 1
        expect(left >= 0 || untilReset <= 0).toBe(true)
      }
    })
    fc.assert(property)
  })

  it('waits for the limit although it is counted over an hour', () => {
    expect(pollAfterMs({ ...calm, remaining: 0, resetMs: 1_800_000 })).toBe(1_800_000)
  })

  it('is a whole number of milliseconds, none of them negative, whatever the clocks say', () => {
    const property = fc.property(circumstances, (now) => {
      const after = pollAfterMs(now)
      expect(after === null || (Number.isInteger(after) && after >= 0)).toBe(true)
    })
    fc.assert(property)
  })

  it('takes a newest entry that seems to lie in the future for a fresh one', () => {
    expect(pollAfterMs({ ...calm, quietMs: -5_000_000 })).toBe(3_000)
  })

  it('is not negative when the limit became whole again a moment ago', () => {
    const passed = { ...calm, remaining: 5, resetMs: -20 }
    expect(pollAfterMs({ ...passed, hasMore: true })).toBeGreaterThanOrEqual(0)
    expect(pollAfterMs({ ...passed, hasMore: true, remaining: 0 })).toBeGreaterThanOrEqual(0)
    expect(pollAfterMs(passed)).toBe(3_000)
  })
})
