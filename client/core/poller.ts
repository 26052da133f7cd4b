/** Polls a conversation, in this tab or through another, and updates the snapshot. */

import type { PollReply } from './api-types.js'
import type { ChatContext } from './context.js'
import type { Tabs } from './coordination.js'
import { createLoop } from './loop.js'
import type { Outbox } from './outbox.js'
import { ChatProblem, type ProblemMembers } from './problem.js'
import type { ChatMessage, Connection } from './snapshot.js'
import { isFromOthers, ordered } from './timeline.js'

export type Poller = ReturnType<typeof createPoller>

const hiddenPaceMs = 20_000
const soonMs = 400

const connectionByCode: Partial<Record<string, Connection>> = {
  conversation_ended: 'ended',
  conversation_lost: 'lost',
  conversation_not_found: 'lost',
  refresh_rejected: 'lost',
}

/** Tells from a problem that the conversation itself is over. */
export const isFinal = ({ code }: ProblemMembers) => code in connectionByCode

/**
 * @param joinTabs where tabs divide the reading: at the table of a conversation
 * @param prepare opens the conversation that is to be read, where it is not open yet
 * @param onFinal the conversation is over, one way or the other
 */
export function createPoller(
  { call, state, environment }: ChatContext,
  outbox: Outbox,
  joinTabs: Tabs | undefined,
  prepare: (life: AbortController) => Promise<void>,
  onFinal: (problem: ChatProblem) => void,
) {
  const { getSnapshot, set, emit } = state
  let conversationId = ''
  let known = new Map<string, ChatMessage>()
  let cursor: string | undefined
  let before: string | null = null
  let coordination: ReturnType<Tabs> | undefined

  function fetchPage(position: Record<string, string>, life?: AbortController): Promise<PollReply> {
    const query = new URLSearchParams({ conversationId, ...position })
    return call(`/api/poll?${query}`, { life })
  }

  async function turn(life: AbortController): Promise<number | null> {
    await prepare(life)
    const from = cursor
    const page = await fetchPage(from ? { cursor: from } : {}, life)
    life.signal.throwIfAborted()
    add(page, from)
    coordination?.post({ kind: 'page', page, from })
    const { hasMore, pollAfterMs } = page
    if (hasMore) return 0
    return pollAfterMs && environment.isHidden() ? Math.max(pollAfterMs, hiddenPaceMs) : pollAfterMs
  }

  function onFailure(problem: ChatProblem): number | undefined {
    if (problem.code === 'cursor_invalid' && cursor) {
      cursor = undefined
      return 0
    }
    fail(problem)
    coordination?.post({ kind: 'problem', problem: { ...problem } })
    return undefined
  }

  const { start, stop, soon, now } = createLoop(turn, onFailure, soonMs)

  function show(): void {
    const own = outbox.messages().filter(({ id }) => !known.has(id))
    set({ messages: ordered([...known.values(), ...own]), hasOlder: !!before })
  }

  /** Those that were not known. */
  function newMessagesOf(page: PollReply): ChatMessage[] {
    const fresh = page.messages.filter(({ id }) => !known.has(id))
    return fresh.map((message) => ({ ...message, delivery: 'delivered' }))
  }

  /** A page of the newest is joined to what is known if it begins with something known; else it begins the list. */
  function add(page: PollReply, from: string | undefined): void {
    cursor = page.cursor ?? cursor
    const [oldest] = page.messages
    if (!from && oldest && !known.has(oldest.id)) {
      before = page.before
      known = new Map()
    }
    const fresh = newMessagesOf(page)
    for (const message of fresh) known.set(message.id, message)
    outbox.remove(({ id }) => known.has(id))
    if (fresh[0]) show()
    const { conversation } = page
    const { connection, conversation: shown } = getSnapshot()
    if (JSON.stringify(conversation) !== JSON.stringify(shown)) set({ conversation })
    // What was said last may come after the end: it is read on for as long as the server wants.
    if (conversation.status === 'ended')
      fail(new ChatProblem({ code: 'conversation_ended', retryable: false }))
    else set({ connection: 'online', problem: null })
    // What is said waits while it does not stand well, with whichever tab finds out that it does again.
    if (connection !== 'online') outbox.flush()
    for (const message of from ? fresh : []) {
      if (message.sender.role === 'EndUser') emit('delivery', message)
      else if (isFromOthers(message)) emit('message', message)
    }
  }

  function fail(problem: ChatProblem): void {
    const { code, retryable } = problem
    const interrupted = environment.isOnline() ? 'retrying' : 'offline'
    const prechat = problem.prechat ?? getSnapshot().prechat
    const stopped = prechat ? 'idle' : 'refused'
    set({
      ...{ problem, prechat },
      connection: connectionByCode[code] ?? (retryable ? interrupted : stopped),
    })
    if (isFinal(problem)) {
      onFinal(problem)
      soon()
    }
  }

  function close(): void {
    coordination?.close()
    coordination = undefined
    stop()
  }

  return {
    show,
    trouble: fail,
    close,
    now,
    /** Reads, after preparing. */
    start,
    /** Something is about to come: whoever reads is told. */
    soon(): void {
      soon()
      coordination?.post({ kind: 'pollSoon' })
    },
    /** From now on it is about this conversation; who sits at a table waits to be told to read. */
    enter(id: string): void {
      if (conversationId !== id) {
        conversationId = id
        known = new Map()
        before = null
        cursor = undefined
      }
      show()
      coordination?.close()
      if (!joinTabs || !id) return
      stop()
      coordination = joinTabs(id, {
        environment,
        getSnapshot,
        lead: start,
        follow: stop,
        pollSoon: soon,
        position: () => ({ cursor, before }),
        fail: (members) => fail(new ChatProblem(members)),
        add,
      })
    },
    async loadOlder(): Promise<void> {
      const from = before
      if (!from) return
      const page = await fetchPage({ before: from })
      if (before !== from) return
      before = page.before
      known = new Map([...newMessagesOf(page).map((each) => [each.id, each] as const), ...known])
      show()
    },
  }
}
