import type { ChatContext } from './context.js'
import { fileTimeoutMs } from './http.js'

/**
 * Creates the visitor's requests about the conversation as a whole. They reject with a
 * `ChatProblem`.
 */
export function createConversationRequests({ call, state }: ChatContext, pollNow: () => void) {
  return {
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
