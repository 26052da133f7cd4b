import type { SandboxState } from '../sandbox-state.js'
import type { StreamEvent } from './outbox.js'

/**
 * Names the events of `enhanced-chat-api.md` §4 by entry type; entries of other types are not
 * streamed.
 */
const eventNames: Partial<Record<string, string>> = {
  Message: 'CONVERSATION_MESSAGE',
  ParticipantChanged: 'CONVERSATION_PARTICIPANT_CHANGED',
  RoutingResult: 'CONVERSATION_ROUTING_RESULT',
  RoutingWorkResult: 'CONVERSATION_ROUTING_WORK_RESULT',
  SessionStatusChanged: 'CONVERSATION_SESSION_STATUS_CHANGED',
  CloseConversation: 'CONVERSATION_CLOSE_CONVERSATION',
  TypingStartedIndicator: 'CONVERSATION_TYPING_STARTED_INDICATOR',
  TypingStoppedIndicator: 'CONVERSATION_TYPING_STOPPED_INDICATOR',
  DeliveryAcknowledgement: 'CONVERSATION_DELIVERY_ACKNOWLEDGEMENT',
  ReadAcknowledgement: 'CONVERSATION_READ_ACKNOWLEDGEMENT',
  QueuePosition: 'CONVERSATION_QUEUE_POSITION',
  ProgressIndicator: 'CONVERSATION_PROGRESS_INDICATOR',
  StreamingToken: 'CONVERSATION_STREAMING_TOKEN',
  EndUserConsentUpdated: 'CONVERSATION_END_USER_CONSENT_UPDATED',
}

/** Keeps the connection alive (§4). */
export const pingFrame = 'event: ping\ndata: 0\n\n'

/** Formats one event for a stream; returns an empty text for an entry that streams do not carry. */
export function formatFrame(sandbox: SandboxState, event: StreamEvent): string {
  const name = eventNames[event.entry.entryType]
  if (!name) return ''
  return `id: ${event.id}\nevent: ${name}\ndata: ${JSON.stringify(envelopeOf(sandbox, event))}\n\n`
}

/** Wraps an entry; its payload is a JSON text here, and an object in lists (§3.1). */
function envelopeOf({ deployment }: SandboxState, { conversationId, entry }: StreamEvent) {
  return {
    channelPlatformKey: 'c0ffee00-5a11-4b0a-9d2e-7b7f0c1d2e3f',
    channelType: 'embedded_messaging',
    channelAddressIdentifier: deployment.channelAddressIdentifier,
    conversationId,
    conversationEntry: {
      ...entry,
      entryPayload: JSON.stringify(entry.entryPayload),
      contextParamMap: {},
      visibilityStrategy: null,
      clientDuration: 0,
    },
  }
}
