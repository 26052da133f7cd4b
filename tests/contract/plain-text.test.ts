import { expect, it } from 'vitest'
import { toLine } from '../../lib/contract/plain-text.js'
import { cpuMillisecondsOf } from '../support/time-taken.js'

it.each([
  ['a\nb', 'a b'],
  ['a  \n \n  b', 'a b'],
  ['a  b', 'a  b'],
  ['a \u2028 b\r\n', 'a b '],
])('a title %j becomes the line %j', (title, line) => {
  expect(toLine(title)).toBe(line)
})

it('a title that holds 100,000 blanks is cleaned in linear time', async () => {
  expect(await cpuMillisecondsOf(() => toLine(`a${' '.repeat(100_000)}b`))).toBeLessThan(500)
})
