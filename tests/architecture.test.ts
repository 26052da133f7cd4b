/**
 * Tests that each rule of `.dependency-cruiser.mjs` catches a violation; `npm run lint` applies
 * them to the code.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import config from '../.dependency-cruiser.mjs'

/** A rule, and two files of which the first may not import the second. */
const violations: [rule: string, from: string, to: string][] = [
  ['deployed-code-stands-alone', 'lib/uuid.ts', 'sandbox/dev.ts'],
  ['deployed-code-stands-alone', 'client/core/chat.ts', 'tests/support/request.ts'],
  ['server-without-client', 'lib/contract/common.ts', 'client/core/messages.ts'],
  ['lib-without-hosts', 'api/poll.ts', 'platforms/node.ts'],
  ['platforms-imports', 'platforms/node.ts', 'scripts/build.ts'],
  ['one-registry-of-endpoints', 'platforms/lambda.ts', 'api/_not-found.ts'],
  ['lib-without-endpoints', 'lib/http/endpoint.ts', 'api/poll.ts'],
  ['services-are-read-by-the-pipeline', 'api/_jwks.ts', 'lib/services.ts'],
  ['conversations-without-http', 'lib/conversations/send.ts', 'lib/http/guards.ts'],
  ['contract-and-polling-are-pure', 'lib/polling/cursor.ts', 'lib/store/redis.ts'],
  ['contract-and-polling-are-pure', 'lib/contract/messages.ts', 'lib/request.ts'],
  ['config-is-pure', 'lib/config/env.ts', 'lib/store/redis.ts'],
  ['lib-files-stands-alone', 'lib/files/name.ts', 'lib/store/redis.ts'],
  ['lib-salesforce-stands-alone', 'lib/salesforce/http.ts', 'lib/conversations/send.ts'],
  ['lib-store-stands-alone', 'lib/store/redis.ts', 'lib/salesforce/http.ts'],
  ['lib-visitors-stands-alone', 'lib/visitors/visitors.ts', 'lib/store/records.ts'],
  ['dialects-behind-the-port', 'lib/conversations/send.ts', 'lib/salesforce/guide/client.ts'],
  [
    'dialects-stand-alone',
    'lib/salesforce/guide/client.ts',
    'lib/salesforce/enhanced-chat/client.ts',
  ],
  ['client-core-imports', 'client/core/chat.ts', 'client/widget/context.ts'],
  ['client-widget-imports', 'client/widget/context.ts', 'client/element/view.ts'],
  ['client-react-imports', 'client/react/index.ts', 'client/demo/demo.ts'],
  ['client-element-imports', 'client/element/view.ts', 'lib/limits.ts'],
  ['client-demo-imports', 'client/demo/demo.ts', 'client/widget/context.ts'],
  ['client-folders-are-listed', 'client/loose.ts', 'client/core/chat.ts'],
  ['client-folders-are-listed', 'client/vue/index.ts', 'client/core/chat.ts'],
]

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'architecture-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Returns the names of the rules that the files below a folder break. */
async function rulesBrokenBelow(root: string): Promise<string[]> {
  const { tsConfig: _, ...options } = config.options ?? {}
  const settings = { ...options, baseDir: root, ruleSet: config, validate: true }
  const { output } = await cruise(['.'], settings)
  return (output as ICruiseResult).summary.violations.map(({ rule }) => rule.name)
}

/** Writes files that import each other, and returns the names of the rules that this breaks. */
async function rulesBroken(
  imports: [from: string, to: string][],
  keyword: 'import' | 'import type',
) {
  const root = mkdtempSync(join(folder, 'tree-'))
  const files = new Map<string, string>(imports.flat().map((file) => [file, '']))
  for (const [from, to] of imports) {
    const target = relative(dirname(from), to).replace(/^(?!\.)/, './')
    files.set(from, `${keyword} { thing } from '${target}'\nexport const x: thing = thing`)
  }
  for (const [file, code] of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), code || 'export const thing = 1\nexport type thing = number')
  }
  return await rulesBrokenBelow(root)
}

describe('the rules of imports', () => {
  it.each(violations)('%s refuses that %s imports %s', async (rule, from, to) => {
    expect(await rulesBroken([[from, to]], 'import')).toContain(rule)
  })

  it('lets config, guards and dialects name the types of what they may not call', async () => {
    const named: [string, string] = ['lib/config/groups.ts', 'lib/visitors/identity.ts']
    expect(await rulesBroken([named], 'import type')).toEqual([])
    expect(await rulesBroken([named], 'import')).toEqual(['config-is-pure'])
  })

  it('no-circles refuses a circle of type imports', async () => {
    const circle: [string, string][] = [
      ['client/widget/a.ts', 'client/widget/b.ts'],
      ['client/widget/b.ts', 'client/widget/a.ts'],
    ]
    expect(await rulesBroken(circle, 'import type')).toContain('no-circles')
  })

  it('no-unresolved-imports refuses an import of a file that is not there', async () => {
    const root = mkdtempSync(join(folder, 'tree-'))
    writeFileSync(join(root, 'a.ts'), "import './missing.js'\n")
    expect(await rulesBrokenBelow(root)).toEqual(['no-unresolved-imports'])
  })

  it('are tried by this file, each of them', () => {
    const tried = new Set(violations.map(([rule]) => rule))
    const rules = (config.forbidden ?? []).map(({ name }) => name ?? '')
    const others = ['no-circles', 'no-unresolved-imports']
    expect(rules.filter((name) => !tried.has(name)).sort()).toEqual(others)
  })
})
