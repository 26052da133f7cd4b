/** Tests that expressions of Salesforce are checked as JavaScript does, in bounded time. */
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { fitsPattern } from '../../client/widget/content/pattern.js'

const characters = ['a', 'b', '7', '-', ' ', '\n']

const atom = fc.constantFrom(
  ...['a', 'b', '-', '.', ']', '\\d', '\\D', '\\w', '\\s', '\\.', '\\-', '\\x61', '\\u0062', '\\n'],
  ...['[ab]', '[^a]', '[a-b7]', '[\\d-]', '[\\]a]', '[]', '[^]', '^', '$'],
)
const count = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,}', '{0,2}', '*?', '{1,2}?')
const isBorder = (source: string) => source === '^' || source === '$'

/** Makes expressions of few characters, as JavaScript's own engine can run them. */
const { expression } = fc.letrec<{ expression: string; sequence: string; part: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3 },
    tie('sequence'),
    fc.tuple(tie('sequence'), tie('expression')).map((parts) => parts.join('|')),
  ),
  sequence: fc.array(tie('part'), { maxLength: 4 }).map((parts) => parts.join('')),
  part: fc.oneof(
    { maxDepth: 3 },
    fc.tuple(atom, count).map(([one, often]) => (isBorder(one) ? one : one + often)),
    fc
      .tuple(fc.constantFrom('(', '(?:'), tie('expression'), count)
      .map(([opening, inner, often]) => `${opening}${inner})${often}`),
  ),
}))

const shortText = fc
  .array(fc.constantFrom(...characters), { maxLength: 5 })
  .map((all) => all.join(''))

describe('a pattern', () => {
  it('fits exactly the texts that it fits as a whole in JavaScript', () => {
    fc.assert(
      fc.property(expression, shortText, (pattern, text) => {
        const expected = new RegExp(`^(?:${pattern})$`).test(text)
        expect(fitsPattern(pattern, text)).toBe(expected)
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    ['[A-Z]{4}\\d{7}', 'HRBU1234567', 'HRBU123456'],
    ['^[\\w.%+-]+@[a-z\\d.-]+\\.[a-z]{2,}$', 'desk@harbor.example', 'desk@harbor'],
    ['(0[1-9]|[12]\\d|3[01])\\.(0[1-9]|1[0-2])\\.\\d{4}', '24.12.2026', '32.12.2026'],
    ['[A-Z]{2}\\d{2}( ?[A-Z\\d]{4}){1,7}', 'XX12 3456 7890', 'XX12 3456 789'],
    ['(\\w+ ?)*', 'a berth for two', 'a berth, for two'],
  ])('%s fits %j and not %j', (pattern, good, bad) => {
    expect([good, bad].map((text) => fitsPattern(pattern, text))).toEqual([true, false])
  })

  it.each([
    ['looks ahead', '(?=b)a'],
    ['looks behind', '(?<=b)a'],
    ['refers back', '(b)\\1'],
    ['names a group', '(?<name>b)'],
    ['uses a property of Unicode', '\\p{L}'],
    ['finds borders of words', '\\bb'],
    ['is no expression', '(b'],
    ['closes what is not open', 'b)'],
    ['repeats nothing', '*b'],
    ['counts backwards', 'b{3,1}'],
    ['has a set that is backwards', '[z-a]'],
    ['is longer than 1,000 characters', 'b'.repeat(1001)],
    ['has more than 1,000 steps', '((b{11}){11}){11}'],
    ['is nested more than 50 deep', `${'('.repeat(51)}b${')'.repeat(51)}`],
  ])('that %s is left to Salesforce', (_, pattern) => {
    expect(fitsPattern(pattern, 'a')).toBe(true)
  })

  it('is left to Salesforce where the text is too long for it', () => {
    const pattern = 'b{300}'
    expect(fitsPattern(pattern, 'a'.repeat(10))).toBe(false)
    expect(fitsPattern(pattern, 'a'.repeat(4000))).toBe(true)
  })

  it("runs nowhere in JavaScript's engine: only its single characters do", () => {
    const ran: string[] = []
    const { test } = RegExp.prototype
    const spy = vi.spyOn(RegExp.prototype, 'test').mockImplementation(function (
      this: RegExp,
      text: string,
    ) {
      ran.push(this.source)
      return test.call(this, text)
    })
    try {
      expect(fitsPattern('(\\d+)+x', '77')).toBe(false)
    } finally {
      spy.mockRestore()
    }
    expect(ran).toContain('^\\d$')
    expect(ran.filter((source) => source.includes('+'))).toEqual([])
  })
})
