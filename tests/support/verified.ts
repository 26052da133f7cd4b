/** Provides what verified mode needs: a signing key, the environment and the site's login. */
import { SignJWT } from 'jose'
import { readCertificates, readSigningKeys } from '../../lib/config/pem.js'
import { createSigner } from '../../lib/salesforce/enhanced-chat/signer.js'
import type { SalesforceOptions } from '../../sandbox/salesforce/index.js'
import { makeSigningKey, onOneLine } from '../../scripts/signing-keys.js'

const pair = await makeSigningKey('shop')
const issuer = 'shop'
const [key] = readSigningKeys(pair.key) ?? []
const [certificate] = readCertificates(pair.certificate) ?? []
if (!key || !certificate) throw new Error('The key of the tests cannot be read')
const published = createSigner([{ id: 'k1', key, certificate }], issuer, Date.now).publicKeys()

export const loginSecret = 'the-login-and-the-gateway-share-this-secret'

/** Configures Salesforce with user verification on and the gateway's key set linked. */
export const verifiedSalesforce: SalesforceOptions = {
  authMode: 'Auth',
  verification: {
    keySetName: 'Shop',
    issuer,
    jwks: { keys: published.map(({ x5c, ...rest }) => ({ ...rest, x5c: [...x5c] })) },
  },
}

export const verifiedEnv = {
  SALESFORCE_AUTH: 'verified',
  SALESFORCE_KEY_ID: 'k1',
  SALESFORCE_KEY_ISSUER: issuer,
  SALESFORCE_SIGNING_KEY: onOneLine(pair.key).slice(1, -1),
  SALESFORCE_CERTIFICATE: pair.certificate,
}

export const loginEnv = {
  IDENTITY_SECRET: loginSecret,
  IDENTITY_ISSUER: 'https://login.example',
  IDENTITY_AUDIENCE: 'chat',
  IDENTITY_ATTRIBUTES: 'email=_email,given_name=_firstName',
}

type IdentityTokenOptions = { subject?: string; expires?: string; claims?: Record<string, unknown> }

/** Signs an identity token as the site's login does. */
export function identityToken({
  subject = 'mina',
  expires = '10m',
  claims = {},
}: IdentityTokenOptions = {}) {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(loginEnv.IDENTITY_ISSUER)
    .setAudience(loginEnv.IDENTITY_AUDIENCE)
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(loginSecret))
}
