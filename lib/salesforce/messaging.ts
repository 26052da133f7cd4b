/**
 * Defines the port: what the gateway needs of Salesforce. Every operation throws `GatewayError`
 * only: `rate_limited` (Salesforce's 429), `upstream_unavailable` and `upstream_timeout` (with
 * `effect: 'unknown'` when the call may have taken effect), `upstream_rejected` (a refusal or an
 * unreadable response), `conversation_lost` (this token may not, or may no longer, do that),
 * `unsupported` (the organisation does not offer it).
 */
import type { Without } from '../contract/common.js'
import type { Attachments, Prechat } from '../contract/replies.js'
import type { MessageRequest } from '../contract/requests.js'
import type { EntryPage, PageRequest } from '../polling/entries.js'
import type { ConversationEvent } from '../polling/events.js'
import type { OpenHours } from '../polling/hours.js'

/** Describes differences between the dialects, for callers that depend on them. */
export type Traits = {
  /** A fresh token reaches the same conversations; otherwise each is a new guest's, and they are lost with it. */
  renewable: boolean
  /**
   * Conversations and messages go by the ids we choose, so that opening again changes nothing, and a
   * message whose fate is unclear can be looked for.
   */
  ourIds: boolean
  /** The list tells who joins and leaves and who is waited for. */
  narrated: boolean
  /** Salesforce offers a stream of events. */
  events: boolean
}

/**
 * Sets the milliseconds by which Salesforce's clock, as its responses tell it in whole seconds, may
 * differ from the timestamps of its entries.
 */
export const clockMarginMs = 5000

/** Sets the milliseconds within which the head of an event stream must arrive. */
export const eventStreamOpenMs = 2000

/** Describes a Salesforce token for one person. `expiresAt`: epoch milliseconds. */
export type SalesforceToken = {
  /**
   * Holds all that is needed to reach Salesforce with; only the dialect that made it can read it.
   */
  token: string
  expiresAt: number
  /** Holds the deployment's offer to visitors. */
  offer: { prechat: Prechat | null; attachments: Attachments | null }
}

/** Describes one conversation as its owner reaches it, by its name in Salesforce. */
export type ConversationRef = { token: string; conversationId: string }

type Attributes = Readonly<Record<string, string>>

/**
 * Describes what a session is opened with. `contextParameters`: those of the attributes that came
 * under this name, for a dialect that tells them apart.
 */
export type SessionOptions = {
  routingAttributes: Attributes
  contextParameters?: Attributes
  language: string | null
}

/** Describes a checked file, with the text sent beside it. */
export type FileContent = {
  messageType: 'AttachmentMessage'
  file: { name: string; type: string; bytes: Uint8Array<ArrayBuffer> }
  text: string | null
}

/** Describes a file of the visitor, as a message. */
export type OutgoingFile = { id: string } & FileContent

/**
 * Describes a message of the visitor, in the terms of the contract's send; `id` is the message's
 * own.
 */
export type OutgoingMessage = { id: string } & (
  | Without<MessageRequest, 'conversationId' | 'id' | 'routingAttributes'>
  | FileContent
)

/**
 * Describes the result of a send: Salesforce's time for it, epoch milliseconds, and the id under
 * which it is listed; null when Salesforce does not say.
 */
export type SendResult = { at: number; listedAs: string | null }

/**
 * Describes a conversation as Salesforce lists it; `endedAt`: epoch milliseconds, null while it is
 * open.
 */
export type ListedConversation = { id: string; endedAt: number | null }

/** Says that the visitor has got or seen a message; `id` is the receipt's own. */
export type Receipt = { id: string; messageId: string; kind: 'read' | 'delivered' }

/** Describes a file as it comes; `bytes` is its length, where Salesforce states it. */
export type StreamedFile = { body: ReadableStream<Uint8Array>; bytes: number | null }

/** Names who handles the conversation, as far as Salesforce's routing status shows (`enhanced-chat-api.md §2.8`). */
export type RoutingStatus = 'queue' | 'none' | 'unknown'

export type Messaging = {
  traits: Traits
  /** Creates a token for this person; where tokens cannot be renewed, for a new guest. */
  createToken(subject: string): Promise<SalesforceToken>
  /** Takes a token back that can be renewed, where Salesforce offers that. */
  revokeToken(token: string): Promise<void>
  /**
   * Opens the conversation of the name proposed and gives the one it has then. One that the token's
   * owner has open under this name is that conversation.
   * @throws {GatewayError} outside_business_hours when no new conversation is taken now
   * @throws {GatewayError} conversation_ended when the owner has closed one of this name
   */
  createConversation(ref: ConversationRef, session: SessionOptions): Promise<string>
  /** Reads one page of entries within `timeoutMs`, in one attempt: callers count them. */
  listConversationEntries(
    ref: ConversationRef,
    request: PageRequest,
    timeoutMs: number,
  ): Promise<EntryPage>
  /**
   * Opens Salesforce's event stream, and resolves when its head has arrived (`eventStreamOpenMs`). The
   * events are those of this conversation from now on; of those that Salesforce replays, only changes
   * of the list are left, and what is later than `after`, the date of an entry. The iterable never
   * throws: it ends when the stream ends or fails. Its connection lives until then, until the
   * iteration is left or until the signal is aborted, so the signal must be aborted where the
   * iteration may never begin.
   * @throws {GatewayError} unsupported where `traits.events` is false
   */
  openEventStream(
    ref: ConversationRef,
    options: { after: number; signal: AbortSignal },
  ): Promise<AsyncIterable<ConversationEvent>>
  /**
   * Sends a text, or an answer to a choice or a form. `session` opens a new messaging session with it.
   * @throws {GatewayError} prechat_required when a session must be opened first
   */
  sendMessage(
    ref: ConversationRef,
    message: Exclude<OutgoingMessage, OutgoingFile>,
    session: SessionOptions | null,
  ): Promise<SendResult>
  /**
   * Sends a file; `session` as for `sendMessage`.
   * @throws {GatewayError} prechat_required, payload_too_large, unsupported_media_type
   */
  sendFile(
    ref: ConversationRef,
    file: OutgoingFile,
    session: SessionOptions | null,
  ): Promise<SendResult>
  /** Shows that the visitor began or ceased to type; no list holds it. */
  addTypingIndicator(ref: ConversationRef, id: string, what: 'started' | 'stopped'): Promise<void>
  /** Gives receipts; the same one again changes nothing. */
  acknowledgeEntries(ref: ConversationRef, receipts: readonly Receipt[]): Promise<void>
  retrieveConversationRoutingStatus(ref: ConversationRef): Promise<RoutingStatus>
  /**
   * Streams the transcript as a PDF. The stream fails with `upstream_timeout` or
   * `upstream_unavailable` when it breaks off; cancelled, it ends the connection to Salesforce.
   * @throws {GatewayError} conversation_lost also where the organisation does not offer it
   */
  retrieveConversationTranscript(ref: ConversationRef): Promise<StreamedFile>
  /** Lists the conversations of the token's person, the closed ones too. */
  listConversations(token: string): Promise<readonly ListedConversation[]>
  /** Returns the business hours; no token is needed. Empty when there are none. */
  getBusinessHours(): Promise<OpenHours>
  /** Closes the conversation for good. */
  closeConversation(ref: ConversationRef): Promise<void>
  /** Ends the messaging session; the conversation stays open. */
  endMessagingSession(ref: ConversationRef): Promise<void>
}
