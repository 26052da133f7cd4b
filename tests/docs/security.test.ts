/** Tests that the pages for operators are true. */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { problems } from '../../lib/problem.js'
import { createKeys } from '../../lib/store/keys.js'
import { codesIn, readTable, storedKeys } from '../support/doc-tables.js'

const pages = ['docs/security.md', 'docs/operations.md', 'SECURITY.md']

/** Returns one key of each kind that the store can make. */
function everyKey(): string[] {
  const makers: ((...names: string[]) => string)[] = Object.values(createKeys('local'))
  return makers.map((make) => make('one', 'two', 'three'))
}

describe('what is stored', () => {
  it.each(everyKey())('%s has a row of its own', (key) => {
    expect(storedKeys.filter(({ pattern }) => pattern.test(key))).toHaveLength(1)
  })

  it.each(storedKeys)('$text is a key that the store can make', ({ pattern }) => {
    expect(everyKey().filter((key) => pattern.test(key))).toHaveLength(1)
  })
})

it.each(pages)('%s names variables that there are', (page) => {
  const known = readFileSync('.env.example', 'utf8')
  const named = readFileSync(page, 'utf8').match(/`[A-Z]+(_[A-Z]+)+(?=[`=])/g) ?? []
  const variables = [...new Set(named.map((name) => name.slice(1)))]
  const undocumented = variables.filter((name) => !new RegExp(`\\b${name}=`).test(known))
  expect(undocumented).toEqual([])
})

it.each(pages)('%s points to files that there are', (page) => {
  const text = readFileSync(page, 'utf8')
  const tests = [...text.matchAll(/`(tests\/[\w./-]+)`/g)].map(([, file = '']) => file)
  const base = new URL(`../../${page}`, import.meta.url)
  const links = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, file = '']) => new URL(file, base))
  expect(tests.filter((file) => !existsSync(file))).toEqual([])
  expect(links.filter((file) => !existsSync(file))).toEqual([])
})

it('names each threat with the tests that hold it', () => {
  const rows = readTable('docs/security.md', 'Who might do what, and what stands against it')
  for (const row of rows) expect(row.at(-1), row[1]).toMatch(/`tests\//)
})

it('alerts on codes that there are', () => {
  const cells = readTable('docs/operations.md', 'What to alert on').map(([when]) => when)
  const codes = cells.flatMap((cell) => codesIn(cell)).filter((word) => word.includes('_'))
  expect(codes.filter((code) => !(code in problems))).toEqual([])
})
