import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const page = readFileSync('docs/reliability.md', 'utf8')

/** Reads the first cells of the tables, such as `api/send-log`. */
const named = page
  .split('\n')
  .flatMap((line) => /^\| (`.*?) \|/.exec(line)?.[1]?.split(', ') ?? [])
  .map((name) => name.replaceAll('`', ''))
  .filter((name) => !name.includes('npm run '))

it('names tests in its tables', () => {
  expect(named.length).toBeGreaterThan(15)
})

it.each(named)('says what %s holds, which is there', (name) => {
  expect(existsSync(`tests/${name}.test.ts`)).toBe(true)
})

it('shows a soak in which nothing was lost, doubled, foreign or given up', () => {
  expect(page).toMatch(/^lost 0, doubled 0, foreign 0, internal 0$/m)
  expect(page).toMatch(/^messages sent and acknowledged \d+, received \d+, unsettled 0$/m)
})
