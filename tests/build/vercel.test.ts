import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { type BuildV3, download, glob, Lambda } from '@vercel/build-utils'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'

const isBuild = (value: unknown): value is BuildV3 => typeof value === 'function'
const { build } = z
  .object({ build: z.custom<BuildV3>(isBuild) })
  .parse(createRequire(import.meta.url)('@vercel/node'))

const root = resolve('.')
const doors = readdirSync('api').filter((file) => /^[^_.].*\.ts$/.test(file))
const outcome = z.object({ status: z.number(), type: z.string(), body: z.unknown() })
const lambdas = new Map<string, Lambda>()
const folders: string[] = []

/** The environment is complete, and neither its Redis nor its Salesforce can be reached. */
const env = {
  PATH: process.env.PATH ?? '',
  VERCEL: '1',
  SALESFORCE_MESSAGING_URL: 'http://127.0.0.1:9',
  SALESFORCE_ORG_ID: '00DZZ0000000AbC',
  SALESFORCE_DEPLOYMENT: 'Harbor_Custom_Client',
  UPSTASH_REDIS_REST_URL: 'http://127.0.0.1:9',
  UPSTASH_REDIS_REST_TOKEN: 'token',
  SESSION_SECRET: 'a secret of at least thirty-two bytes',
}

/**
 * A copy of the sources to build in, below the project for the sake of its node_modules. Never the
 * project itself: the builder writes the files it is given over those in its work path, and empties
 * them when they are the same; and it runs `npm install` there.
 */
function copySources(): string {
  mkdirSync('.vercel', { recursive: true })
  const copy = mkdtempSync(resolve('.vercel/build-'))
  folders.push(copy)
  const sources = [
    'api',
    'lib',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'vercel.json',
  ]
  for (const source of sources) cpSync(source, join(copy, source), { recursive: true })
  return copy
}

/** Builds a door as Vercel does, but from what is installed: nothing is fetched or installed. */
async function buildDoor(workPath: string, door: string): Promise<Lambda> {
  if (workPath === root) throw new Error('The builder would empty the sources')
  const { output } = await build({
    files: await glob('**', workPath),
    entrypoint: `api/${door}`,
    workPath,
    repoRootPath: root,
    config: { zeroConfig: true },
    meta: { skipDownload: true, runNpmInstallSet: new Set([join(workPath, 'package.json')]) },
  })
  if (output instanceof Lambda) return output
  throw new Error(`${door} did not become a function`)
}

/** Writes a built function to a folder of its own and asks it once, in a process of its own. */
async function knock(door: string, path: string) {
  const lambda = lambdas.get(door)
  if (!lambda?.files) throw new Error(`${door} was not built`)
  const folder = mkdtempSync(join(tmpdir(), 'lambda-'))
  folders.push(folder)
  await download(lambda.files, folder)
  const launcher = `const door = await import(process.argv[1])
    const response = await door.default.fetch(new Request(process.argv[2]))
    const type = response.headers.get('content-type')
    console.error(JSON.stringify({ status: response.status, type, body: await response.json() }))
    process.exit(0)`
  const handler = join(folder, lambda.handler)
  const options = ['--input-type=module', '-e', launcher, handler, `https://gateway.example${path}`]
  const { stderr } = await promisify(execFile)(process.execPath, options, { cwd: folder, env })
  return outcome.parse(JSON.parse(stderr.trim().split('\n').at(-1) ?? ''))
}

beforeAll(async () => {
  process.env.VERCEL_INSTALL_COMPLETED = '1'
  const workPath = copySources()
  for (const door of doors) lambdas.set(door, await buildDoor(workPath, door))
})
afterAll(() => {
  delete process.env.VERCEL_INSTALL_COMPLETED
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

describe('what Vercel makes of the project', () => {
  test('every door becomes a function of Node 24, and they fit the Hobby plan', () => {
    expect(lambdas.size).toBe(doors.length)
    expect(doors.length).toBeLessThanOrEqual(12)
    for (const lambda of lambdas.values()) expect(lambda.runtime).toBe('nodejs24.x')
  })

  test('a function carries neither the sandbox nor the tests nor a development tool', () => {
    const files = [...lambdas.values()].flatMap(({ files }) => Object.keys(files ?? {}))
    const strangers =
      /^(sandbox|tests|bench|public)\/|^node_modules\/(msw|vitest|js-redis-server)\//
    expect(files.filter((file) => strangers.test(file))).toEqual([])
  })

  test('the built not-found door answers with a problem', async () => {
    const answer = await knock('not-found.ts', '/api/not-found')
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect(answer.type).toContain('application/problem+json')
  })

  test('the built health door answers, and tells that no Redis is there', async () => {
    const answer = await knock('health.ts', '/api/health')
    expect(answer.status).toBe(503)
    expect(answer.type).toContain('json')
  })

  test('only public/ is published, for it is not empty and named as the output', () => {
    const { outputDirectory } = z
      .object({ outputDirectory: z.string() })
      .parse(JSON.parse(readFileSync('vercel.json', 'utf8')))
    expect(outputDirectory).toBe('public')
    expect(readdirSync(outputDirectory)).toContain('index.html')
  })

  test('every pattern of functions matches a door, which Vercel insists on', () => {
    const { functions } = z
      .object({ functions: z.record(z.string(), z.object({ maxDuration: z.int() })) })
      .parse(JSON.parse(readFileSync('vercel.json', 'utf8')))
    expect(Object.keys(functions)).toEqual(['api/poll.ts', 'api/*.ts'])
    expect(doors).toContain('poll.ts')
  })
})
