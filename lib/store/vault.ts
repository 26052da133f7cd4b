/** Salesforce tokens at rest: JWE (`dir`, A256GCM) under keys derived from the session secrets. */
import { CompactEncrypt, compactDecrypt } from 'jose'
import { JOSEError } from 'jose/errors'
import type { DerivedKey } from '../sealing.js'

export type Vault = ReturnType<typeof createVault>

/** Seals with the newest key and opens with whichever sealed, for the same visitor only. */
export function createVault(keys: readonly DerivedKey[]) {
  const [newest] = keys
  if (!newest) throw new TypeError('Failed to create the vault: it needs at least one key')

  return {
    seal(token: string, visitorId: string): Promise<string> {
      return new CompactEncrypt(new TextEncoder().encode(token))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: newest.id, visitor: visitorId })
        .encrypt(newest.bytes)
    },

    /** Null when the secret is gone, or the token was sealed for somebody else. */
    async open(sealed: string, visitorId: string): Promise<string | null> {
      try {
        const { plaintext, protectedHeader } = await compactDecrypt(
          sealed,
          ({ kid }) => keys.find(({ id }) => id === kid)?.bytes ?? newest.bytes,
          { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] },
        )
        return protectedHeader.visitor === visitorId ? new TextDecoder().decode(plaintext) : null
      } catch (error) {
        if (error instanceof JOSEError) return null
        throw error
      }
    },
  }
}
