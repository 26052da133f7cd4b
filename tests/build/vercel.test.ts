import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { functionNames } from '../../scripts/endpoints/list.js'
import { testConversations, testLogs } from './conversation.js'
import { callGateway } from './frontend.js'
import { buildFunctions, type Functions } from './functions.js'
import { openGateway } from './gateway.js'
import { findNode, wantedVersions } from './nodes.js'
import { testRefusals } from './refusals.js'
import { testRouting } from './routing.js'
import { type BuildSetup, startSetup } from './setup.js'
import { testVerifiedMode } from './verified.js'

/** The environment is complete, and neither its Redis nor its Salesforce can be reached. */
const unreachable = {
  SALESFORCE_MESSAGING_URL: 'http://127.0.0.1:9',
  SALESFORCE_ORG_ID: '00DZZ0000000AbC',
  SALESFORCE_DEPLOYMENT: 'Harbor_Custom_Client',
  UPSTASH_REDIS_REST_URL: 'http://127.0.0.1:9',
  UPSTASH_REDIS_REST_TOKEN: 'token',
  SESSION_SECRET: 'a secret of at least thirty-two bytes',
}

const versions = wantedVersions(process.env)
const nodes = new Map<string, string>()
let functions: Functions

async function findNodes(): Promise<void> {
  for (const version of versions) nodes.set(version, await findNode(version))
}

beforeAll(async () => {
  const finding = Promise.allSettled([findNodes()])
  functions = await buildFunctions()
  const [found] = await finding
  if (found.status === 'rejected') throw found.reason
})
afterAll(() => functions?.remove())

describe('what Vercel makes of the project', () => {
  test('the five endpoints of a chat are functions of Node 24 each, of at most 8 in all', () => {
    const paths = [...functions.byPath.keys()]
    const chat = ['auth', 'start', 'send', 'poll', 'end'].map((name) => `/api/${name}`)
    expect(paths).toEqual(expect.arrayContaining(chat))
    expect(paths.length).toBeLessThanOrEqual(8)
    for (const { runtime } of functions.byPath.values()) expect(runtime).toBe('nodejs24.x')
  })

  test('a function is its bundle: no package, no source, nothing of development', () => {
    for (const [path, { files }] of functions.byPath) {
      const own = files.map((file) => file.replace(/^\.vercel\/build-[^/]+\//, ''))
      const name = path.replace('/api/', '')
      const expected = [`api/${name}.js`, `api/${name}.js.map`, `functions/${name}.js`]
      expect(own.filter((file) => file !== 'package.json').sort()).toEqual(expected)
    }
  })

  test('only public/ is published, after the build that puts the pages into it', () => {
    const { outputDirectory, buildCommand } = z
      .object({ outputDirectory: z.string(), buildCommand: z.string() })
      .parse(JSON.parse(readFileSync('vercel.json', 'utf8')))
    expect(outputDirectory).toBe('public')
    expect(buildCommand).toBe('npm run build')
    expect(readdirSync(outputDirectory)).toContain('docs.html')
  })

  test('every pattern of functions matches one, which Vercel insists on', () => {
    const { functions } = z
      .object({ functions: z.record(z.string(), z.object({ maxDuration: z.int() })) })
      .parse(JSON.parse(readFileSync('vercel.json', 'utf8')))
    expect(Object.keys(functions)).toEqual(['api/poll.ts', 'api/*.ts'])
    expect(functionNames()).toContain('poll')
  })

  test('Vercel may end a poll whose caller has gone, and no other function', () => {
    const { functions } = z
      .object({
        functions: z.record(z.string(), z.object({ supportsCancellation: z.boolean().optional() })),
      })
      .parse(JSON.parse(readFileSync('vercel.json', 'utf8')))
    const cancelled = Object.keys(functions).filter((it) => functions[it]?.supportsCancellation)
    expect(cancelled).toEqual(['api/poll.ts'])
  })

  test('the built health endpoint answers, and tells that no Redis is there', async () => {
    const gateway = await openGateway(process.execPath, functions, unreachable)
    const { status, headers, body } = await callGateway(gateway, '/api/health')
    await gateway.close()
    expect(status).toBe(503)
    expect(headers.get('content-type')).toContain('json')
    expect(body.status).not.toBe('ok')
  })
})

function testFunctionsOn(version: string): void {
  let setup: BuildSetup
  const setupOf = () => setup
  const node = () => nodes.get(version) ?? ''

  beforeAll(async () => {
    setup = await startSetup(node(), functions)
  })
  afterAll(() => setup?.close())

  testConversations(setupOf)
  testRefusals(setupOf)
  testRouting(setupOf)
  testVerifiedMode(() => ({ node: node(), functions }))
  testLogs(setupOf)
}

describe.each(versions)('the built functions on Node %s', testFunctionsOn)
