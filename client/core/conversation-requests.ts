import type { Availability } from './api-types.js'
import type { ChatContext } from './context.js'
import { fileTimeoutMs, type Request } from './http.js'
import { problemFrom } from './problem.js'

/**
 * Creates the requests about the conversation as a whole, and about the hours of the chat. They
 * reject with a `ChatProblem`.
 */
export function createConversationRequests(
  { call, state }: ChatContext,
  request: Request,
  pollNow: () => void,
) {
  return {
    /**
     * Resolves to the business hours as they are now. It names no visitor, so that pages of every
     * origin may ask.
     */
    availability: (): Promise<Availability> =>
      request<Availability>('/api/availability').catch((error) => {
        throw problemFrom(error)
      }),
    /** Resolves to the transcript of the conversation, as a PDF. */
    transcript: (): Promise<Blob> =>
      call(`/api/transcript?conversationId=${state.getSnapshot().conversationId}`, {
        timeoutMs: fileTimeoutMs,
        read: (response) => response.blob(),
      }),
    /**
     * Ends the conversation for good, or only its session: the next message begins another session.
     */
    async end(scope?: 'conversation' | 'session'): Promise<void> {
      const { conversationId } = state.getSnapshot()
      await call('/api/end', { body: { conversationId, scope } })
      pollNow()
    },
  }
}
