import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { buildPage } from '../../scripts/build/page.js'
import { createApi, type Folders } from './api.js'
import { environmentFor, type MadeUp, type Plan, planEnvironment } from './environment.js'
import { startRedis, startSalesforce } from './parts.js'
import { serve } from './serve.js'
import { switchesPath } from './switches.js'

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

const project: Folders = {
  doors: fromRoot('api'),
  publicFiles: fromRoot('public'),
}

type Options = {
  /** Completed in place, before any door is loaded: `process.env`, but for tests. */
  env: Record<string, string | undefined>
  /** Of the API and the page; 0 takes a free one. */
  port: number
  /** Takes one line for each part. */
  log(line: string): void
  folders?: Partial<Folders>
}

/**
 * Starts the gateway and whatever the environment does not name: a Redis, a Salesforce, a secret; builds
 * the page before, in a fraction of a second.
 * Nothing outlives `close`. A `DevError` says in one sentence what is wrong.
 */
export async function startDev({ env, port, log, folders }: Options) {
  const parts = await startParts(planEnvironment(env))
  try {
    Object.assign(env, environmentFor(parts.madeUp, env))
    if (!folders?.publicFiles) await buildPage(project.publicFiles, env)
    const api = await createApi({ ...project, ...folders }, parts.handleControl)
    const server = await serve(api, port)
    parts.publishFiles?.(server.url)
    const addresses = {
      api: `${server.url}/api`,
      page: `${server.url}/`,
      redis: env.UPSTASH_REDIS_REST_URL || env.KV_REST_API_URL || '',
      salesforce: env.SALESFORCE_MESSAGING_URL || '',
    }
    for (const line of linesAbout(addresses, parts.madeUp)) log(line)
    return { addresses, close: () => Promise.all([server.close(), parts.close()]) }
  } catch (error) {
    await parts.close()
    throw error
  }
}

async function startParts(plan: Plan) {
  const redis = plan.redis ? await startRedis() : undefined
  const salesforce = plan.salesforce ? await startSalesforce(plan.salesforce) : undefined
  const madeUp: MadeUp = {
    ...(redis && { redis: redis.variables }),
    ...(salesforce && { salesforce: salesforce.variables }),
    ...(plan.secret && { secret: randomBytes(32).toString('base64url') }),
  }
  return {
    madeUp,
    handleControl: salesforce?.handleControl,
    publishFiles: salesforce?.publishFiles,
    close: () => Promise.all([redis?.close(), salesforce?.close()]),
  }
}

type Addresses = Record<'api' | 'page' | 'redis' | 'salesforce', string>

function linesAbout({ api, page, redis, salesforce }: Addresses, madeUp: MadeUp): string[] {
  const lines = [
    `API         ${api}`,
    `Page        ${page}`,
    `Redis       ${redis}${madeUp.redis ? ' (in memory)' : ''}`,
    `Salesforce  ${salesforce}${madeUp.salesforce ? ' (the sandbox)' : ''}`,
  ]
  if (madeUp.salesforce) lines.push(`Switches    ${new URL(switchesPath, page).href}/switches`)
  if (madeUp.secret)
    lines.push('Secret      SESSION_SECRET is made up: sessions end with this process')
  return lines
}
