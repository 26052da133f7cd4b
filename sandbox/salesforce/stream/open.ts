import { setTimeout as sleep } from 'node:timers/promises'
import { Refusal } from '../refusal.js'
import { type Caller, checkAlive } from '../tokens.js'
import type { World } from '../world.js'
import { frameOf, pingFrame } from './frames.js'
import { eventsAfter } from './outbox.js'

const lookEveryMs = 25

type Reader = { caller: Caller; after: number; signal: AbortSignal }

/**
 * All that happens to a subject after an event, as it happens (`enhanced-chat-api.md` §4). It pings
 * at once and now and then; it ends with the edge's words when the token does. It lives no longer
 * than its reader, and looks at `Date.now()` like everything else.
 */
export function openStream(world: World, { caller, after, signal }: Reader) {
  const encoder = new TextEncoder()
  let lastId = after
  let pingedAt = Number.NEGATIVE_INFINITY

  function newFrames(): string {
    const events = eventsAfter(world, caller.subject, lastId)
    lastId = events.at(-1)?.id ?? lastId
    const isPingDue = Date.now() - pingedAt >= world.switches.pingEveryMs
    if (isPingDue) pingedAt = Date.now()
    return (isPingDue ? pingFrame : '') + events.map((event) => frameOf(world, event)).join('')
  }

  let isRead = true
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      while (isRead && !signal.aborted) {
        const farewell = farewellOf(world, caller)
        const text = farewell ?? newFrames()
        if (text !== '') controller.enqueue(encoder.encode(text))
        if (farewell !== null) return controller.close()
        if (text !== '') return
        await sleep(lookEveryMs, undefined, { ref: false })
      }
      if (isRead) controller.close()
    },
    cancel() {
      isRead = false
    },
  })
}

/** What the edge writes into a stream whose token is over; null while it is good. */
function farewellOf(world: World, caller: Caller): string | null {
  try {
    checkAlive(world, caller)
    return null
  } catch (error) {
    if (error instanceof Refusal) return error.message
    throw error
  }
}
