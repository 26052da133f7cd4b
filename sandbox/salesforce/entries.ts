import { randomUUID } from 'node:crypto'
import type { NamedParticipant } from './participants.js'

/** Holds the payload of an entry, by its type (`enhanced-chat-api.md` §3.4). */
export type EntryPayload = { entryType: string; id: string; [field: string]: unknown }

/**
 * Describes an entry before the entry log dates it; without an author, Salesforce itself signs it,
 * and a message without an id gets one of its author's kind.
 */
export type EntryDraft = {
  author?: NamedParticipant
  payload: { entryType: string; id?: string | undefined; [field: string]: unknown }
  relatedRecords?: string[]
}

/** Describes a message of §3.5 as its sender composes it. */
export type MessageBody = {
  messageType: string
  id?: string | undefined
  [field: string]: unknown
}

/** Creates any message: `abstractMessage` as in §3.5. */
export function messageEntry(
  author: NamedParticipant,
  message: MessageBody,
  messageReason: 'AutomatedResponse' | 'Consent' | null = null,
): EntryDraft {
  const abstractMessage = { inReplyToMessageId: null, references: null, ...message }
  return {
    author,
    payload: { entryType: 'Message', id: message.id, abstractMessage, messageReason },
  }
}

/** Creates a plain text. */
export function textEntry(author: NamedParticipant, text: string): EntryDraft {
  return messageEntry(author, {
    messageType: 'StaticContentMessage',
    staticContent: { formatType: 'Text', text },
  })
}

/** Creates the preview that the service makes of a link in a text (§2.10). */
export function richLinkEntry(author: NamedParticipant, url: string): EntryDraft {
  const titleItem = { itemType: 'TitleItem', title: url, subTitle: null, referenceId: null }
  return messageEntry(author, {
    messageType: 'StaticContentMessage',
    staticContent: {
      formatType: 'RichLink',
      linkItem: { itemType: 'TitleLinkItem', titleItem, url },
    },
  })
}

/** Reports that a participant joins or leaves (§3.4). */
export function participantEntry(
  operation: 'add' | 'remove',
  changed: NamedParticipant,
): EntryDraft {
  const { displayName, participant } = changed
  return systemEntry('ParticipantChanged', {
    entries: [{ operation, menuMetadata: null, displayName, participant }],
  })
}

/** Reports a routing result; `change` describes a deviation: a failure, an estimated wait. */
export function routingResultEntry(
  routingType: 'Initial' | 'Transfer',
  sessionId: string,
  change: Record<string, unknown> = {},
): EntryDraft {
  return systemEntry('RoutingResult', {
    routingType,
    failureType: 'None',
    failureReason: null,
    errorMessages: [],
    recordId: sessionId,
    pendingServiceRoutingId: '0JRZZ0000000001',
    workOwnerId: null,
    skipRouterCPRemovalIfNoRoutingFailures: false,
    isExternallyRouted: false,
    cancelReason: null,
    estimatedWaitTime: { estimatedWaitTimeInSeconds: null, isEWTRequested: false },
    routingConfigurationDetails: {
      routingConfigurationType: 'QueueRoutingType',
      queueId: '00GZZ0000000001',
    },
    ...change,
  })
}

/** Reports that the work of a session is assigned or accepted (§3.4). */
export function routingWorkEntry(
  workType: 'Assigned' | 'Accepted',
  work: { sessionId: string; routingType: 'Initial' | 'Transfer' },
): EntryDraft {
  return systemEntry('RoutingWorkResult', {
    workType,
    workId: '0BzZZ0000000001',
    workTargetId: work.sessionId,
    errorMessages: [],
    routingType: work.routingType,
    queueId: '00GZZ0000000001',
  })
}

/** Reports that a session begins, changes or ends; the only sure sign of an end (§3.6). */
export function sessionStatusEntry(status: {
  conversationIdentifier: string
  channelAddressIdentifier: string
  sessionId: string
  sessionStatusPrev: string
  sessionStatus: string
  sessionStartTime: number
  sessionEndTime: number | null
  sessionEndedByRole: string | null
}): EntryDraft {
  return systemEntry('SessionStatusChanged', status, [status.sessionId])
}

/** Reports that the end user closed the conversation for good (§3.4); agents only end sessions. */
export function closeConversationEntry(
  author: NamedParticipant,
  conversationIdentifier: string,
): EntryDraft {
  const id = randomUUID()
  return { author, payload: { entryType: 'CloseConversation', id, conversationIdentifier } }
}

function systemEntry(
  entryType: string,
  fields: Record<string, unknown>,
  relatedRecords: string[] = [],
): EntryDraft {
  return { payload: { entryType, id: randomUUID(), ...fields }, relatedRecords }
}
