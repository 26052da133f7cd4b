/** Builds the rooms once, from the environment; the only reader of `process.env`. */
import { createHmac } from 'node:crypto'
import { readEnv } from './config/env.js'
import { createConversations } from './conversations/conversations.js'
import { createCursors } from './polling/cursor.js'
import { createEnhancedChat } from './salesforce/enhanced-chat/client.js'
import { createSigner } from './salesforce/enhanced-chat/signer.js'
import { createGuide } from './salesforce/guide/client.js'
import { createSealer, deriveKeys } from './sealing.js'
import { createFamilies } from './store/families.js'
import { createHoursCache } from './store/hours.js'
import { createKeys } from './store/keys.js'
import { createLimiter } from './store/limiter.js'
import { createLocks } from './store/locks.js'
import { createMessageIdMap } from './store/message-id-map.js'
import { createRecords } from './store/records.js'
import { connectRedis, orStoreUnavailable } from './store/redis.js'
import { createSendLog } from './store/send-log.js'
import { createTyping } from './store/typing.js'
import { createChallenges } from './visitors/challenge.js'
import { createIdentities } from './visitors/identity.js'
import { createVisitors } from './visitors/visitors.js'

/** A lock outlives every request that can hold it. */
const lockMarginMs = 5000

function build(source: NodeJS.ProcessEnv) {
  const env = readEnv(source)
  const { secrets, lifetimes, salesforce } = env
  const redis = connectRedis(env.redis)
  const keys = createKeys(env.redis.prefix)
  const records = createRecords({
    redis,
    keys,
    // What refuses refresh tokens must outlive them.
    recordMs: Math.max(lifetimes.recordMs, lifetimes.refreshMs),
    tombstoneMs: lifetimes.tombstoneMs,
  })
  const families = createFamilies({ redis, keys })
  const deployment = `${salesforce.orgId}/${salesforce.deployment}`
  const hours = createHoursCache({ redis, keys, deployment })
  const limiter = createLimiter({ redis, keys, limits: env.limits })
  const signer = env.verification && createSigner(env.verification.keys, env.verification.issuer)
  const conversations = createConversations({
    ...env,
    messaging: env.guide
      ? createGuide({ ...salesforce, ...env.guide })
      : createEnhancedChat({ ...salesforce, signer, settleMs: env.settleMs }),
    records,
    sendLog: createSendLog({ redis, keys, lifetimeMs: lifetimes.sendLogMs }),
    messageIdMap: createMessageIdMap({ redis, keys, lifetimeMs: lifetimes.recordMs }),
    locks: createLocks({ redis, keys, lifetimeMs: env.deadlineMs + lockMarginMs }),
    limiter,
    typing: createTyping({ redis, keys }),
    tokenSealer: createSealer(deriveKeys(secrets, 'token')),
    cursors: createCursors(createSealer(deriveKeys(secrets, 'cursor'))),
    deployment,
    hours,
    endedConversationMs: lifetimes.endedConversationMs,
  })
  const visitors = createVisitors({
    ...env,
    families,
    guests: { merge: conversations.merge, mergedInto: records.mergedInto },
    identities: createIdentities(env.identity, env.identityAttributes),
    challenges: createChallenges(env.turnstileSecret),
    sessionStatus: conversations.sessionStatus,
    revokeDevice: records.revokeDevice,
    revokeEverywhere: records.revokeEverywhere,
    saveAttributes: records.saveAttributes,
  })
  const [addressKey] = deriveKeys(secrets, 'address')

  return {
    env,
    records,
    hours,
    limiter,
    conversations,
    visitors,
    signer,
    /** An address as counters know it: addresses themselves are not stored. */
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
  }
}

export type Services = ReturnType<typeof build>

let built: Services | undefined

/** The rooms of this process, built on the first request. Throws `EnvironmentError`. */
export function services(): Services {
  built ??= build(process.env)
  return built
}

/** Forgets the rooms, so that the next request builds them from the environment as it is then. */
export function resetServices(): void {
  built = undefined
}
