/** Streams the transcript of a conversation as a PDF. */
import { GatewayError, isProblem } from '../problem.js'
import type { Messaging } from '../salesforce/messaging.js'
import type { ConversationAccess } from './access.js'
import type { Listing } from './listing.js'
import type { OwnedConversation } from './salesforce-tokens.js'

type Options = { messaging: Messaging; access: ConversationAccess; listing: Listing }

export function createTranscript({ messaging, access, listing }: Options) {
  /**
   * Streams the transcript. Salesforce's refusal has two meanings; a visitor who may still read the
   * entries has lost nothing.
   * @throws {GatewayError} unsupported where the organisation does not allow it, conversation_lost
   */
  return function transcript(owned: OwnedConversation) {
    return access.withConversation(owned, async (ref) => {
      try {
        const { body: pdf, bytes } = await messaging.retrieveConversationTranscript(ref)
        return { name: `conversation-${owned.conversation.id}.pdf`, pdf, bytes }
      } catch (error) {
        if (!isProblem(error, 'conversation_lost')) throw error
        await listing.entriesOf(owned, ref, 'wait')({ order: 'newestFirst' })
        throw new GatewayError('unsupported', { effect: 'none' })
      }
    })
  }
}
