/** The public keys of the site's own login, at the one address that the environment names. */
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  type ExportedJWKSCache,
  errors,
  type JWKSCacheInput,
  type JWTVerifyGetKey,
  jwksCache,
} from 'jose'
import { withDeadline } from '../deadline.js'
import { GatewayError } from '../problem.js'
import { remainingMs } from '../request.js'

const timeoutMs = 3000
/** For so long after a read, keys are not read again for an unknown key id. */
const coolDownMs = 30_000
/** For so long keys that were read once are good although the login cannot be reached. */
const maxOutageMs = 3600 * 1000

/** Tells that a failure is one of the key set's server, not of the token. */
export function isOutage(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return true
  return !(error instanceof errors.JOSEError) || error.code === 'ERR_JOSE_GENERIC'
}

/** Reads an answer to its end, so that one deadline holds for head and body. */
async function readWhole(address: string, init: RequestInit): Promise<Response> {
  const response = await fetch(address, init)
  return new Response(await response.arrayBuffer(), response)
}

function wasRead(cache: JWKSCacheInput | ExportedJWKSCache): cache is ExportedJWKSCache {
  return 'uat' in cache && 'jwks' in cache
}

/** Returns the refusal of a token whose key may be newer than the keys read last. */
function keyNotKnownYet(cache: JWKSCacheInput | ExportedJWKSCache): GatewayError {
  const readAt = wasRead(cache) ? cache.uat : Date.now()
  return new GatewayError('upstream_unavailable', {
    detail: 'The key of this token is not known yet.',
    retryAfterMs: Math.max(1, readAt + coolDownMs - Date.now()),
  })
}

export type KeySet = {
  /** Finds the key of a token; throws `upstream_unavailable` for a key id that is not known yet. */
  find: JWTVerifyGetKey
  /**
   * Reads keys again for a token without a key id that none of them signed. Resolves to false when
   * they were read after `startedAt`, so that the token is to be refused.
   * @throws {GatewayError} upstream_unavailable when they may not be read again yet
   */
  renew(startedAt: number): Promise<boolean>
}

/**
 * Creates the key set. Keys are read again after 10 minutes, and for an unknown key at most every
 * 30 s. Until then the key set refuses an unknown key, because it may be newer than the ones read.
 */
export function createKeySet(url: string): KeySet {
  const cache: JWKSCacheInput = {}
  const remote = createRemoteJWKSet(new URL(url), {
    timeoutDuration: timeoutMs,
    cooldownDuration: coolDownMs,
    [jwksCache]: cache,
    async [customFetch](address, options) {
      const leftMs = Math.min(timeoutMs, remainingMs())
      return await withDeadline(leftMs, (signal) => readWhole(address, { ...options, signal }))
    },
  })

  /** Tells that the keys may be older than the token's, and may not be read again yet. */
  function isUndecided(error: unknown, startedAt: number): boolean {
    const isUnknown = error instanceof errors.JWKSNoMatchingKey && remote.coolingDown
    return isUnknown && wasRead(cache) && cache.uat < startedAt
  }

  const find: JWTVerifyGetKey = async (header, token) => {
    const startedAt = Date.now()
    try {
      // Callers share a read that is under way, but each waits no longer than its own time.
      return await withDeadline(remainingMs(), () => remote(header, token))
    } catch (error) {
      if (isUndecided(error, startedAt)) throw keyNotKnownYet(cache)
      if (!isOutage(error) || !wasRead(cache)) throw error
      if (Date.now() - cache.uat > maxOutageMs) throw error
      // A key that is not among those kept may be a new one: then the outage is the answer.
      return await createLocalJWKSet(cache.jwks)(header, token).catch(() => Promise.reject(error))
    }
  }

  return {
    find,
    async renew(startedAt) {
      if (wasRead(cache) && cache.uat >= startedAt) return false
      if (remote.coolingDown) throw keyNotKnownYet(cache)
      await withDeadline(remainingMs(), () => remote.reload())
      return true
    },
  }
}
