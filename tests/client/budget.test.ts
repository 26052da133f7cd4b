import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { bundleClient } from '../../scripts/build/client.js'

const folder = mkdtempSync(join(tmpdir(), 'client-'))
afterAll(() => rmSync(folder, { recursive: true }))
const weighed = await bundleClient(folder)

it.each(weighed)(
  '$name weighs at most $budget bytes, minified and gzipped',
  ({ bytes, budget }) => {
    expect(bytes).toBeLessThanOrEqual(budget)
  },
)

it('needs nothing but itself', () => {
  for (const { name } of weighed) {
    expect(readFileSync(join(folder, `${name}.js`), 'utf8')).not.toMatch(
      /\b(import|require)\b *[({"']/,
    )
  }
  for (const name of readdirSync('client').filter((file) => file.endsWith('.ts'))) {
    const code = readFileSync(join('client', name), 'utf8')
    expect(code, name).not.toMatch(/from '(?!\.\/)/)
  }
})
