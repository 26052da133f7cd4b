/** Completes an answer with the titles that people in Salesforce see, read from the answered message. */
import { setTimeout as sleep } from 'node:timers/promises'
import { problemAs } from '../problem.js'
import { remainingMs } from '../request.js'
import type { ConversationRef, OutgoingMessage } from '../salesforce/messaging.js'
import { fillIn, isIncomplete } from './fill-in.js'
import type { Listing } from './listing.js'
import type { OwnedConversation } from './salesforce-tokens.js'

/** Sets the share of the request's time for titles; the rest is for sending the message. */
const timeShare = 1 / 4

export function createTitleCompletion(listing: Listing) {
  /** Returns the newest messages of the list; none when that fails, is not allowed or takes too long. */
  async function newestMessages(owned: OwnedConversation, ref: ConversationRef) {
    const none = { entries: [] }
    const timeout = sleep(remainingMs() * timeShare, none, { ref: false })
    const page = listing.entriesOf(owned, ref, 'stop')({ order: 'newestFirst' })
    const { entries } = await Promise.race([page.catch(problemAs(none)), timeout])
    return entries.flatMap(({ message }) => message ?? [])
  }

  /** Adds the titles to a message; lists entries once, and only where something is left out. */
  return async function complete(
    owned: OwnedConversation,
    ref: ConversationRef,
    message: OutgoingMessage,
  ): Promise<OutgoingMessage> {
    return isIncomplete(message) ? fillIn(message, await newestMessages(owned, ref)) : message
  }
}
