/**
 * Reads keys and certificates from PEM blocks, one after the other, as the environment holds them.
 * Pure.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'

const minimumBits = 2048

/** Returns the blocks of a text whose line ends are real or written as `\n`. */
function blocksOf(text: string): string[] {
  return (
    text.replaceAll('\\n', '\n').match(/-----BEGIN [^-]+-----[\s\S]+?-----END [^-]+-----/g) ?? []
  )
}

function readAll<T>(text: string, read: (block: string) => T): T[] | null {
  try {
    const all = blocksOf(text).map(read)
    return all.length > 0 ? all : null
  } catch {
    return null
  }
}

/** Reads RSA private keys of 2048 bits or more; null when one of the blocks is something else. */
export function readSigningKeys(text: string): KeyObject[] | null {
  const keys = readAll(text, createPrivateKey)
  const isFit = (key: KeyObject) =>
    key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= minimumBits
  return keys?.every(isFit) ? keys : null
}

/** Reads X.509 certificates; null when one of the blocks is something else. */
export function readCertificates(text: string): X509Certificate[] | null {
  return readAll(text, (block) => new X509Certificate(block))
}
