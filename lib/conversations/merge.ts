/** Merges a guest who signs in: the guest's conversations become the known visitor's. */
import { GatewayError } from '../problem.js'
import type { Locks } from '../store/locks.js'
import {
  type Device,
  hasOwnToken,
  type SealedToken,
  type StoredConversation,
} from '../store/record.js'
import type { Records } from '../store/records.js'
import type { SalesforceTokens } from './salesforce-tokens.js'

type Options = { records: Records; locks: Locks; tokens: SalesforceTokens }

export function createMerge({ records, locks, tokens }: Options) {
  async function handOver(
    guest: Device,
    visitorId: string,
    conversation: StoredConversation,
    sealed: SealedToken | null,
  ) {
    const isOwn = hasOwnToken(visitorId, conversation)
    const resealed = isOwn && sealed ? tokens.reseal(sealed, guest.id, visitorId) : null
    await records.adoptConversation(visitorId, conversation, resealed)
  }

  /**
   * Hands everything over, then buries the guest. What was begun and cut off is finished by the next
   * try; the guest's own starts wait meanwhile.
   */
  return function merge(guest: Device, visitorId: string): Promise<void> {
    return locks.withLock(guest.id, 'start', async () => {
      const target = await records.reserveMerge(guest.id, visitorId)
      if (target !== visitorId) throw new GatewayError('refresh_rejected')
      const { conversations, isRevoked, tokenOf } = await records.readRecord(guest)
      if (isRevoked) return
      for (const conversation of conversations) {
        await handOver(guest, visitorId, conversation, tokenOf(conversation))
      }
      await records.writeTombstone(guest.id, visitorId)
    })
  }
}
