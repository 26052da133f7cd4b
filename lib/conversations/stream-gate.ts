/**
 * Decides whether an event stream may be tried now. An opening that is refused or hangs silences
 * streams for this process; a stream that ends early silences them for its conversation only.
 */

export type StreamGate = ReturnType<typeof createStreamGate>

/** Sets the milliseconds for which streams are silenced. */
const silenceMs = 60_000

/** Bounds the memory; beyond it the conversation that was silenced first is forgotten. */
const maxConversations = 1000

type Options = {
  /** Holds epoch milliseconds. */
  now?: () => number
}

export function createStreamGate({ now = () => Date.now() }: Options = {}) {
  let silencedUntil = 0
  /** Ends of the silences by conversation, the earliest first: all silences are equally long. */
  const conversations = new Map<string, number>()

  function forgetOldest(): void {
    for (const [id, until] of conversations) {
      if (until > now() && conversations.size <= maxConversations) return
      conversations.delete(id)
    }
  }

  return {
    mayOpen(conversationId: string): boolean {
      return now() >= Math.max(silencedUntil, conversations.get(conversationId) ?? 0)
    },

    /** Records that Salesforce refused a stream, or that its head did not arrive in time. */
    openingFailed(): void {
      silencedUntil = now() + silenceMs
    },

    /** Records that a stream ended though nobody left it. */
    endedEarly(conversationId: string): void {
      conversations.delete(conversationId)
      conversations.set(conversationId, now() + silenceMs)
      forgetOldest()
    },
  }
}
