/**
 * Defines the schema of the environment. Pure: `readEnv(source)` names every culprit at once and
 * never falls back from a group that is set by half.
 */
import * as z from 'zod'
import {
  claimNames,
  clientAddress,
  headerToken,
  limits,
  list,
  origins,
  secrets,
  serviceOrigin,
  serviceUrl,
  splitList,
  uploadTypes,
  whole,
} from './fields.js'
import {
  guideNames,
  identityNames,
  readGuide,
  readIdentity,
  readVerification,
  verificationNames,
} from './groups.js'

const second = 1000
const hour = 3600 * second
const day = 24 * hour

const schema = z.object({
  SALESFORCE_MESSAGING_URL: serviceOrigin,
  SALESFORCE_ORG_ID: z
    .string()
    .regex(
      /^00D[0-9A-Za-z]{12}([0-9A-Za-z]{3})?$/,
      'must be an organisation id: 00D and 15 or 18 characters in all',
    )
    .transform((id) => id.slice(0, 15)),
  SALESFORCE_DEPLOYMENT: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'must be the API name of the Custom Client deployment'),
  SALESFORCE_API: z
    .enum(['enhanced-chat', 'guide'], 'must be enhanced-chat or guide')
    .default('enhanced-chat'),
  SALESFORCE_EVENTS: z.enum(['off', 'wait'], 'must be off or wait').default('off'),
  SALESFORCE_CAPABILITIES_VERSION: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'must be a whole number from 1 to 999')
    .optional(),
  FIRST_MESSAGE_ATTRIBUTES: z
    .enum(['auto', 'always', 'never'], 'must be auto, always or never')
    .default('auto'),
  SALESFORCE_LOGIN_URL: serviceUrl.optional(),
  SALESFORCE_AUTH: z.enum(['guest', 'verified'], 'must be guest or verified').default('guest'),
  UPSTASH_REDIS_REST_URL: serviceUrl,
  UPSTASH_REDIS_REST_TOKEN: headerToken,
  REDIS_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,40}$/, 'must be 1–40 of A-Z a-z 0-9 . _ -')
    .optional(),
  VERCEL: z.string().optional(),
  VERCEL_ENV: z.string().optional(),
  SESSION_SECRET: secrets,
  ALLOWED_ORIGINS: origins,
  ALLOW_ANONYMOUS: z.enum(['true', 'false'], 'must be true or false').default('true'),
  CALLER_ATTRIBUTES: list.default(['*']),
  CLIENT_ADDRESS: clientAddress.optional(),
  LIMITS: limits,
  UPLOAD_TYPES: uploadTypes,
  REDIS_TIMEOUT_MS: whole(1000, 100, 10_000),
  REQUEST_DEADLINE_MS: whole(8000, 200, 25_000),
  SEND_SETTLE_MS: whole(1000, 0, 10_000),
  ACCESS_TOKEN_SECONDS: whole(900, 300, 900),
  REFRESH_TOKEN_DAYS: whole(30, 1, 365),
  GUEST_REFRESH_HOURS: whole(24, 1, 24 * 30),
  VERIFIED_SESSION_MAX: whole(90, 1, 3650),
  RECORD_DAYS: whole(30, 1, 365),
  ENDED_CONVERSATION_DAYS: whole(7, 1, 365),
  SEND_LOG_HOURS: whole(24, 1, 24 * 30),
  MAX_CONVERSATIONS: whole(50, 1, 1000),
  TURNSTILE_SECRET: z
    .string()
    .regex(/^[\w.-]{20,200}$/, 'must be the secret key of a Turnstile widget')
    .optional(),
  IDENTITY_JWKS_URL: serviceUrl.optional(),
  IDENTITY_ATTRIBUTES: claimNames,
})

function defaultCapabilities({ SALESFORCE_EVENTS: events }: z.output<typeof schema>): string {
  return events === 'wait' ? '66' : '1'
}

/** Names everything that is wrong with the environment. Values are never repeated. */
export class EnvironmentError extends Error {
  override name = 'EnvironmentError' as const
}

type Source = Readonly<Record<string, string | undefined>>

/** Returns the variables without the blanks and line breaks around their values; empty ones are absent. */
export function trimValues(source: Source): Record<string, string> {
  const entries = Object.entries(source).flatMap(([name, value = '']): [string, string][] => {
    const trimmed = value.trim()
    return trimmed === '' ? [] : [[name, trimmed]]
  })
  return Object.fromEntries(entries)
}

const otherNames = [
  'KV_REST_API_URL',
  'KV_REST_API_TOKEN',
  ...verificationNames,
  ...guideNames,
  ...identityNames,
]
const names = new Set([...Object.keys(schema.shape), ...otherNames])

