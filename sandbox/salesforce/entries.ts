import { randomUUID } from 'node:crypto'
import type { NamedParticipant } from './participants.js'

/** Payload of an entry, by its type (`enhanced-chat-api.md` §3.4). */
export type EntryPayload = { entryType: string; id: string; [field: string]: unknown }

/** An entry before the entry log gives it its moment. Without an author it is signed by Salesforce itself. */
export type EntryDraft = {
  author?: NamedParticipant
  payload: EntryPayload
  relatedRecords?: string[]
}

/** Describes a message of §3.5 as its sender composes it. */
export type MessageBody = {
  messageType: string
  id?: string | undefined
  [field: string]: unknown
}

/** Any message: `abstractMessage` as in §3.5, its id made unless given. */
export function messageEntry(
  author: NamedParticipant,
  message: MessageBody,
  messageReason: 'AutomatedResponse' | 'Consent' | null = null,
): EntryDraft {
  const id = message.id ?? randomUUID()
  const abstractMessage = { inReplyToMessageId: null, references: null, ...message, id }
  return { author, payload: { entryType: 'Message', id, abstractMessage, messageReason } }
}

/** A plain text. */
export function textEntry(author: NamedParticipant, text: string): EntryDraft {
  return messageEntry(author, {
    messageType: 'StaticContentMessage',
    staticContent: { formatType: 'Text', text },
  })
}

/** The preview that the service makes of a link in a text (§2.10). */
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

/** `change` is for what goes otherwise than well: a failure, an estimated wait. */
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

/** Creates an entry with the visitor's position in the queue (§3.4). */
export function queuePositionEntry(position: number): EntryDraft {
  return systemEntry('QueuePosition', {
    pendingServiceRoutingId: '0JRZZ0000000001',
    workItemId: '0BzZZ0000000001',
    position,
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

/** A session begins, changes or ends; the only sure sign of an end (§3.6). */
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

/** The end user closed the conversation for good (§3.4); agents only end sessions. */
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
