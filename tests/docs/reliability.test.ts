/** `docs/reliability.md` names tests that there are. */
import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { codesIn } from '../support/tables.js'

const page = readFileSync('docs/reliability.md', 'utf8')
const rows = page.split('\n').filter((line) => /^\| `/.test(line))
const named = rows
  .flatMap((row) => codesIn(row.split(' | ')[0]))
  .filter((code) => code.includes('/'))

it('holds each promise by tests', () => {
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((name) => !existsSync(`tests/${name}.test.ts`))).toEqual([])
})

it('shows a soak that lost, doubled and mixed up nothing, with its command', () => {
  expect(page).toContain('npm run soak')
  for (const word of ['lost', 'doubled', 'foreign'])
    expect(page).toMatch(new RegExp(`${word} +0\\b`))
})
