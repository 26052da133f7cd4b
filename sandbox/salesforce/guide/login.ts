import { createPublicKey, KeyObject } from 'node:crypto'

/**
 * Describes the connected app of the guide's dialect, which may ask for access tokens at
 * `loginUrl`.
 */
export type LoginOptions = {
  clientId: string
  /** Verifies assertions: an RSA key as PEM (SPKI or certificate), or as a public `KeyObject`. */
  publicKey: string | KeyObject
  /** Is the exact value that `aud` must have: `https://login.salesforce.com`. */
  loginUrl: string
}

/** Describes the connected app with its key as an object. */
export type Login = { clientId: string; publicKey: KeyObject; loginUrl: string }

/**
 * Creates the connected app.
 * @throws {TypeError} without options, because no gateway could log in
 */
export function createLogin(options: LoginOptions | undefined): Login {
  if (!options) throw new TypeError('A Salesforce of the guide needs the option `guide`')
  const { clientId, publicKey, loginUrl } = options
  const key = publicKey instanceof KeyObject ? publicKey : createPublicKey(publicKey)
  return { clientId, publicKey: key, loginUrl }
}
