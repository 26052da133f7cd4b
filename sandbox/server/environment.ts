/** Fills in the local environment where variables are not set. Pure. */

import type { Api } from '../salesforce/index.js'

type Environment = Readonly<Record<string, string | undefined>>

/** Reports a mistake in the setting in one sentence; shown without a stack. */
export class DevError extends Error {
  override name = 'DevError'
}

/** Which parts have to be made up, because the environment does not name them. */
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

/** Variables that each dialect needs to reach a Salesforce. */
const salesforceGroups: Record<Api, readonly string[]> = {
  'enhanced-chat': deployment,
  guide: [...deployment, 'SALESFORCE_LOGIN_URL', 'SALESFORCE_CLIENT_ID', 'SALESFORCE_SIGNING_KEY'],
}

/**
 * Reads what is there; an empty variable counts as absent, a group set by half is a `DevError`. A
 * `SALESFORCE_API` that nobody knows is left for the gateway to refuse.
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

/** The parts that were started because the plan asked for them. */
export type GeneratedVariables = {
  redis?: { url: string; token: string }
  salesforce?: {
    url: string
    orgId: string
    deployment: string
    /** Login of the guide's dialect: the connected app, and its private key as PEM (PKCS #8). */
    login?: { url: string; clientId: string; signingKey: string } | undefined
  }
  secret?: string
}

/** The variables to add for what was made up; a variable that is set is never among them. */
export function environmentFor(
  generated: GeneratedVariables,
  env: Environment,
): Record<string, string> {
  const { redis, salesforce, secret } = generated
  return {
    ...(redis && {
      UPSTASH_REDIS_REST_URL: redis.url,
      UPSTASH_REDIS_REST_TOKEN: redis.token,
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
