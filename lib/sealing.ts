/**
 * Seals values that others keep for the gateway and may neither read nor change: cursors and refresh
 * tokens at clients, Salesforce tokens in Redis. AES-256-GCM under keys derived from the session
 * secrets, newest first, so that secrets rotate without invalidating sealed values.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { createBoundedCache } from './bounded-cache.js'

/** Describes one derived key; `id` tells which secret it came from without telling the secret. */
export type DerivedKey = { id: string; bytes: Uint8Array }

/** Derives one 256-bit key per secret for one purpose (HKDF-SHA256), newest first. */
export function deriveKeys(secrets: readonly string[], purpose: string): readonly DerivedKey[] {
  return secrets.map((secret) => {
    const derived = Buffer.from(hkdfSync('sha256', secret, '', `miaw-gateway/${purpose}`, 36))
    return { id: derived.subarray(32).toString('hex'), bytes: derived.subarray(0, 32) }
  })
}

const idBytes = 4
const ivBytes = 12
const tagBytes = 16

const sealOverheadBytes = idBytes + ivBytes + tagBytes

export type Sealer = ReturnType<typeof createSealer>

/**
 * Seals with the newest key; opens with whichever key sealed. `context` must be the same for both.
 */
export function createSealer(keys: readonly DerivedKey[]) {
  const [newest] = keys
  if (!newest) throw new TypeError('Failed to create a sealer: it needs at least one key')

  return {
    seal(plain: Uint8Array, context: string): string {
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv('aes-256-gcm', newest.bytes, iv).setAAD(Buffer.from(context))
      const parts = [Buffer.from(newest.id, 'hex'), iv, cipher.update(plain), cipher.final()]
      return Buffer.concat([...parts, cipher.getAuthTag()]).toString('base64url')
    },

    /**
     * Opens a sealed value; null unless this gateway sealed it, for this context, with a current
     * key.
     */
    open(sealed: string, context: string): Buffer | null {
      const bytes = Buffer.from(sealed, 'base64url')
      if (bytes.length < sealOverheadBytes || bytes.toString('base64url') !== sealed) return null
      const key = keys.find(({ id }) => id === bytes.toString('hex', 0, idBytes))
      if (!key) return null
      const iv = bytes.subarray(idBytes, idBytes + ivBytes)
      const decipher = createDecipheriv('aes-256-gcm', key.bytes, iv, { authTagLength: tagBytes })
        .setAAD(Buffer.from(context))
        .setAuthTag(bytes.subarray(-tagBytes))
      const body = bytes.subarray(idBytes + ivBytes, -tagBytes)
      try {
        return Buffer.concat([decipher.update(body), decipher.final()])
      } catch {
        return null
      }
    },
  }
}

/**
 * Makes a sealer remember what it opened last, for values that are opened again and again: at most
 * `max` texts, each by its whole sealed text and its context.
 */
export function rememberOpened({ seal, open }: Sealer, max: number): Sealer {
  const opened = createBoundedCache<Buffer>(max)
  return {
    seal,
    open(sealed, context) {
      const key = `${context.length} ${context}${sealed}`
      const known = opened.get(key)
      if (known) return known
      const plain = open(sealed, context)
      if (plain) opened.set(key, plain)
      return plain
    },
  }
}
