import { setTimeout as sleep } from 'node:timers/promises'
import { HttpError } from '../http-error.js'
import type { SandboxState } from '../sandbox-state.js'
import { type Caller, checkNotEnded } from '../tokens.js'
import { formatFrame, pingFrame } from './frames.js'
import { eventsAfter } from './outbox.js'

const checkIntervalMs = 25

type Reader = { caller: Caller; after: number; signal: AbortSignal }

/**
 * All that happens to a subject after an event, as it happens (`enhanced-chat-api.md` §4). It pings
 * at once and now and then; it ends with the edge's words when the token does. It lives no longer
 * than its reader, and looks at `Date.now()` like everything else.
 */
export function openStream(sandbox: SandboxState, { caller, after, signal }: Reader) {
  const encoder = new TextEncoder()
  let lastId = after
  let pingedAt = Number.NEGATIVE_INFINITY

  function newFrames(): string {
    const events = eventsAfter(sandbox, caller.subject, lastId)
    lastId = events.at(-1)?.id ?? lastId
    const isPingDue = Date.now() - pingedAt >= sandbox.switches.pingEveryMs
    if (isPingDue) pingedAt = Date.now()
    return (
      (isPingDue ? pingFrame : '') + events.map((event) => formatFrame(sandbox, event)).join('')
    )
  }

  let isRead = true
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      while (isRead && !signal.aborted) {
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
