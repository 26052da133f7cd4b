/** Builds the replies of a poll: messages, cursors, the conversation's state and the pace. */
import type { Clock } from '../clock.js'
import { isoTime } from '../contract/common.js'
import type { PollReply } from '../contract/replies.js'
import type { Cursor, Cursors } from '../polling/cursor.js'
import type { EntryMessage } from '../polling/entries.js'
import type { HistoryPage } from '../polling/history.js'
import { eventWaitSeconds, pollAfterMs } from '../polling/pace.js'
import type { PollPage } from '../polling/poll-pages.js'
import { type ConversationState, unknownState } from '../polling/state.js'
import type { Messaging } from '../salesforce/messaging.js'
import type { ListGrant } from '../store/list-budget.js'
import type { StoredConversation } from '../store/record.js'
import { type News, quietOf } from './news.js'
import type { OwnedConversation } from './salesforce-tokens.js'

type Options = { messaging: Messaging; cursors: Cursors; clock: Clock }

/**
 * Describes the state of the caller's poll limit, so that the pace can slow before the limit
 * refuses, and the look into Salesforce's list that was asked for with it.
 */
export type Allowance = { remaining: number; resetMs: number; look: ListGrant }

/** Sets the milliseconds after an end in which entries may still show. */
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
export function isSettled(
  { status, endedAt }: StoredConversation,
  page: PollPage,
  clock: Clock,
): boolean {
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

export function createPollReplies({ messaging, cursors, clock }: Options) {
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

  /** Answers with a page of history, which says nothing of the conversation's present state. */
  function olderReplyOf(conversation: StoredConversation, page: HistoryPage): PollReply {
    const { id } = conversation
    return {
      messages: withId(id, page.messages),
      cursor: null,
      hasMore: false,
      before: page.before && cursors.sealHistory(page.before, id),
      pollAfterMs: null,
      waitSeconds: 0,
      conversation: conversationOf(conversation, unknownState),
    }
  }

  return { replyOf, replyWithoutLook, olderReplyOf }
}
