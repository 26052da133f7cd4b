/** Completes an answer with the titles that people in Salesforce see, read from the answered message. */
import { setTimeout as sleep } from 'node:timers/promises'
import { isProblem } from '../problem.js'
import { remainingMs } from '../request.js'
import type { ConversationRef, Messaging, OutgoingMessage } from '../salesforce/messaging.js'
import { fillIn, isIncomplete } from './fill-in.js'

/** Share of the request's time for titles; the rest is for sending the message. */
const timeShare = 1 / 4

export function createTitleCompletion(messaging: Messaging) {
  /** Returns the newest messages of the list; none when that fails or takes too long. */
  async function newestMessages(ref: ConversationRef) {
    const timeout = sleep(remainingMs() * timeShare, { entries: [] }, { ref: false })
    try {
      const page = messaging.listConversationEntries(ref, { order: 'newestFirst' })
      const { entries } = await Promise.race([page, timeout])
      return entries.flatMap(({ message }) => message ?? [])
    } catch (error) {
      if (isProblem(error)) return []
      throw error
    }
  }

  /** Adds the titles to a message; lists entries once, and only where something is left out. */
  return async function complete(
    ref: ConversationRef,
    message: OutgoingMessage,
  ): Promise<OutgoingMessage> {
    return isIncomplete(message) ? fillIn(message, await newestMessages(ref)) : message
  }
}
