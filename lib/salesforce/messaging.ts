/**
 * The port: what the gateway needs of Salesforce, in the gateway's words. Every verb throws
 * `GatewayError` only: `rate_limited` (Salesforce's 429), `upstream_unavailable` and
 * `upstream_timeout` (with `effect: 'unknown'` when the call may have happened all the same),
 * `upstream_rejected` (a refusal or nonsense), `conversation_lost` (this token may not, or may no
 * longer, do that).
 */
import type { Without } from '../contract/common.js'
import type { Attachments, Prechat } from '../contract/replies.js'
import type { SayRequest } from '../contract/requests.js'
import type { EntryPage, PageRequest } from '../polling/entries.js'

/** A Salesforce token and the person it stands for. `expiresAt`: epoch milliseconds. */
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

/** What a visitor says, in the words of the contract's send; `id` is the message's own. */
export type Saying = { id: string } & Without<
  SayRequest,
  'conversationId' | 'id' | 'routingAttributes'
>

/** Says that the visitor has got or seen a message; `id` is the receipt's own. */
export type Receipt = { id: string; messageId: string; kind: 'read' | 'delivered' }

/** Who is in charge, as far as Salesforce's routing status tells (`enhanced-chat-api.md §2.8`). */
export type Routing = 'queue' | 'none' | 'unknown'

export type Messaging = {
  /** A new person and the token for it; a guest's cannot be renewed. */
  admitGuest(): Promise<Pass>
  /** Opens the conversation; asking again for the same one changes nothing. */
  open(reach: Reach, opening: Opening): Promise<void>
  /** Reads one page of entries. */
  list(reach: Reach, request: PageRequest): Promise<EntryPage>
  /**
   * Says one thing and gives Salesforce's time for it, epoch milliseconds. `opening` opens a new
   * messaging session with it. Throws `prechat_required` when a session must be opened first.
   */
  say(reach: Reach, saying: Saying, opening: Opening | null): Promise<number>
  /** Shows that the visitor began or ceased to type; no list holds it. */
  type(reach: Reach, id: string, what: 'started' | 'stopped'): Promise<void>
  /** Gives receipts; the same one again changes nothing. */
  acknowledge(reach: Reach, receipts: readonly Receipt[]): Promise<void>
  routing(reach: Reach): Promise<Routing>
  /** Ends the messaging session, or closes the conversation for good. */
  end(reach: Reach, scope: 'session' | 'conversation'): Promise<void>
}
