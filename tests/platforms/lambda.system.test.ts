/** Tests the function as `sam build` makes it: one file, run by a Node that has nothing else. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRedis } from '../../sandbox/server/local-services.js'
import { type Call, ways } from './lambda-calls.js'
import { template } from './template.js'

const { Metadata, Properties } = template.Resources.Gateway
const folder = mkdtempSync(join(tmpdir(), 'lambda-'))
const [[, functionUrl]] = ways
let redis: Awaited<ReturnType<typeof startRedis>>

beforeAll(async () => {
  redis = await startRedis()
  const { EntryPoints, Format, Target, Minify, Sourcemap } = Metadata.BuildProperties
  await build({
    entryPoints: EntryPoints,
    format: Format,
    target: Target,
    minify: Minify,
    sourcemap: Sourcemap,
    outdir: folder,
    // What SAM adds by itself.
    bundle: true,
    platform: 'node',
    mainFields: ['main', 'module'],
    logLevel: 'silent',
  })
})
afterAll(async () => {
  await redis.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Invokes the bundled function once, as the runtime would, in a process of its own. */
async function invoke(call: Call) {
  writeFileSync(join(folder, 'event.json'), JSON.stringify(functionUrl(call)))
  const [file, name] = Properties.Handler.split('.')
  const runtime = `const event = JSON.parse(require('node:fs').readFileSync('event.json', 'utf8'))
    require('./${file}.js').${name}(event).then((result) => {
      process.stderr.write(JSON.stringify(result), () => process.exit(0))
    })`
  const env = {
    SALESFORCE_MESSAGING_URL: 'http://127.0.0.1:9',
    SALESFORCE_ORG_ID: '00DZZ0000000AbC',
    SALESFORCE_DEPLOYMENT: 'Harbor_Custom_Client',
    UPSTASH_REDIS_REST_URL: redis.variables.url,
    UPSTASH_REDIS_REST_TOKEN: redis.variables.token,
    SESSION_SECRET: 'a secret of at least thirty-two bytes',
    CLIENT_ADDRESS: 'lambda',
  }
  const { stderr } = await promisify(execFile)(process.execPath, ['-e', runtime], {
    cwd: folder,
    env,
  })
  const { statusCode, body } = JSON.parse(stderr)
  return { status: statusCode, body: JSON.parse(body) }
}

test('is one file of less than a megabyte', () => {
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'))
  expect(scripts).toEqual(['lambda.js'])
  expect(statSync(join(folder, 'lambda.js')).size).toBeLessThan(1_000_000)
})

test('answers by itself, its Redis included', async () => {
  const healthy = { status: 'ok', checks: { environment: 'ok', store: 'ok' } }
  expect(await invoke({ path: '/api/health' })).toEqual({ status: 200, body: healthy })
  const headers = { 'content-type': 'application/json' }
  const guest = await invoke({ method: 'POST', path: '/api/auth', headers, body: '{}' })
  expect([guest.status, guest.body.user.verified]).toEqual([200, false])
  expect(await invoke({ path: '/api' })).toMatchObject({
    status: 404,
    body: { code: 'not_found' },
  })
})
