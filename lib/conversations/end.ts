/** Ends a session or closes a conversation; twice is the same as once. */
import type { Clock } from '../clock.js'
import { isoTime } from '../contract/common.js'
import type { EndReply } from '../contract/replies.js'
import { isProblem } from '../problem.js'
import type { ConversationRef, Messaging } from '../salesforce/messaging.js'
import type { Records } from '../store/records.js'
import type { ConversationAccess } from './access.js'
import type { OwnedConversation } from './salesforce-tokens.js'

type Options = {
  messaging: Messaging
  records: Records
  access: ConversationAccess
  clock: Clock
}

export function createEnd({ messaging, records, access, clock }: Options) {
  /**
   * Closes the conversation. Salesforce refuses to close one that is closed: that is an end as
   * well.
   */
  async function close(owned: OwnedConversation): Promise<void> {
    try {
      await access.withConversation(owned, (ref) => messaging.closeConversation(ref))
    } catch (error) {
      if (!isProblem(error, 'conversation_lost') || !access.isAlive(owned.conversation)) throw error
    }
  }

  /**
   * Ends the session. Salesforce refuses to end one that is over: a visitor who is still let in has
   * lost nothing.
   */
  async function endSession(ref: ConversationRef): Promise<void> {
    try {
      await messaging.endMessagingSession(ref)
    } catch (error) {
      if (!isProblem(error, 'conversation_lost')) throw error
      await messaging.retrieveConversationRoutingStatus(ref)
    }
  }

  return async function end(
    owned: OwnedConversation,
    scope: 'conversation' | 'session',
  ): Promise<EndReply> {
    const { conversation, visitorId } = owned
    const conversationId = conversation.id
    if (conversation.status === 'ended') {
      const endedAt = isoTime(conversation.endedAt ?? conversation.startedAt)
      return { conversationId, status: 'ended', endedAt }
    }
    const endedAt = clock.now()
    if (scope === 'session') {
      await access.withConversation(owned, endSession)
      await records.replaceConversation(visitorId, conversation, {
        ...conversation,
        isSessionOver: true,
      })
      return { conversationId, status: 'open', endedAt: isoTime(endedAt) }
    }
    await close(owned)
    await records.saveConversation(visitorId, { ...conversation, status: 'ended', endedAt })
    return { conversationId, status: 'ended', endedAt: isoTime(endedAt) }
  }
}
