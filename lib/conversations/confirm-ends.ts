/**
 * Confirms ends of sessions that Salesforce's list tells of, but that may have ended nothing for the
 * visitor: those by Supervisors (`enhanced-chat-api.md §3.6`). The routing status decides.
 */
import type { Entry, EntryPage } from '../polling/entries.js'
import { problemAs } from '../problem.js'
import type { ConversationRef, Messaging } from '../salesforce/messaging.js'

function isUnconfirmedEnd({ change }: Entry): boolean {
  return change?.kind === 'session' && change.isUnconfirmed === true
}

/** Makes an entry that is not shown and changes nothing. */
function withoutEffect(entry: Entry): Entry {
  return isUnconfirmedEnd(entry) ? { ...entry, message: null, change: null } : entry
}

/**
 * Creates the check for the pages of one call. It asks for the routing status only when a page holds
 * such an end, and for each page anew: an end may be confirmed a moment after it is listed. While
 * the status cannot be read, the end is not believed.
 */
export function createEndConfirmation(messaging: Messaging, ref: ConversationRef) {
  return async function confirmEnds(page: EntryPage): Promise<EntryPage> {
    if (!page.entries.some(isUnconfirmedEnd)) return page
    const status = await messaging
      .retrieveConversationRoutingStatus(ref)
      .catch(problemAs('unknown' as const))
    return status === 'none' ? page : { ...page, entries: page.entries.map(withoutEffect) }
  }
}
