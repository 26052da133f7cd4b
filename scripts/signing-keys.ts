/**
 * Creates the signing material of verified mode: an RSA key and its certificate
 * (`enhanced-chat-api.md §1.7`).
 */
import { generate } from 'selfsigned'

const days = 730
const dayMs = 24 * 3600 * 1000

export type SigningKeyPair = { key: string; certificate: string }

/** Creates a 2048-bit key and a self-signed certificate, both as PEM; valid for two years. */
export async function makeSigningKey(commonName: string): Promise<SigningKeyPair> {
  const made = await generate([{ name: 'commonName', value: commonName }], {
    keySize: 2048,
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + days * dayMs),
  })
  return { key: made.private, certificate: made.cert }
}

/** Formats a PEM on one line, for `.env`. */
export function onOneLine(pem: string): string {
  return `"${pem.trim().replace(/\r?\n/g, '\\n')}"`
}
