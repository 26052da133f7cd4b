/**
 * Reads the variables that go together: the keys of verified mode, the guide's login, and the site's
 * own login. A group that is set by half is an error, never a fallback. Pure.
 */
import type { KeyObject } from 'node:crypto'
import type { SigningKey } from '../salesforce/enhanced-chat/signer.js'
import type { IdentitySource } from '../visitors/identity.js'
import { splitList } from './fields.js'
import { readCertificates, readSigningKeys } from './pem.js'

/** Describes the value of a group, or its errors: one sentence per variable. */
export type Group<T> = { value: T | null; complaints: readonly string[] }

type Values = Readonly<Record<string, string | undefined>>

const minimumSecretBytes = 32

function missingOf(names: readonly string[], values: Values): string[] {
  return names.filter((name) => !values[name]).map((name) => `${name} is missing`)
}

export const guideNames = [
  'SALESFORCE_LOGIN_URL',
  'SALESFORCE_CLIENT_ID',
  'SALESFORCE_SIGNING_KEY',
] as const

const keyComplaint = 'SALESFORCE_SIGNING_KEY must be PEM blocks of RSA keys of 2048 bits or more'

/** Reads the key that signs the guide's assertions; null where the guide's dialect is not used. */
export function readGuide(
  values: Values,
): Group<{ loginUrl: string; clientId: string; key: KeyObject }> {
  const { SALESFORCE_LOGIN_URL: loginUrl = '', SALESFORCE_CLIENT_ID: clientId = '' } = values
  if (values.SALESFORCE_API !== 'guide') {
    const unused = ['SALESFORCE_LOGIN_URL', 'SALESFORCE_CLIENT_ID'].filter((name) => values[name])
    const complaints = unused.map((name) => `${name} needs SALESFORCE_API=guide`)
    return { value: null, complaints }
  }
  const complaints = missingOf(guideNames, values)
  if (values.SALESFORCE_AUTH === 'verified') {
    complaints.push('SALESFORCE_AUTH must be guest with SALESFORCE_API=guide')
  }
  const [key] = readSigningKeys(values.SALESFORCE_SIGNING_KEY ?? '') ?? []
  if (values.SALESFORCE_SIGNING_KEY && !key) complaints.push(keyComplaint)
  if (complaints.length > 0 || !key) return { value: null, complaints }
  return { value: { loginUrl: loginUrl.replace(/\/+$/, ''), clientId, key }, complaints: [] }
}

export const verificationNames = [
  'SALESFORCE_SIGNING_KEY',
  'SALESFORCE_KEY_ID',
  'SALESFORCE_KEY_ISSUER',
  'SALESFORCE_CERTIFICATE',
] as const

/** Tells whether the guide's assertions are signed by a variable of the same name. */
const isShared = (name: string) => name === 'SALESFORCE_SIGNING_KEY'

/**
 * Reads the keys that sign for our visitors, newest first (`enhanced-chat-api.md §1.7`); null in
 * guest mode.
 */
export function readVerification(
  values: Values,
): Group<{ keys: readonly SigningKey[]; issuer: string }> {
  const isVerified = values.SALESFORCE_AUTH === 'verified'
  const isGuide = values.SALESFORCE_API === 'guide'
  const isPartlySet = verificationNames.some((name) => values[name] && !(isGuide && isShared(name)))
  if (isGuide && isVerified) return { value: null, complaints: [] }
  if (!isVerified && !isPartlySet) return { value: null, complaints: [] }
  const missing = missingOf(verificationNames, values)
  if (missing.length > 0) return { value: null, complaints: missing }

  const keys = readSigningKeys(values.SALESFORCE_SIGNING_KEY ?? '')
  const certificates = readCertificates(values.SALESFORCE_CERTIFICATE ?? '')
  const ids = splitList(values.SALESFORCE_KEY_ID ?? '')
  const complaints: string[] = []
  if (!keys) complaints.push(keyComplaint)
  if (!certificates) complaints.push('SALESFORCE_CERTIFICATE must be PEM blocks of certificates')
  if (keys && ids.length !== keys.length) {
    complaints.push('SALESFORCE_KEY_ID must name each key once, comma-separated, newest first')
  }
  const all = (keys ?? []).flatMap((key, index): SigningKey[] => {
    const certificate = certificates?.[index]
    const id = ids[index]
    return certificate?.checkPrivateKey(key) && id ? [{ id, key, certificate }] : []
  })
  if (complaints.length === 0 && all.length !== certificates?.length) {
    complaints.push(
      'SALESFORCE_CERTIFICATE must hold the certificate of each key, in the same order',
    )
  }
  if (complaints.length > 0) return { value: null, complaints }
  const issuer = values.SALESFORCE_KEY_ISSUER ?? ''
  return { value: isVerified ? { keys: all, issuer } : null, complaints: [] }
}

export const identityNames = [
  'IDENTITY_JWKS_URL',
  'IDENTITY_SECRET',
  'IDENTITY_ISSUER',
  'IDENTITY_AUDIENCE',
] as const

/** Reads the site's own login; null when there is none. */
export function readIdentity(values: Values): Group<IdentitySource> {
  if (!identityNames.some((name) => values[name])) return { value: null, complaints: [] }
  const { IDENTITY_JWKS_URL: jwksUrl, IDENTITY_SECRET: secret } = values
  const complaints = missingOf(['IDENTITY_ISSUER', 'IDENTITY_AUDIENCE'], values)
  if (!jwksUrl && !secret) complaints.push('IDENTITY_JWKS_URL or IDENTITY_SECRET is missing')
  if (jwksUrl && secret) complaints.push('IDENTITY_SECRET must not be set beside IDENTITY_JWKS_URL')
  if (secret && Buffer.byteLength(secret) < minimumSecretBytes) {
    complaints.push(`IDENTITY_SECRET must be at least ${minimumSecretBytes} bytes`)
  }
  if (complaints.length > 0) return { value: null, complaints }
  const keys = jwksUrl ? { jwksUrl } : { secret: secret ?? '' }
  const { IDENTITY_ISSUER: issuer = '', IDENTITY_AUDIENCE: audience = '' } = values
  return { value: { keys, issuer, audience }, complaints: [] }
}
