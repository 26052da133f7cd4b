/** Reads what happened in a conversation; writes nothing, and remembers nothing on the server. */
import { setTimeout as sleep } from 'node:timers/promises'
import { isoTime } from '../contract/common.js'
import type { PollReply } from '../contract/replies.js'
import type { Cursors } from '../polling/cursor.js'
import type { EntryMessage, ListEntries } from '../polling/entries.js'
import { pollAfterMs } from '../polling/pace.js'
import { newestPage, nextPage, olderPage, type PollPage } from '../polling/poll-pages.js'
import { type ConversationState, unknownState } from '../polling/state.js'
import { GatewayError, isProblem } from '../problem.js'
import { extendDeadline } from '../request.js'
import type { ConversationRef, Messaging } from '../salesforce/messaging.js'
import type { StoredConversation } from '../store/record.js'
import type { ConversationAccess } from './access.js'
import type { EchoMatching } from './echo-matching.js'
import type { OwnedConversation } from './salesforce-tokens.js'

/** Parameters of a poll. `waitSeconds`: how long it may stay open until there is news. */
export type PollOptions = {
  cursor?: string | undefined
  before?: string | undefined
  limit: number
  waitSeconds: number
}

/** State of the caller's poll limit, so that the pace can slow before the limit refuses. */
export type Allowance = { remaining: number; resetMs: number }

type Options = {
  messaging: Messaging
  access: ConversationAccess
  cursors: Cursors
  echoMatching: EchoMatching
}

/** While it waits, a poll reads Salesforce once in this time. */
const rereadIntervalMs = 1000

/** Entries may show this long after an end. */
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
function isSettled({ status, endedAt }: StoredConversation, page: PollPage): boolean {
  if (status === 'ended') return Date.now() - (endedAt ?? 0) > lingerMs
  return page.state.closed && page.now - page.cursor.newest > lingerMs
}

function withId(conversationId: string, messages: readonly EntryMessage[]) {
  return messages.map((message) => ({ ...message, conversationId }))
}

export function createPoll({ messaging, access, cursors, echoMatching }: Options) {
  const entryLister =
    ({ conversation }: OwnedConversation, ref: ConversationRef): ListEntries =>
    async (request) =>
      echoMatching.matchEchoes(
        conversation.id,
        await messaging.listConversationEntries(ref, request),
      )

  /**
   * Asks once for the state that the entries do not tell; when that fails too, it stays unknown.
   */
  async function routingState(ref: ConversationRef): Promise<ConversationState> {
    try {
      return { ...unknownState, handledBy: await messaging.retrieveConversationRoutingStatus(ref) }
    } catch (error) {
      if (isProblem(error)) return unknownState
      throw error
    }
  }

  async function newestPageOf(
    owned: OwnedConversation,
    ref: ConversationRef,
    limit: number,
  ): Promise<PollPage> {
    const page = await newestPage(entryLister(owned, ref), limit)
    if (page.state.handledBy !== 'unknown' || !messaging.traits.narrated) return page
    const state = await routingState(ref)
    return { ...page, state, cursor: { ...page.cursor, stateBefore: state } }
  }

  async function nextPageOf(
    owned: OwnedConversation,
    ref: ConversationRef,
    sealed: string,
    options: PollOptions,
  ): Promise<PollPage> {
    const { conversation } = owned
    const cursor = cursors.openCursor(sealed, conversation.id)
    if (!cursor) throw new GatewayError('cursor_invalid')
    const waitUntil = Date.now() + options.waitSeconds * 1000
    extendDeadline(options.waitSeconds * 1000)
    let nextReadAt = Date.now() + rereadIntervalMs
    const list = entryLister(owned, ref)
    let page = await nextPage(list, cursor, options.limit)
    const before = JSON.stringify(page.state)
    const hasNoNews = () =>
      page.messages.length === 0 &&
      !page.hasMore &&
      !isSettled(conversation, page) &&
      JSON.stringify(page.state) === before
    while (hasNoNews() && Date.now() < waitUntil) {
      const isLast = nextReadAt > waitUntil
      await sleep(Math.max(0, (isLast ? waitUntil : nextReadAt) - Date.now()))
      if (isLast) break
      nextReadAt = Date.now() + rereadIntervalMs
      page = await nextPage(list, cursor, options.limit)
    }
    return page
  }

  async function olderPageOf(
    owned: OwnedConversation,
    ref: ConversationRef,
    sealed: string,
    limit: number,
  ): Promise<PollReply> {
    const { conversation } = owned
    const mark = cursors.openHistory(sealed, conversation.id)
    if (!mark) throw new GatewayError('cursor_invalid')
    const { messages, before } = await olderPage(entryLister(owned, ref), mark, limit)
    return {
      messages: withId(conversation.id, messages),
      cursor: null,
      hasMore: false,
      before: before && cursors.sealHistory(before, conversation.id),
      pollAfterMs: null,
      conversation: conversationOf(conversation, unknownState),
    }
  }

  function replyOf(
    { conversation }: OwnedConversation,
    page: PollPage,
    allowance: Allowance,
  ): PollReply {
    const { cursor, before, hasMore, now, lastSpeaker } = page
    const state = messaging.traits.narrated ? page.state : unknownState
    return {
      messages: withId(conversation.id, page.messages),
      cursor: cursors.sealCursor(cursor, conversation.id),
      hasMore,
      before: before && cursors.sealHistory(before, conversation.id),
      pollAfterMs: pollAfterMs({
        quietMs: cursor.newest === 0 ? null : now - cursor.newest,
        lastSpeaker,
        hasMore,
        ended: isSettled(conversation, page),
        ...allowance,
      }),
      conversation: conversationOf(conversation, state),
    }
  }

  /** Answers a poll. Throws `cursor_invalid`, `conversation_lost` and what Salesforce may cause. */
  return function poll(
    owned: OwnedConversation,
    options: PollOptions,
    allowance: Allowance,
  ): Promise<PollReply> {
    return access.withConversation(owned, async (ref) => {
      const { cursor, before, limit } = options
      if (before !== undefined) return olderPageOf(owned, ref, before, limit)
      const page =
        cursor === undefined
          ? await newestPageOf(owned, ref, limit)
          : await nextPageOf(owned, ref, cursor, options)
      return replyOf(owned, page, allowance)
    })
  }
}
