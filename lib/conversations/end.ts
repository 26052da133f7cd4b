/** Ends a session or closes a conversation; twice is the same as once. */
import { isoTime } from '../contract/common.js'
import type { EndReply } from '../contract/replies.js'
import { isProblem } from '../problem.js'
import type { Messaging, Reach } from '../salesforce/messaging.js'
import type { Records } from '../store/records.js'
import type { Own, Reaches } from './reach.js'

type Options = { messaging: Messaging; records: Records; reaches: Reaches }

export function createEnder({ messaging, records, reaches }: Options) {
  /** Salesforce refuses to close what is closed already: that is an end as well. */
  async function close(own: Own): Promise<void> {
    try {
      await reaches.within(own, (reach) => messaging.end(reach, 'conversation'))
    } catch (error) {
      if (!isProblem(error, 'conversation_lost') || !reaches.isAlive(own.conversation)) throw error
    }
  }

  /** Salesforce refuses to end a session that is over; whoever it still lets in has lost nothing. */
  async function endSession(reach: Reach): Promise<void> {
    try {
      await messaging.end(reach, 'session')
    } catch (error) {
      if (!isProblem(error, 'conversation_lost')) throw error
      await messaging.routing(reach)
    }
  }

  return async function end(own: Own, scope: 'conversation' | 'session'): Promise<EndReply> {
    const { conversation, visitorId } = own
    const conversationId = conversation.id
    if (conversation.status === 'ended') {
      const endedAt = isoTime(conversation.endedAt ?? conversation.startedAt)
      return { conversationId, status: 'ended', endedAt }
    }
    const endedAt = Date.now()
    if (scope === 'session') {
      await reaches.within(own, endSession)
      await records.replace(visitorId, conversation, { ...conversation, isSessionOver: true })
      return { conversationId, status: 'open', endedAt: isoTime(endedAt) }
    }
    await close(own)
    await records.save(visitorId, { ...conversation, status: 'ended', endedAt })
    return { conversationId, status: 'ended', endedAt: isoTime(endedAt) }
  }
}
