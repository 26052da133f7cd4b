/** Reads what happened in a conversation; writes nothing, and remembers nothing on the server. */
import type { Clock } from '../clock.js'
import { isoTime } from '../contract/common.js'
import type { PollReply } from '../contract/replies.js'
import type { Cursor, Cursors } from '../polling/cursor.js'
import type { EntryMessage, ListEntries } from '../polling/entries.js'
import { olderPage } from '../polling/history.js'
import { eventWaitSeconds, pollAfterMs } from '../polling/pace.js'
import { newestPage, type PollPage } from '../polling/poll-pages.js'
import { type ConversationState, unknownState } from '../polling/state.js'
import { GatewayError, problemAs } from '../problem.js'
import { extendDeadline } from '../request.js'
import type { ConversationRef, Messaging } from '../salesforce/messaging.js'
import type { ListGrant } from '../store/list-budget.js'
import type { StoredConversation } from '../store/record.js'
import type { ConversationAccess } from './access.js'
import { createEndConfirmation } from './confirm-ends.js'
import type { EchoMatching } from './echo-matching.js'
import type { Listing, WhenEmpty } from './listing.js'
import { openLiveEvents } from './live-events.js'
import { awaitNews, type News, quietOf } from './news.js'
import type { OwnedConversation } from './salesforce-tokens.js'
import type { StreamGate } from './stream-gate.js'

/** Parameters of a poll. `waitSeconds`: how long it may stay open until there is news. */
export type PollOptions = {
  cursor?: string | undefined
  before?: string | undefined
  limit: number
  waitSeconds: number
}

/**
 * State of the caller's poll limit, so that the pace can slow before the limit refuses, and the look
 * into Salesforce's list that was asked for with it.
 */
export type Allowance = { remaining: number; resetMs: number; look: ListGrant }

type Options = {
  messaging: Messaging
  access: ConversationAccess
  cursors: Cursors
  echoMatching: EchoMatching
  listing: Listing
  gate: StreamGate
  clock: Clock
  /** `wait`: a poll that waits listens to Salesforce's event stream. */
  events: 'off' | 'wait'
}

/** Milliseconds after an end in which entries may still show. */
const lingerMs = 2000

function conversationOf(
  { id, status, expiresAt }: StoredConversation,
  state: ConversationState,
): PollReply['conversation'] {
  const isEnded = status === 'ended' || state.closed
  return {
    id,
    status: isEnded ? 'ended' : 'open',
    handledBy: isEnded ? 'none' : state.handledBy,
    participants: isEnded
      ? []
      : state.participants.map(({ role, displayName }) => ({ role, displayName })),
    endedBy: isEnded ? (state.endedBy ?? 'EndUser') : state.endedBy,
    estimatedWaitSeconds: isEnded ? null : state.estimatedWaitSeconds,
    expiresAt: expiresAt === null ? null : isoTime(expiresAt),
  }
}

/**
 * Tells that nothing more can come: the conversation has been over for a moment, by the record or
 * by its entries.
 */
function isSettled({ status, endedAt }: StoredConversation, page: PollPage, clock: Clock): boolean {
  if (status === 'ended') return clock.now() - (endedAt ?? 0) > lingerMs
  return page.state.closed && page.now - page.cursor.newest > lingerMs
}

function withId(conversationId: string, messages: readonly EntryMessage[]) {
  return messages.map((message) => ({ ...message, conversationId }))
}

/** Describes what a reply tells beside its page. `canListen`: the next poll may wait for events. */
type PollContext = Omit<News, 'page'> & {
  canListen: boolean
  hasWaited: boolean
}

export function createPoll(options: Options) {
  const { messaging, access, cursors, echoMatching, listing, gate, clock } = options

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
    cursor: Cursor,
    { limit, waitSeconds }: PollOptions,
    grant: ListGrant,
  ): Promise<News> {
    const waitUntil = Date.now() + waitSeconds * 1000
    extendDeadline(waitSeconds * 1000)
    return await awaitNews(
      { cursor, limit, waitUntil, grant },
      {
        take: () => listing.take(owned),
        giveBack: () => listing.giveBack(owned),
        listAfterGrant: () => entriesOf(owned, ref, 'stop', true),
        openEvents: mayListen(owned, ref)
          ? (onEvent) => openLiveEvents({ messaging, gate, after: cursor.newest }, ref, onEvent)
          : null,
        clock,
        isSettled: (page) => isSettled(owned.conversation, page, clock),
      },
    )
  }

  async function olderPageOf(
    { conversation }: OwnedConversation,
    list: ListEntries,
    sealed: string,
    limit: number,
  ): Promise<PollReply> {
    const mark = cursors.openHistory(sealed, conversation.id)
    if (!mark) throw new GatewayError('cursor_invalid')
    const { messages, before } = await olderPage(list, mark, limit)
    return {
      messages: withId(conversation.id, messages),
      cursor: null,
      hasMore: false,
      before: before && cursors.sealHistory(before, conversation.id),
      pollAfterMs: null,
      waitSeconds: 0,
      conversation: conversationOf(conversation, unknownState),
    }
  }

  function conversationReply({ conversation }: OwnedConversation, state: ConversationState) {
    return conversationOf(conversation, messaging.traits.narrated ? state : unknownState)
  }

  function replyOf(
    owned: OwnedConversation,
    page: PollPage,
    { lookWaitMs, activity, canListen, isLookOwed }: PollContext,
    { remaining, resetMs }: Allowance,
  ): PollReply {
    const { id } = owned.conversation
    const { before, hasMore } = page
    const cursor = { ...page.cursor, heardUntil: hasMore || isLookOwed ? null : clock.now() }
    const hasEvents = canListen && !page.state.closed
    return {
      messages: withId(id, page.messages),
      cursor: cursors.sealCursor(cursor, id),
      hasMore,
      before: before && cursors.sealHistory(before, id),
      pollAfterMs: pollAfterMs({
        ...quietOf(page),
        hasMore,
        ended: isSettled(owned.conversation, page, clock),
        lookWaitMs,
        hasEvents,
        remaining,
        resetMs,
      }),
      waitSeconds: hasEvents ? eventWaitSeconds : 0,
      ...(activity && { activity }),
      conversation: conversationReply(owned, page.state),
    }
  }

  /** Answers from the cursor, without a look: nothing is lost, and the caller asks again later. */
  function replyWithoutLook(
    owned: OwnedConversation,
    { text, cursor }: { text: string; cursor: Cursor },
    { lookWaitMs, activity, canListen, hasWaited }: PollContext,
  ): PollReply {
    const state = cursor.state ?? cursor.stateBefore
    const hasEvents = canListen && !state.closed
    return {
      messages: [],
      cursor: text,
      hasMore: false,
      before: null,
      pollAfterMs: hasEvents && hasWaited ? 0 : lookWaitMs,
      waitSeconds: hasEvents ? eventWaitSeconds : 0,
      ...(activity && { activity }),
      conversation: conversationReply(owned, state),
    }
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
      const news = await newsSince(owned, ref, cursor, options, grant)
      const hasWaited = options.waitSeconds > 0
      const context = { ...news, hasWaited, canListen: mayListen(owned, ref) }
      return news.page
        ? replyOf(owned, news.page, context, allowance)
        : replyWithoutLook(owned, { text, cursor }, context)
    })
  }
}
