/**
 * Signs the identity tokens by which Salesforce knows our visitors in verified mode, and publishes
 * the key set that an administrator registers for them (`enhanced-chat-api.md §1.7`).
 */
import { createPublicKey, type KeyObject, type X509Certificate } from 'node:crypto'
import { SignJWT } from 'jose'

export type SigningKey = { id: string; key: KeyObject; certificate: X509Certificate }

/** Describes an RSA public key as RFC 7517 writes it, with its certificate. */
export type PublicKey = {
  kty: 'RSA'
  kid: string
  use: 'sig'
  alg: 'RS256'
  n: string
  e: string
  x5c: readonly [string]
}

/** Salesforce trades the token at once, so it need not live long. */
const lifetimeMs = 300_000

export type Signer = ReturnType<typeof createSigner>

/**
 * Creates a signer. The first key is the newest and signs; all are published. `issuer` is the key
 * set's issuer in Setup; `now` returns the time in epoch milliseconds.
 */
export function createSigner(keys: readonly SigningKey[], issuer: string, now: () => number) {
  const [newest] = keys
  if (!newest) throw new TypeError('Failed to create a signer: it needs at least one key')

  return {
    /** Says to Salesforce that this is `subject`, the stable id of a visitor. */
    sign(subject: string): Promise<string> {
      const issuedAt = new Date(now())
      return new SignJWT()
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: newest.id })
        .setIssuer(issuer)
        .setSubject(subject)
        .setIssuedAt(issuedAt)
        .setExpirationTime(new Date(issuedAt.getTime() + lifetimeMs))
        .sign(newest.key)
    },

    /** Returns the public half of every key. */
    publicKeys(): PublicKey[] {
      return keys.map(({ id, key, certificate }) => {
        const { n = '', e = '' } = createPublicKey(key).export({ format: 'jwk' })
        const x5c = [certificate.raw.toString('base64')] as const
        return { kty: 'RSA', kid: id, use: 'sig', alg: 'RS256', n, e, x5c }
      })
    },
  }
}
