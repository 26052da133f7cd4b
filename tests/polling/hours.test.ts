import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type OpenHours, openStateAt } from '../../lib/polling/hours.js'

const cases: [what: string, hours: [number, number][], open: boolean, changesAt: number | null][] =
  [
    ['no hours are known', [], true, null],
    ['it is the first moment', [[100, 200]], true, 200],
    ['it is the last moment', [[50, 101]], true, 101],
    ['it has just closed', [[50, 100]], false, null],
    [
      'it opens later, whatever the order',
      [
        [500, 600],
        [300, 400],
        [0, 50],
      ],
      false,
      300,
    ],
    [
      'one stretch goes on in another',
      [
        [150, 300],
        [50, 150],
        [300, 310],
        [400, 500],
      ],
      true,
      310,
    ],
    [
      'stretches overlap',
      [
        [50, 200],
        [60, 120],
      ],
      true,
      200,
    ],
    [
      'an interval is upside down',
      [
        [150, 120],
        [200, 90],
      ],
      false,
      null,
    ],
  ]

describe('business hours at 100', () => {
  it.each(cases)('when %s', (_what, intervals, open, changesAt) => {
    const hours = intervals.map(([from, to]) => ({ from, to }))
    expect(openStateAt(hours, 100)).toEqual({ open, changesAt })
  })

  it('change when they say so, and not before', () => {
    const time = fc.integer({ min: 0, max: 60 })
    const hours: fc.Arbitrary<OpenHours> = fc.array(fc.record({ from: time, to: time }), {
      minLength: 1,
    })
    const property = fc.property(hours, time, (intervals, moment) => {
      const isOpen = (at: number) => intervals.some(({ from, to }) => from <= at && at < to)
      const { open, changesAt } = openStateAt(intervals, moment)
      expect(open).toBe(isOpen(moment))
      const until = changesAt ?? 61
      for (let at = moment; at < until; at++) expect(isOpen(at)).toBe(open)
      if (changesAt !== null) expect(isOpen(changesAt)).toBe(!open)
    })
    fc.assert(property)
  })
})
