/** Builds the modules once, from the environment; the only reader of `process.env`. */
import { createHmac } from 'node:crypto'
import { createClock } from './clock.js'
import { readEnv } from './config/env.js'
import { createConversations } from './conversations/conversations.js'
import { createCursors } from './polling/cursor.js'
import { createEnhancedChat } from './salesforce/enhanced-chat/client.js'
import { createSigner } from './salesforce/enhanced-chat/signer.js'
import { createGuide } from './salesforce/guide/client.js'
import { createSealer, deriveKeys, rememberOpened } from './sealing.js'
import { evictsKeys } from './store/eviction.js'
import { createFamilies } from './store/families.js'
import { createHoursCache } from './store/hours.js'
import { createKeys } from './store/keys.js'
import { createLimiter } from './store/limiter.js'
import { createListBudget } from './store/list-budget.js'
import { createLocks } from './store/locks.js'
import { createMessageIdMap } from './store/message-id-map.js'
import { createOpenWaits } from './store/open-waits.js'
import { createRecordLifetime } from './store/record-lifetime.js'
import { createRecords } from './store/records.js'
import { connectRedis, createDoubt, orStoreUnavailable, readTime } from './store/redis.js'
import { createSendLog } from './store/send-log.js'
import { createTyping } from './store/typing.js'
import { createChallenges } from './visitors/challenge.js'
import { createIdentities } from './visitors/identity.js'
import { createVisitors } from './visitors/visitors.js'

/** A lock outlives every request that can hold it. */
const lockMarginMs = 5000
/** Bounds the Salesforce tokens that a process keeps opened: a few megabytes. */
const maxOpenedTokens = 2000

function build(source: NodeJS.ProcessEnv) {
  const env = readEnv(source)
  const { secrets, lifetimes, salesforce } = env
  const clock = createClock()
  const { isDoubted, begin: beginDoubt } = createDoubt()
  const redis = connectRedis(env.redis, clock, beginDoubt)
  const keys = createKeys(env.redis.prefix)
  const recordLifetime = createRecordLifetime(lifetimes)
  const records = createRecords({
    redis,
    keys,
    recordLifetime,
    ownerMs: Math.max(lifetimes.recordMs, lifetimes.refreshMs),
    tombstoneMs: lifetimes.tombstoneMs,
    now: clock.now,
  })
  const families = createFamilies({ redis, keys, recordLifetime, isDoubted })
  const deployment = `${salesforce.orgId}/${salesforce.deployment}`
  const hours = createHoursCache({ redis, keys, deployment })
  const limiter = createLimiter({ redis, keys, limits: env.limits, organisation: deployment })
  const listBudget = createListBudget({ redis, keys, size: env.limits.list })
  const openWaits = createOpenWaits({ redis, keys })
  const signer =
    env.verification && createSigner(env.verification.keys, env.verification.issuer, clock.now)
  const conversations = createConversations({
    ...env,
    messaging: env.guide
      ? createGuide({ ...salesforce, ...env.guide, now: clock.now })
      : createEnhancedChat({
          ...salesforce,
          signer,
          settleMs: env.settleMs,
          streamIdleMs: env.deadlineMs,
        }),
    records,
    sendLog: createSendLog({
      redis,
      keys,
      lifetimeMs: lifetimes.sendLogMs,
      isDoubted,
    }),
    messageIdMap: createMessageIdMap({ redis, keys, lifetimeMs: lifetimes.recordMs }),
    locks: createLocks({ redis, keys, lifetimeMs: env.deadlineMs + lockMarginMs }),
    limiter,
    listBudget,
    typing: createTyping({ redis, keys }),
    tokenSealer: rememberOpened(createSealer(deriveKeys(secrets, 'token')), maxOpenedTokens),
    cursors: createCursors(createSealer(deriveKeys(secrets, 'cursor'))),
    deployment,
    hours,
    endedConversationMs: lifetimes.endedConversationMs,
    clock,
  })
  const visitors = createVisitors({
    ...env,
    families,
    guests: { merge: conversations.merge, mergedInto: records.mergedInto },
    identities: createIdentities(env.identity, env.identityAttributes, clock),
    challenges: createChallenges(env.turnstileSecret),
    revokeDevice: records.revokeDevice,
    revokeEverywhere: records.revokeEverywhere,
    recordSignIn: records.recordSignIn,
    clock: { ...clock, ensure: () => clock.ensure(() => readTime(redis, clock)) },
  })
  const [addressKey] = deriveKeys(secrets, 'address')

  return {
    env,
    records,
    hours,
    limiter,
    listBudget,
    openWaits,
    conversations,
    visitors,
    signer,
    /** Returns an address as counters know it: addresses themselves are not stored. */
    addressKeyOf: (address: string) =>
      createHmac('sha256', addressKey?.bytes ?? '')
        .update(address)
        .digest('base64url')
        .slice(0, 22),
    /**
     * Checks that Redis answers.
     * @throws {GatewayError} store_unavailable when it does not
     */
    ping: () => orStoreUnavailable(redis.ping()),
    /** Tells whether Redis may evict keys; false when it does not say. Never rejects. */
    evictsKeys: () => evictsKeys(redis),
  }
}

export type Services = ReturnType<typeof build>

let built: Services | undefined

/**
 * Returns the modules of this process, built on the first request.
 * @throws {EnvironmentError} for variables that are missing or wrong
 */
export function services(): Services {
  built ??= build(process.env)
  return built
}

/** Forgets the modules, so that the next request builds them from the environment as it is then. */
export function resetServices(): void {
  built = undefined
}
