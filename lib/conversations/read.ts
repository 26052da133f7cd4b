/** Reads what happened in a conversation; writes nothing, and remembers nothing on the server. */
import { setTimeout as sleep } from 'node:timers/promises'
import { isoTime } from '../contract/common.js'
import type { PollReply } from '../contract/replies.js'
import type { Cursors } from '../polling/cursor.js'
import type { EntryMessage, ListEntries } from '../polling/entries.js'
import { pollAfterMs } from '../polling/pace.js'
import { type Reading, readNewest, readOlder, readSince } from '../polling/read.js'
import { type ConversationState, unknownState } from '../polling/state.js'
import { GatewayError, isProblem } from '../problem.js'
import { extendDeadline } from '../request.js'
import type { Messaging, Reach } from '../salesforce/messaging.js'
import type { StoredConversation } from '../store/record.js'
import type { Echoes } from './echoes.js'
import type { Own, Reaches } from './reach.js'

/** What a poll asks for. `waitSeconds`: how long it may stay open until there is something to say. */
export type Question = {
  cursor?: string | undefined
  before?: string | undefined
  limit: number
  waitSeconds: number
}

/** Where the caller's poll limit stands, so that the pace can slow before it refuses. */
export type Allowance = { remaining: number; resetMs: number }

type Options = { messaging: Messaging; reaches: Reaches; cursors: Cursors; echoes: Echoes }

/** While it waits, a poll reads Salesforce once in this time. */
const waitStepMs = 1000

/** Entries may show this long after an end. */
const lingerMs = 2000

function conversationOf(
  { id, status, expiresAt }: StoredConversation,
  state: ConversationState,
): PollReply['conversation'] {
  const isOver = status === 'ended' || state.closed
  return {
    id,
    status: isOver ? 'ended' : 'open',
    handledBy: isOver ? 'none' : state.handledBy,
    participants: isOver
      ? []
      : state.participants.map(({ role, displayName }) => ({ role, displayName })),
    endedBy: isOver ? (state.endedBy ?? 'EndUser') : state.endedBy,
    estimatedWaitSeconds: isOver ? null : state.estimatedWaitSeconds,
    expiresAt: expiresAt === null ? null : isoTime(expiresAt),
  }
}

/** Whether nothing more can come: it is over, by our record or by its entries, and has been for a moment. */
function isSettled({ status, endedAt }: StoredConversation, reading: Reading): boolean {
  if (status === 'ended') return Date.now() - (endedAt ?? 0) > lingerMs
  return reading.state.closed && reading.now - reading.cursor.newest > lingerMs
}

function withId(conversationId: string, messages: readonly EntryMessage[]) {
  return messages.map((message) => ({ ...message, conversationId }))
}

export function createReader({ messaging, reaches, cursors, echoes }: Options) {
  const listOf =
    ({ conversation }: Own, reach: Reach): ListEntries =>
    async (request) =>
      echoes.recognise(conversation.id, await messaging.list(reach, request))

  /** What the entries do not tell is asked once; when that fails too, it stays unknown. */
  async function whoHandles(reach: Reach): Promise<ConversationState> {
    try {
      return { ...unknownState, handledBy: await messaging.routing(reach) }
    } catch (error) {
      if (isProblem(error)) return unknownState
      throw error
    }
  }

  async function first(own: Own, reach: Reach, limit: number): Promise<Reading> {
    const reading = await readNewest(listOf(own, reach), limit)
    if (reading.state.handledBy !== 'unknown' || !messaging.traits.narrated) return reading
    const state = await whoHandles(reach)
    return { ...reading, state, cursor: { ...reading.cursor, base: state } }
  }

  async function onwards(
    own: Own,
    reach: Reach,
    sealed: string,
    question: Question,
  ): Promise<Reading> {
    const { conversation } = own
    const cursor = cursors.openCursor(sealed, conversation.id)
    if (!cursor) throw new GatewayError('cursor_invalid')
    const waitUntil = Date.now() + question.waitSeconds * 1000
    extendDeadline(question.waitSeconds * 1000)
    let nextReadAt = Date.now() + waitStepMs
    const list = listOf(own, reach)
    let reading = await readSince(list, cursor, question.limit)
    const before = JSON.stringify(reading.state)
    const isSilent = () =>
      reading.messages.length === 0 &&
      !reading.hasMore &&
      !isSettled(conversation, reading) &&
      JSON.stringify(reading.state) === before
    while (isSilent() && Date.now() < waitUntil) {
      const isLast = nextReadAt > waitUntil
      await sleep(Math.max(0, (isLast ? waitUntil : nextReadAt) - Date.now()))
      if (isLast) break
      nextReadAt = Date.now() + waitStepMs
      reading = await readSince(list, cursor, question.limit)
    }
    return reading
  }

  async function older(own: Own, reach: Reach, sealed: string, limit: number): Promise<PollReply> {
    const { conversation } = own
    const mark = cursors.openHistory(sealed, conversation.id)
    if (!mark) throw new GatewayError('cursor_invalid')
    const { messages, before } = await readOlder(listOf(own, reach), mark, limit)
    return {
      messages: withId(conversation.id, messages),
      cursor: null,
      hasMore: false,
      before: before && cursors.sealHistory(before, conversation.id),
      pollAfterMs: null,
      conversation: conversationOf(conversation, unknownState),
    }
  }

  function replyOf({ conversation }: Own, reading: Reading, allowance: Allowance): PollReply {
    const { cursor, before, hasMore, now, lastSpeaker } = reading
    const state = messaging.traits.narrated ? reading.state : unknownState
    return {
      messages: withId(conversation.id, reading.messages),
      cursor: cursors.sealCursor(cursor, conversation.id),
      hasMore,
      before: before && cursors.sealHistory(before, conversation.id),
      pollAfterMs: pollAfterMs({
        quietMs: cursor.newest === 0 ? null : now - cursor.newest,
        lastSpeaker,
        hasMore,
        ended: isSettled(conversation, reading),
        ...allowance,
      }),
      conversation: conversationOf(conversation, state),
    }
  }

  /** Answers a poll. Throws `cursor_invalid`, `conversation_lost` and what Salesforce may cause. */
  return function read(own: Own, question: Question, allowance: Allowance): Promise<PollReply> {
    return reaches.within(own, async (reach) => {
      const { cursor, before, limit } = question
      if (before !== undefined) return older(own, reach, before, limit)
      const reading =
        cursor === undefined
          ? await first(own, reach, limit)
          : await onwards(own, reach, cursor, question)
      return replyOf(own, reading, allowance)
    })
  }
}
