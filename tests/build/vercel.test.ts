import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { testConversations, testLogs } from './conversation.js'
import { callGateway } from './frontend.js'
import { buildFunctions, endpointFiles, type Functions } from './functions.js'
import { openGateway } from './gateway.js'
import { findNode, supportedVersions, wantedVersions } from './nodes.js'
import { testRefusals } from './refusals.js'
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
  test('every endpoint becomes a function of Node 24, and they fit the Hobby plan', () => {
    expect(functions.byPath.size).toBe(endpointFiles.length)
    expect(endpointFiles.length).toBeLessThanOrEqual(12)
    for (const { runtime } of functions.byPath.values()) expect(runtime).toBe('nodejs24.x')
  })

  test('a function carries neither the sandbox nor the tests nor a development tool', () => {
    const files = [...functions.byPath.values()].flatMap((built) => built.files)
    const strangers =
      /^(sandbox|tests|bench|public)\/|^node_modules\/(msw|vitest|js-redis-server)\//
    expect(files.filter((file) => strangers.test(file))).toEqual([])
  })

  test('only public/ is published, after the build that puts the pages into it', () => {
    const { outputDirectory, buildCommand } = z
      .object({ outputDirectory: z.string(), buildCommand: z.string() })
      .parse(JSON.parse(readFileSync('vercel.json', 'utf8')))
    expect(outputDirectory).toBe('public')
    expect(buildCommand).toBe('npm run build')
    expect(readdirSync(outputDirectory)).toContain('docs.html')
  })

  test('every pattern of functions matches an endpoint, which Vercel insists on', () => {
    const { functions } = z
      .object({ functions: z.record(z.string(), z.object({ maxDuration: z.int() })) })
      .parse(JSON.parse(readFileSync('vercel.json', 'utf8')))
    expect(Object.keys(functions)).toEqual(['api/poll.ts', 'api/*.ts'])
    expect(endpointFiles).toContain('poll.ts')
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

/** Not narrowed in CI, which asks for all of them: elsewhere a Node is fetched only for whoever wants it. */
const untried = supportedVersions.filter((version) => !versions.includes(version))
test.skip.each(untried)(
  'the built functions on Node %s: only when NODE_VERSIONS names it',
  () => {},
)

describe.each(versions)('the built functions on Node %s', (version) => {
  let setup: BuildSetup
  const setupOf = () => setup
  const node = () => nodes.get(version) ?? ''

  beforeAll(async () => {
    setup = await startSetup(node(), functions)
  })
  afterAll(() => setup?.close())

  testConversations(setupOf)
  testRefusals(setupOf)
  testVerifiedMode(() => ({ node: node(), functions }))
  testLogs(setupOf)
})
