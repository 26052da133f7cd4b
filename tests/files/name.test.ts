import { expect, it } from 'vitest'
import { cleanName } from '../../lib/files/name.js'
import { cpuMillisecondsOf } from '../support/time-taken.js'

it.each([
  ['blanks', ' '],
  ['dots', '.'],
  ['blanks and dots', ' .'],
  ['line breaks', '\n'],
])('a name that holds 100,000 %s is cleaned in linear time', async (_what, filler) => {
  const name = `a${filler.repeat(100_000)}b`
  expect(await cpuMillisecondsOf(() => cleanName(name, ['png']))).toBeLessThan(500)
})