function isQuoted(text: string): boolean {
  return /^(["'`]).*\1$/s.test(text)
}

/** Returns the variables whose values, or items of a list, stand in quotes, which no shell took away. */
function quotedNames(present: Readonly<Record<string, string>>): string[] {
  return [...names].filter((name) => {
    const value = present[name] ?? ''
    return isQuoted(value) || (name !== 'LIMITS' && splitList(value).some(isQuoted))
  })
}

/**
 * Adds Upstash's variables under their own names where Vercel's integration calls them
 * `KV_REST_API_…`.
 */
function withUpstashNames(present: Readonly<Record<string, string>>): Record<string, string> {
  if (present.UPSTASH_REDIS_REST_URL || present.UPSTASH_REDIS_REST_TOKEN) return { ...present }
  const { KV_REST_API_URL: url, KV_REST_API_TOKEN: token } = present
  return {
    ...present,
    ...(url && { UPSTASH_REDIS_REST_URL: url }),
    ...(token && { UPSTASH_REDIS_REST_TOKEN: token }),
  }
}

/** Returns the name under which an operator set a variable, or half of its group. */
function nameOf(issue: z.core.$ZodIssue, source: Source): string {
  const name = String(issue.path[0])
  const isSet = (key: string) => Boolean(source[key])
  const asVercelNames = name.replace('UPSTASH_REDIS_REST', 'KV_REST_API')
  const isVercels = isSet('KV_REST_API_URL') || isSet('KV_REST_API_TOKEN')
  const isUpstashs = isSet('UPSTASH_REDIS_REST_URL') || isSet('UPSTASH_REDIS_REST_TOKEN')
  return isVercels && !isUpstashs ? asVercelNames : name
}

function complaint(issue: z.core.$ZodIssue, source: Source): string {
  const name = nameOf(issue, source)
  return source[name] ? `${name} ${issue.message}` : `${name} is missing`
}

/**
 * Holds everything that the modules are built from. Times are milliseconds unless the name says
 * otherwise.
 */
export type Env = ReturnType<typeof readEnv>

/**
 * Reads and checks the environment.
 * @throws {EnvironmentError} lists all that is wrong
 */
export function readEnv(source: Source) {
  const trimmed = trimValues(source)
  const present = withUpstashNames(trimmed)
  const quoted = quotedNames(trimmed)
  const read = schema.safeParse(present)
  const guide = readGuide(present)
  const verification = readVerification(present)
  const identity = readIdentity(present)
  const complaints = [
    ...quoted.map((name) => `${name} must be without quotes`),
    ...(read.error?.issues ?? [])
      .filter((issue) => !quoted.includes(nameOf(issue, trimmed)))
      .map((issue) => complaint(issue, trimmed)),
    ...guide.complaints,
    ...verification.complaints,
    ...identity.complaints,
  ]
  if (!read.success || complaints.length > 0) {
    const all = [...new Set(complaints)].join('; ')
    throw new EnvironmentError(`The environment is not complete: ${all}.`)
  }
  const env = read.data
  const accessTokenMs = env.ACCESS_TOKEN_SECONDS * second
  const guestRefreshMs = env.GUEST_REFRESH_HOURS * hour
  return {
    salesforce: {
      url: env.SALESFORCE_MESSAGING_URL,
      orgId: env.SALESFORCE_ORG_ID,
      deployment: env.SALESFORCE_DEPLOYMENT,
      /** Names the features of tokens; streaming needs 63 (`enhanced-chat-api.md §1.5`). */
      capabilitiesVersion: env.SALESFORCE_CAPABILITIES_VERSION ?? defaultCapabilities(env),
    },
    /** Holds the use of Salesforce's event stream: none, or inside a poll that waits. */
    events: env.SALESFORCE_EVENTS,
    /** Names the conversations whose first message carries the attributes of the start again. */
    firstMessageAttributes: env.FIRST_MESSAGE_ATTRIBUTES,
    redis: {
      url: env.UPSTASH_REDIS_REST_URL,
      token: env.UPSTASH_REDIS_REST_TOKEN,
      prefix: env.REDIS_PREFIX ?? env.VERCEL_ENV ?? 'local',
      timeoutMs: env.REDIS_TIMEOUT_MS,
    },
    /** Holds the login of the guide's dialect; null where the real API is called. */
    guide: guide.value,
    verification: verification.value,
    identity: identity.value,
    identityAttributes: env.IDENTITY_ATTRIBUTES,
    secrets: env.SESSION_SECRET,
    allowedOrigins: env.ALLOWED_ORIGINS,
    allowAnonymous: env.ALLOW_ANONYMOUS === 'true',
    /**
     * Holds the secret that verifies the challenge of new anonymous visitors; null: they need none.
     */
    turnstileSecret: env.TURNSTILE_SECRET ?? null,
    callerAttributes: env.CALLER_ATTRIBUTES,
    clientAddress: env.CLIENT_ADDRESS ?? (env.VERCEL ? 'vercel' : 'socket'),
    limits: env.LIMITS,
    uploadTypes: env.UPLOAD_TYPES,
    deadlineMs: env.REQUEST_DEADLINE_MS,
    settleMs: env.SEND_SETTLE_MS,
    maxConversations: env.MAX_CONVERSATIONS,
    lifetimes: {
      accessTokenMs,
      refreshMs: env.REFRESH_TOKEN_DAYS * day,
      guestRefreshMs,
      /**
       * Holds the lifetime of a tombstone: longer than that of every token that the visitor may
       * still hold.
       */
      tombstoneMs: Math.max(accessTokenMs, guestRefreshMs),
      verifiedSessionMs: env.VERIFIED_SESSION_MAX * day,
      recordMs: env.RECORD_DAYS * day,
      endedConversationMs: env.ENDED_CONVERSATION_DAYS * day,
      sendLogMs: env.SEND_LOG_HOURS * hour,
    },
  }
}
