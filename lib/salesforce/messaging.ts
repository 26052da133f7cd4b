/**
 * The port: what the gateway needs of Salesforce, in the gateway's words. Every verb throws
 * `GatewayError` only: `rate_limited` (Salesforce's 429), `upstream_unavailable` and
 * `upstream_timeout` (with `effect: 'unknown'` when the call may have happened all the same),
 * `upstream_rejected` (a refusal or nonsense), `conversation_lost` (this token may not, or may no
 * longer, do that), `unsupported` (the organisation does not offer it).
 */
import type { Without } from '../contract/common.js'
import type { Attachments, Prechat } from '../contract/replies.js'
import type { SayRequest } from '../contract/requests.js'
import type { EntryPage, PageRequest } from '../polling/entries.js'
import type { OpenHours } from '../polling/hours.js'

/** A Salesforce token for one person. `expiresAt`: epoch milliseconds. */
export type Pass = {
  token: string
  expiresAt: number
  /** What the deployment offers to visitors. */
  offer: { prechat: Prechat | null; attachments: Attachments | null }
}

/** One conversation as its owner reaches it. */
export type Reach = { token: string; conversationId: string }

export type Opening = {
  routingAttributes: Readonly<Record<string, string>>
  language: string | null
}

/** A file that was found to be what it says, with what is said beside it. */
export type FileContent = {
  messageType: 'AttachmentMessage'
  file: { name: string; type: string; bytes: Uint8Array<ArrayBuffer> }
  text: string | null
}

/** What a visitor says, in the words of the contract's send; `id` is the message's own. */
export type Saying = { id: string } & (
  | Without<SayRequest, 'conversationId' | 'id' | 'routingAttributes'>
  | FileContent
)

/** A conversation as Salesforce lists it; `endedAt`: epoch milliseconds, null while it is open. */
export type ListedConversation = { id: string; endedAt: number | null }

/** Says that the visitor has got or seen a message; `id` is the receipt's own. */
export type Receipt = { id: string; messageId: string; kind: 'read' | 'delivered' }

/** Who is in charge, as far as Salesforce's routing status tells (`enhanced-chat-api.md §2.8`). */
export type Routing = 'queue' | 'none' | 'unknown'

export type Messaging = {
  /** Whether a person is known by their subject, so that tokens can be renewed; otherwise each token is a new guest. */
  knowsPeople: boolean
  /** A token for this person; where people are not known, for a new guest. */
  admit(subject: string): Promise<Pass>
  /** Takes a known person's token back. */
  revoke(token: string): Promise<void>
  /** Opens the conversation; asking again for the same one changes nothing. */
  open(reach: Reach, opening: Opening): Promise<void>
  /** Reads one page of entries. */
  list(reach: Reach, request: PageRequest): Promise<EntryPage>
  /**
   * Says one thing, in words or by a file, and gives Salesforce's time for it, epoch milliseconds.
   * `opening` opens a new messaging session with it. Throws `prechat_required` when a session must be
   * opened first; of a file also `payload_too_large`, `unsupported_media_type` and `unsupported`.
   */
  say(reach: Reach, saying: Saying, opening: Opening | null): Promise<number>
  /** Shows that the visitor began or ceased to type; no list holds it. */
  type(reach: Reach, id: string, what: 'started' | 'stopped'): Promise<void>
  /** Gives receipts; the same one again changes nothing. */
  acknowledge(reach: Reach, receipts: readonly Receipt[]): Promise<void>
  routing(reach: Reach): Promise<Routing>
  /** What was said, as a PDF. Throws `unsupported` where the organisation does not allow it. */
  transcript(reach: Reach): Promise<ReadableStream<Uint8Array>>
  /** The conversations of whom the token stands for, the closed ones too. */
  conversations(token: string): Promise<readonly ListedConversation[]>
  /** When somebody is there; no token is needed. Empty when nothing is said about it. */
  businessHours(): Promise<OpenHours>
  /** Ends the messaging session, or closes the conversation for good. */
  end(reach: Reach, scope: 'session' | 'conversation'): Promise<void>
}
