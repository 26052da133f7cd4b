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
import { remainingMs } from '../request.js'

const timeoutMs = 3000
/** For so long keys that were read once are good although the login cannot be reached. */
const maxOutageMs = 3600 * 1000

/** Failures of the key set's server, not of the token. */
export function isOutage(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return true
  return !(error instanceof errors.JOSEError) || error.code === 'ERR_JOSE_GENERIC'
}

function wasRead(cache: JWKSCacheInput | ExportedJWKSCache): cache is ExportedJWKSCache {
  return 'uat' in cache && 'jwks' in cache
}

/**
 * Creates the key set. Keys are read again after 10 minutes, and for an unknown key id at most
 * every 30 s.
 */
export function createKeySet(url: string): JWTVerifyGetKey {
  const cache: JWKSCacheInput = {}
  const remote = createRemoteJWKSet(new URL(url), {
    timeoutDuration: timeoutMs,
    [jwksCache]: cache,
    async [customFetch](address, { signal, ...options }) {
      const inTime = AbortSignal.any([signal, AbortSignal.timeout(remainingMs())])
      return await fetch(address, { ...options, signal: inTime })
    },
  })

  return async (header, token) => {
    try {
      return await remote(header, token)
    } catch (error) {
      if (!isOutage(error) || !wasRead(cache)) throw error
      if (Date.now() - cache.uat > maxOutageMs) throw error
      // A key that is not among those kept may be a new one: then the outage is the answer.
      return await createLocalJWKSet(cache.jwks)(header, token).catch(() => Promise.reject(error))
    }
  }
}
