/**
 * Describes Salesforce's entries as the poll understands them. lib/salesforce/ produces them;
 * lib/polling/ and lib/conversations/ consume them.
 */
import type { Without } from '../contract/common.js'
import type { EndedBy, Message, Role } from '../contract/messages.js'

/**
 * Describes a message as its entry tells it; the reader of the conversation adds the conversation's
 * id.
 */
export type EntryMessage = Without<Message, 'conversationId'>

export type ParticipantChange = {
  operation: 'add' | 'remove' | 'update'
  role: Role
  displayName: string | null
  /** Tells one participant from another in Salesforce; short, because it travels in cursors. */
  subject: string
}

/**
 * Describes the effect of an entry on the conversation's state, for entries that a frontend sees
 * and for others. `isUnconfirmed`: the end holds only if the routing status says so, too.
 */
export type StateChange =
  | { kind: 'message'; role: Role; displayName: string | null; subject: string }
  | { kind: 'participants'; changes: readonly ParticipantChange[] }
  | { kind: 'routing'; failed: boolean; estimatedWaitSeconds: number | null }
  | { kind: 'queued' }
  | { kind: 'session'; over: boolean; endedBy: EndedBy | null; isUnconfirmed?: true }
  | { kind: 'closed' }

/**
 * Describes one entry of a conversation. `at` is Salesforce's `transcriptedTimestamp`, epoch
 * milliseconds.
 */
export type Entry = {
  /** Holds its name in Salesforce's list. */
  id: string
  at: number
  /** Is null when the entry is not for visitors. */
  message: EntryMessage | null
  /** Is null when the entry changes nothing that a poll tells. */
  change: StateChange | null
}

/**
 * Describes one page of Salesforce's list. `full`: Salesforce listed as much as a page can hold, so
 * that more may follow; a full page of which nothing can be understood counts as the end. `now`:
 * Salesforce's clock when it answered, epoch milliseconds.
 */
export type EntryPage = { entries: readonly Entry[]; full: boolean; now: number }

/**
 * Asks for one page. Bounds are epoch milliseconds; it is not evidenced that Salesforce includes
 * them (`§3.7`). `after` is the id of an entry behind which everything since `startTimestamp` is
 * listed: the same place for lists that are read on from an entry.
 */
export type PageRequest =
  | { order: 'oldestFirst'; startTimestamp?: number; after?: string }
  | { order: 'newestFirst'; endTimestamp?: number }

/** Reads one page of one conversation. */
export type ListEntries = (request: PageRequest) => Promise<EntryPage>
