import { createPublicKey, KeyObject } from 'node:crypto'

/** The connected app of the guide's dialect: who may ask for an access token, and where. */
export type LoginOptions = {
  clientId: string
  /** The RSA key that assertions are verified with: PEM (SPKI or certificate), or a public `KeyObject`. */
  publicKey: string | KeyObject
  /** The exact value that `aud` must have: `https://login.salesforce.com`. */
  loginUrl: string
}

/** The same with the key as it is used. */
export type Login = { clientId: string; publicKey: KeyObject; loginUrl: string }

/** The connected app; a TypeError without one, for nobody could ever log in. */
export function createLogin(options: LoginOptions | undefined): Login {
  if (!options) throw new TypeError('A Salesforce of the guide needs the option `guide`')
  const { clientId, publicKey, loginUrl } = options
  const key = publicKey instanceof KeyObject ? publicKey : createPublicKey(publicKey)
  return { clientId, publicKey: key, loginUrl }
}
