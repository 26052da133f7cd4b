/** Reads what happened in a conversation; writes nothing, and remembers nothing on the server. */
import type { Clock } from '../clock.js'
import type { PollReply } from '../contract/replies.js'
import type { Cursors } from '../polling/cursor.js'
import type { ListEntries } from '../polling/entries.js'
import { olderPage } from '../polling/history.js'
import { newestPage } from '../polling/poll-pages.js'
import { type ConversationState, unknownState } from '../polling/state.js'
import { GatewayError, problemAs } from '../problem.js'
import type { ConversationRef, Messaging } from '../salesforce/messaging.js'
import type { ListGrant } from '../store/list-budget.js'
import type { ConversationAccess } from './access.js'
import { createEndConfirmation } from './confirm-ends.js'
import type { EchoMatching } from './echo-matching.js'
import type { Listing, WhenEmpty } from './listing.js'
import { openLiveEvents } from './live-events.js'
import { awaitNews, createWait, type News, type NewsRequest } from './news.js'
import { type Allowance, createPollReplies, isSettled } from './poll-reply.js'
import type { OwnedConversation } from './salesforce-tokens.js'
import type { StreamGate } from './stream-gate.js'

/** Describes parameters of a poll. `waitSeconds`: how long it may stay open until there is news. */
export type PollOptions = {
  cursor?: string | undefined
  before?: string | undefined
  limit: number
  waitSeconds: number
}

type Options = {
  messaging: Messaging
  access: ConversationAccess
  cursors: Cursors
  echoMatching: EchoMatching
  listing: Listing
  gate: StreamGate
  clock: Clock
  /**
   * Tells which polls hear events; `wait`: a poll that waits listens to Salesforce's event stream.
   */
  events: 'off' | 'wait'
}

export function createPoll(options: Options) {
  const { messaging, access, cursors, echoMatching, listing, gate, clock } = options
  const { replyOf, replyWithoutLook, olderReplyOf } = createPollReplies(options)

  /** Returns the list with the ids that visitors' messages were sent under. */
  function entriesOf(
    owned: OwnedConversation,
    ref: ConversationRef,
    whenEmpty: WhenEmpty,
    isGranted: boolean,
  ): ListEntries {
    const list = listing.entriesOf(owned, ref, whenEmpty, isGranted)
    const confirmEnds = createEndConfirmation(messaging, ref)
    return async (request) =>
      echoMatching.matchEchoes(owned.conversation.id, await confirmEnds(await list(request)))
  }

  /** Asks Salesforce once for a state that the entries do not show; it stays unknown on failure. */
  async function routingState(ref: ConversationRef): Promise<ConversationState> {
    const handledBy = await messaging
      .retrieveConversationRoutingStatus(ref)
      .catch(problemAs('unknown' as const))
    return { ...unknownState, handledBy }
  }

  async function newestPageOf(ref: ConversationRef, list: ListEntries, limit: number) {
    const page = await newestPage(list, limit)
    if (page.state.handledBy !== 'unknown' || !messaging.traits.narrated) return page
    const state = await routingState(ref)
    return { ...page, state, cursor: { ...page.cursor, stateBefore: state, state } }
  }

  function mayListen({ conversation }: OwnedConversation, ref: ConversationRef): boolean {
    const isOn = options.events === 'wait' && messaging.traits.events
    return isOn && conversation.status !== 'ended' && gate.mayOpen(ref.conversationId)
  }

  async function newsSince(
    owned: OwnedConversation,
    ref: ConversationRef,
    request: NewsRequest,
  ): Promise<News> {
    const after = request.cursor.newest
    return await awaitNews(request, {
      take: () => listing.take(owned),
      giveBack: () => listing.giveBack(owned),
      listAfterGrant: () => entriesOf(owned, ref, 'stop', true),
      openEvents: mayListen(owned, ref)
        ? (onEvent) => openLiveEvents({ messaging, gate, after }, ref, onEvent)
        : null,
      clock,
      isSettled: (page) => isSettled(owned.conversation, page, clock),
    })
  }

  /**
   * Answers with the page of history before a mark.
   * @throws {GatewayError} cursor_invalid
   */
  async function olderPageOf(
    { conversation }: OwnedConversation,
    list: ListEntries,
    sealed: string,
    limit: number,
  ): Promise<PollReply> {
    const mark = cursors.openHistory(sealed, conversation.id)
    if (!mark) throw new GatewayError('cursor_invalid')
    return olderReplyOf(conversation, await olderPage(list, mark, limit))
  }

  /**
   * Answers a poll.
   * @throws {GatewayError} cursor_invalid, conversation_lost, rate_limited for a page that is not read
   *   by a cursor, and any problem of Salesforce
   */
  return function poll(
    owned: OwnedConversation,
    options: PollOptions,
    allowance: Allowance,
  ): Promise<PollReply> {
    let granted: ListGrant | null = allowance.look
    const waitEnd = createWait(options.waitSeconds)
    return access.withConversation(owned, async (ref) => {
      const grant = granted ?? (await listing.take(owned))
      // When the token was refused, the look was taken all the same.
      granted = null
      const { cursor: text, before, limit } = options
      const firstList = () => entriesOf(owned, ref, 'wait', grant.allowed)
      if (before !== undefined) return olderPageOf(owned, firstList(), before, limit)
      if (text === undefined) {
        const page = await newestPageOf(ref, firstList(), limit)
        const lookWaitMs = grant.waitMs
        const context = { lookWaitMs, activity: null, isLookOwed: false, hasWaited: false }
        return replyOf(owned, page, { ...context, canListen: mayListen(owned, ref) }, allowance)
      }
      const cursor = cursors.openCursor(text, owned.conversation.id)
      if (!cursor) throw new GatewayError('cursor_invalid')
      const waitUntil = waitEnd()
      const news = await newsSince(owned, ref, { cursor, limit, waitUntil, grant })
      const hasWaited = options.waitSeconds > 0
      const context = { ...news, hasWaited, canListen: mayListen(owned, ref) }
      return news.page
        ? replyOf(owned, news.page, context, allowance)
        : replyWithoutLook(owned, { text, cursor }, context)
    })
  }
}
