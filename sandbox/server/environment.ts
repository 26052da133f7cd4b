/** Fills in the local environment where variables are not set. Pure. */

import type { Api } from '../salesforce/index.js'

type Environment = Readonly<Record<string, string | undefined>>

/** Reports a mistake in the settings in one sentence; shown without a stack. */
export class DevError extends Error {
  override name = 'DevError'
}

/** Names the parts to generate, because the environment does not name them. */
export type Plan = { redis: boolean; salesforce: Api | null; secret: boolean }

const redisGroups = [
  ['UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN'],
  ['KV_REST_API_URL', 'KV_REST_API_TOKEN'],
] as const

const deployment = [
  'SALESFORCE_MESSAGING_URL',
  'SALESFORCE_ORG_ID',
  'SALESFORCE_DEPLOYMENT',
] as const

/** Lists the variables that each dialect needs to reach a Salesforce. */
const salesforceGroups: Record<Api, readonly string[]> = {
  'enhanced-chat': deployment,
  guide: [...deployment, 'SALESFORCE_LOGIN_URL', 'SALESFORCE_CLIENT_ID', 'SALESFORCE_SIGNING_KEY'],
}

/**
 * Reads the environment; an empty variable counts as absent. An unknown `SALESFORCE_API` is left
 * for the gateway to refuse.
 * @throws {DevError} for a group of which some variables are missing
 */
export function planEnvironment(env: Environment): Plan {
  const api: Api = env.SALESFORCE_API === 'guide' ? 'guide' : 'enhanced-chat'
  const missingVariables = [...redisGroups, salesforceGroups[api]].flatMap((names) => {
    const missing = names.filter((name) => !env[name])
    const isIncomplete = missing.length > 0 && missing.length < names.length
    return isIncomplete ? missing.map((name) => `${name} is missing`) : []
  })
  if (missingVariables.length > 0) {
    throw new DevError(
      `${missingVariables.join(', ')}: set all variables of a group, or none for a local one.`,
    )
  }
  return {
    redis: !env.UPSTASH_REDIS_REST_URL && !env.KV_REST_API_URL,
    salesforce: env.SALESFORCE_MESSAGING_URL ? null : api,
    secret: !env.SESSION_SECRET,
  }
}

/**
 * Reads the origins whose pages may call the local Salesforce directly, comma-separated in
 * `SANDBOX_ALLOWED_ORIGINS`; none by default, as in a new organisation (`enhanced-chat-api.md` §1.2).
 * @throws {DevError} for a text that is no origin
 */
export function sandboxOrigins({ SANDBOX_ALLOWED_ORIGINS: list = '' }: Environment): string[] {
  const origins = list
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '')
  const mistake = origins.find((origin) => !isOrigin(origin))
  if (mistake === undefined) return origins
  throw new DevError(
    `SANDBOX_ALLOWED_ORIGINS: ${mistake} is no origin, such as http://localhost:5173.`,
  )
}

const isOrigin = (text: string) => URL.canParse(text) && new URL(text).origin === text

/** Holds the variables of the parts that were started because the plan names them. */
export type GeneratedVariables = {
  redis?: { url: string; token: string }
  salesforce?: {
    url: string
    orgId: string
    deployment: string
    /**
     * Holds the login of the guide's dialect: the connected app, and its private key as PEM (PKCS
     * #8).
     */
    login?: { url: string; clientId: string; signingKey: string } | undefined
  }
  secret?: string
}

/**
 * Suffices for the first scripts of a local Redis on a busy machine, in milliseconds: it shares the
 * process with the gateway.
 */
const localRedisTimeoutMs = 5000

/** Returns the variables to add for generated parts; never one that is set. */
export function environmentFor(
  generated: GeneratedVariables,
  env: Environment,
): Record<string, string> {
  const { redis, salesforce, secret } = generated
  return {
    ...(redis && {
      UPSTASH_REDIS_REST_URL: redis.url,
      UPSTASH_REDIS_REST_TOKEN: redis.token,
      ...(!env.REDIS_TIMEOUT_MS && { REDIS_TIMEOUT_MS: String(localRedisTimeoutMs) }),
    }),
    ...(salesforce && {
      SALESFORCE_MESSAGING_URL: salesforce.url,
      SALESFORCE_ORG_ID: salesforce.orgId,
      SALESFORCE_DEPLOYMENT: salesforce.deployment,
    }),
    ...(salesforce?.login && {
      SALESFORCE_LOGIN_URL: salesforce.login.url,
      SALESFORCE_CLIENT_ID: salesforce.login.clientId,
      SALESFORCE_SIGNING_KEY: salesforce.login.signingKey,
    }),
    ...(secret && { SESSION_SECRET: secret }),
    ...(!env.CLIENT_ADDRESS && { CLIENT_ADDRESS: 'socket' }),
  }
}
