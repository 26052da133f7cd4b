/** A guest signs in: the guest's conversations become the known visitor's, and the guest is no more. */
import { GatewayError } from '../problem.js'
import type { Locks } from '../store/locks.js'
import {
  type Device,
  hasOwnPass,
  type SealedPass,
  type StoredConversation,
} from '../store/record.js'
import type { Records } from '../store/records.js'
import type { Vault } from '../store/vault.js'

type Options = { records: Records; locks: Locks; vault: Vault }

export function createMerger({ records, locks, vault }: Options) {
  /** A token is sealed for its visitor, so that it must be sealed anew; null when it cannot be opened. */
  async function reseal(pass: SealedPass | null, from: string, to: string) {
    const token = pass && (await vault.open(pass.sealed, from))
    return token && pass ? { ...pass, sealed: await vault.seal(token, to) } : null
  }

  async function handOver(
    guest: Device,
    visitorId: string,
    conversation: StoredConversation,
    pass: SealedPass | null,
  ) {
    const isOwn = hasOwnPass(visitorId, conversation)
    const resealed = isOwn ? await reseal(pass, guest.id, visitorId) : null
    await records.adopt(visitorId, conversation, resealed)
  }

  /**
   * Hands everything over, then buries the guest. What was begun and cut off is finished by the next
   * try; the guest's own starts wait meanwhile.
   */
  return function merge(guest: Device, visitorId: string): Promise<void> {
    return locks.hold(guest.id, 'start', async () => {
      const heir = await records.promise(guest.id, visitorId)
      if (heir !== visitorId) throw new GatewayError('refresh_rejected')
      const { conversations, gone, passOf } = await records.read(guest)
      if (gone) return
      for (const conversation of conversations) {
        await handOver(guest, visitorId, conversation, passOf(conversation))
      }
      await records.bury(guest.id, visitorId)
    })
  }
}
