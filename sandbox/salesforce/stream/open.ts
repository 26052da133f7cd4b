import { setTimeout as sleep } from 'node:timers/promises'
import { HttpError } from '../http-error.js'
import type { SandboxState } from '../sandbox-state.js'
import { type Caller, checkNotEnded } from '../tokens.js'
import { formatFrame, pingFrame } from './frames.js'
import { eventsAfter, type StreamEvent } from './outbox.js'

const checkIntervalMs = 25

type Reader = { caller: Caller; after: number; signal: AbortSignal }

/**
 * Streams a subject's events after an event, as they happen (`enhanced-chat-api.md` §4); all that
 * are due come in one chunk. It pings at once and at intervals, and ends with the edge proxy's text
 * when the token ends, or when the switches say so. It lives no longer than its reader, and reads
 * `Date.now()` like everything else.
 */
export function openStream(sandbox: SandboxState, { caller, after, signal }: Reader) {
  const encoder = new TextEncoder()
  const openedAt = Date.now()
  const number = (sandbox.streamCounts.get(caller.subject) ?? 0) + 1
  sandbox.streamCounts.set(caller.subject, number)
  let lastId = after
  let sentCount = 0
  let pingedAt = Number.NEGATIVE_INFINITY

  function newFrames(): string {
    const frames = newEvents().map((event) => formatFrame(sandbox, event))
    const isPingDue = Date.now() - pingedAt >= sandbox.switches.pingEveryMs
    if (isPingDue) pingedAt = Date.now()
    return (isPingDue ? pingFrame : '') + frames.join('')
  }

  function newEvents(): StreamEvent[] {
    const { endsAfterEvents } = sandbox.switches.stream
    const left = (endsAfterEvents ?? Number.POSITIVE_INFINITY) - sentCount
    const events = eventsAfter(sandbox, caller, lastId).slice(0, left)
    lastId = events.at(-1)?.id ?? lastId
    sentCount += events.length
    return events
  }

  function isCut(): boolean {
    const { endsAfterMs, endsAfterEvents, replacesEarlier } = sandbox.switches.stream
    return (
      (endsAfterMs !== null && Date.now() - openedAt >= endsAfterMs) ||
      (endsAfterEvents !== null && sentCount >= endsAfterEvents) ||
      (replacesEarlier && sandbox.streamCounts.get(caller.subject) !== number)
    )
  }

  let isRead = true
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      while (isRead && !signal.aborted && !isCut()) {
        const endReason = endReasonOf(sandbox, caller)
        const text = endReason ?? newFrames()
        if (text !== '') controller.enqueue(encoder.encode(text))
        if (endReason !== null) return controller.close()
        if (text !== '') return
        await sleep(checkIntervalMs, undefined, { ref: false })
      }
      if (isRead) controller.close()
    },
    cancel() {
      isRead = false
    },
  })
}

/** Returns the text that ends a stream whose token is over; null while the token is good. */
function endReasonOf(sandbox: SandboxState, caller: Caller): string | null {
  try {
    checkNotEnded(sandbox, caller)
    return null
  } catch (error) {
    if (error instanceof HttpError) return error.message
    throw error
  }
}
