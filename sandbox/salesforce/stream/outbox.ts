import type { Conversation, ConversationEntry } from '../conversation.js'

/** Holds an entry for the streams of the conversation's visitor; `happensAt` is on our clock. */
export type StreamItem = {
  conversationId: string
  subject: string | undefined
  entry: ConversationEntry
  happensAt: number
}

/** Holds an item with the number that `Last-Event-Id` refers to. */
export type StreamEvent = StreamItem & { id: number }

/** Holds items without a number in `pending`: they get one at the first look after they happen. */
export type Outbox = { pending: StreamItem[]; events: StreamEvent[]; lastId: number }

type WithOutbox = { outbox: Outbox }

/** Bounds the events that a dev server replays after running for days. */
const maxEvents = 5_000

/** Adds an entry, which every open stream of the visitor gets once it happens. */
export function addToOutbox(
  { outbox }: WithOutbox,
  { id, visitor }: Conversation,
  item: Pick<StreamItem, 'entry' | 'happensAt'>,
): void {
  const { entry, happensAt } = item
  const { subject } = visitor.participant
  outbox.pending.push({ conversationId: id, subject, entry, happensAt })
}

/** Removes a conversation's items after this moment. */
export function removePendingAfter(
  { outbox }: WithOutbox,
  { id }: Conversation,
  moment: number,
): void {
  outbox.pending = outbox.pending.filter(
    ({ conversationId, happensAt }) => conversationId !== id || happensAt <= moment,
  )
}

/** Returns the number of the org's latest event, at which a stream without replay starts. */
export function lastEventId({ outbox }: WithOutbox): number {
  const now = Date.now()
  const due = outbox.pending
    .filter(({ happensAt }) => happensAt <= now)
    .sort((a, b) => a.happensAt - b.happensAt)
  outbox.pending = outbox.pending.filter(({ happensAt }) => happensAt > now)
  for (const item of due) {
    outbox.lastId += 1
    outbox.events.push({ ...item, id: outbox.lastId })
  }
  outbox.events.splice(0, outbox.events.length - maxEvents)
  return outbox.lastId
}

/** Is the first version of a client that gets a bot's text in pieces (§4). */
const streamingVersion = 63

/**
 * Returns the events of all conversations of a subject after the event of this number (§4). A
 * client whose token names an older version gets no streaming tokens.
 */
export function eventsAfter(
  sandbox: WithOutbox,
  { subject, capabilitiesVersion }: { subject: string; capabilitiesVersion: number },
  id: number,
): StreamEvent[] {
  lastEventId(sandbox)
  return sandbox.outbox.events
    .filter((event) => event.id > id && event.subject === subject)
    .filter(
      ({ entry }) =>
        entry.entryType !== 'StreamingToken' || capabilitiesVersion >= streamingVersion,
    )
}
