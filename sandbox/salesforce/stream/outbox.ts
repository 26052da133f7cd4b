import type { Conversation, ConversationEntry } from '../conversation.js'

/** Something for the streams of the conversation's visitor; `happensAt` is on our clock. */
export type StreamItem = {
  conversationId: string
  subject: string | undefined
  entry: ConversationEntry
  happensAt: number
}

/** An item with the number that `Last-Event-Id` speaks of. */
export type StreamEvent = StreamItem & { id: number }

/** `waiting`: has no number yet, since it has not happened or nobody has looked since. */
export type Outbox = { pending: StreamItem[]; events: StreamEvent[]; lastId: number }

type WithOutbox = { outbox: Outbox }

/** A dev server that runs for days can replay only so many. */
const maxEvents = 5_000

/** Puts an entry where every open stream of the visitor sees it, once it has happened. */
export function addToOutbox(
  { outbox }: WithOutbox,
  { id, visitor }: Conversation,
  item: Pick<StreamItem, 'entry' | 'happensAt'>,
): void {
  const { entry, happensAt } = item
  const { subject } = visitor.participant
  outbox.pending.push({ conversationId: id, subject, entry, happensAt })
}

/** Takes back what was still to happen in a conversation after this moment. */
export function removePendingAfter(
  { outbox }: WithOutbox,
  { id }: Conversation,
  moment: number,
): void {
  outbox.pending = outbox.pending.filter(
    ({ conversationId, happensAt }) => conversationId !== id || happensAt <= moment,
  )
}

/** The number of the latest event of the org: where a stream starts that asks for nothing old. */
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

/** Returns the events of all conversations of a subject after the event of this number (§4). */
export function eventsAfter(sandbox: WithOutbox, subject: string, id: number): StreamEvent[] {
  lastEventId(sandbox)
  return sandbox.outbox.events.filter((event) => event.id > id && event.subject === subject)
}
