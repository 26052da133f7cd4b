/**
 * Listens to Salesforce's event stream for one waiting poll. What is heard only says when to look
 * into the list, and what no list holds (`activity`).
 */
import { type ActivityState, applyEvent, initialActivity, toActivity } from '../polling/activity.js'
import type { ConversationEvent } from '../polling/events.js'
import { isProblem } from '../problem.js'
import { callerSignal, noteForLog } from '../request.js'
import type { ConversationRef, Messaging } from '../salesforce/messaging.js'
import type { StreamGate } from './stream-gate.js'

/** Describes a stream that is listened to until `close`. */
export type LiveEvents = {
  /** Counts the events so far that say that the list may have changed. */
  readonly rings: number
  readonly activity: ActivityState
  /** Something was heard that a client would show, or show no longer. */
  readonly hasActivity: boolean
  /** Salesforce, not this call, has ended the stream. */
  readonly isOver: boolean
  close(): void
}

type Options = {
  messaging: Messaging
  gate: StreamGate
  /**
   * Holds the date of the newest entry that the caller has: what was told up to then is no news.
   */
  after: number
}

/** Names, for the log, why a poll that could hear events reads at its pace; once for each silence. */
const unopenedNote = 'Salesforce opened no event stream; polls read at their pace for a minute'

/** Tells that an event changes what a client shows, whatever it shows now. */
function isShown(event: ConversationEvent, activity: ActivityState): boolean {
  if (event.kind === 'listChanged') return false
  if (event.kind !== 'token') return true
  return toActivity(activity).partial !== null
}

/**
 * Opens the stream; null where that fails, after silencing streams for a while.
 * @param onEvent is called after each event, and at the end of the stream
 */
export async function openLiveEvents(
  { messaging, gate, after }: Options,
  ref: ConversationRef,
  onEvent: () => void,
): Promise<LiveEvents | null> {
  const leaving = new AbortController()
  const caller = callerSignal()
  const leave = () => leaving.abort()
  caller.addEventListener('abort', leave, { once: true })
  const live = {
    rings: 0,
    activity: initialActivity,
    hasActivity: false,
    isOver: false,
    close() {
      caller.removeEventListener('abort', leave)
      leave()
    },
  }

  function hear(event: ConversationEvent): void {
    live.activity = applyEvent(live.activity, event)
    live.hasActivity ||= isShown(event, live.activity)
    if (event.kind === 'listChanged') live.rings += 1
  }

  async function listen(events: AsyncIterable<ConversationEvent>): Promise<void> {
    for await (const event of events) {
      hear(event)
      onEvent()
    }
    if (leaving.signal.aborted) return
    live.isOver = true
    gate.endedEarly(ref.conversationId)
    onEvent()
  }

  try {
    void listen(await messaging.openEventStream(ref, { after, signal: leaving.signal }))
    return live
  } catch (error) {
    live.close()
    if (!isProblem(error)) throw error
    const { note = unopenedNote } = error.details
    // A token that is refused says nothing of the streams of others; the list judges it.
    if (isProblem(error, 'conversation_lost')) gate.endedEarly(ref.conversationId)
    else if (!caller.aborted) {
      gate.openingFailed()
      noteForLog(note)
    }
    return null
  }
}
