/** Polls a conversation, in this tab or through another, and updates the snapshot. */

import { createActivity } from './activity.js'
import type { PollReply } from './api-types.js'
import type { ChatContext } from './context.js'
import type { Tabs } from './coordination.js'
import { toJson } from './json.js'
import { createLoop } from './loop.js'
import type { Outbox } from './outbox.js'
import { ChatProblem, type ProblemMembers } from './problem.js'
import type { ChatMessage, Connection, Snapshot } from './snapshot.js'
import { isFromOthers, ordered } from './timeline.js'

export type Poller = ReturnType<typeof createPoller>

const hiddenPaceMs = 20_000
/** Counts the milliseconds after a send until the gateway has something to show of it. */
const soonMs = 1000
const timeoutMs = 20_000

const connectionByCode: Partial<Record<string, Connection>> = {
  conversation_ended: 'ended',
  conversation_lost: 'lost',
  conversation_not_found: 'lost',
  refresh_rejected: 'lost',
}

/** Tells whether a problem means that the conversation itself is over. */
export const isFinal = ({ code }: ProblemMembers) => code in connectionByCode

/**
 * Creates the poller of a chat.
 *
 * @param joinTabs divides the polling among tabs, where the chat has it
 * @param prepare opens the conversation, where it is not open yet
 * @param onFinal called when the conversation has ended or is lost
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
  /** Counts the seconds that the gateway wants the next poll to wait. */
  let waitSeconds = 0
  /** Counts the seconds that the poll under way waits. */
  let waiting = 0
  const activity = createActivity((changed) => set({ activity: changed }))

  function fetchPage(
    position: { cursor?: string | undefined; before?: string },
    life?: AbortController,
    wait = 0,
  ): Promise<PollReply> {
    // By POST: browsers cache a preflight by the whole URL, which a cursor in the query changes.
    const body = { conversationId, ...position, wait }
    return call('/api/poll', { body, life, timeoutMs: timeoutMs + wait * 1000 })
  }

  async function turn(life: AbortController): Promise<number | null> {
    await prepare(life)
    const from = cursor
    // After a failure, and in a hidden page, the answer is wanted at once.
    waiting = getSnapshot().connection === 'online' && !environment.isHidden() ? waitSeconds : 0
    const page = await fetchPage({ cursor: from }, life, waiting)
    life.signal.throwIfAborted()
    add(page, from)
    coordination?.post({ kind: 'page', page, from })
    const { hasMore, pollAfterMs } = page
    if (hasMore) return 0
    const isSlow = pollAfterMs !== null && environment.isHidden()
    return isSlow ? Math.max(pollAfterMs, hiddenPaceMs) : pollAfterMs
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

  const { start, stop, now, ...loop } = createLoop(turn, onFailure)
  /** Begins a turn at once, or polls again in a page that was left. */
  let onWake = now

  /** Looks after a delay, without waiting: something new is expected to be there by then. */
  function soon(delayMs = soonMs): void {
    waitSeconds = 0
    loop.soon(delayMs, () => !!waiting)
  }

  /** Puts the known and the unsent messages into the snapshot, with other changes at once. */
  function show(changes?: Partial<Snapshot>): void {
    const unsent = outbox.messages().filter(({ id }) => !known.has(id))
    set({ messages: ordered([...known.values(), ...unsent]), hasOlder: !!before, ...changes })
  }

  /** Returns a page's messages that were not known. */
  function newMessagesOf(page: PollReply): ChatMessage[] {
    const fresh = page.messages.filter(({ id }) => !known.has(id))
    return fresh.map((message) => ({ ...message, delivery: 'delivered' }))
  }

  /**
   * Adds a page. A page of the newest messages (without `from`) joins the list if its oldest
   * message is known; else it replaces the list.
   */
  function add(page: PollReply, from: string | undefined): void {
    cursor = page.cursor ?? cursor
    waitSeconds = page.waitSeconds
    const [oldest] = page.messages
    if (!from && oldest && !known.has(oldest.id)) {
      before = page.before
      known = new Map()
    }
    const fresh = newMessagesOf(page)
    for (const message of fresh) known.set(message.id, message)
    outbox.remove(({ id }) => known.has(id))
    const heard = { activity: activity.hear(page, fresh, known) }
    if (fresh[0]) show(heard)
    else set(heard)
    const { conversation } = page
    const { connection, conversation: previous } = getSnapshot()
    if (toJson(conversation) !== toJson(previous)) set({ conversation })
    // Last messages may arrive after the end: polling goes on while the server asks for it.
    if (conversation.status === 'ended')
      fail(new ChatProblem({ code: 'conversation_ended', retryable: false }))
    else set({ connection: 'online', problem: null })
    // Messages that waited while the connection was not online are sent now, in every tab.
    if (connection !== 'online') outbox.flush()
    for (const message of from ? fresh : []) {
      if (message.sender.role === 'EndUser') emit('delivery', message)
      else if (isFromOthers(message)) emit('message', message)
    }
  }

  /** Puts a problem into the snapshot, with the connection that follows from it. */
  function fail(problem: ChatProblem): void {
    const { code, retryable } = problem
    const interrupted = environment.isOnline() ? 'retrying' : 'offline'
    const prechat = problem.prechat ?? getSnapshot().prechat
    const stopped = prechat ? 'idle' : 'refused'
    set({
      ...{ problem, prechat },
      connection: connectionByCode[code] ?? (retryable ? interrupted : stopped),
    })
    if (isFinal(problem)) onFinal(problem)
  }

  /** Joins the tabs of the conversation: polling waits until this tab leads. */
  function join(): void {
    leave()
    onWake = now
    coordination = joinTabs?.(conversationId, {
      environment,
      getSnapshot,
      lead: start,
      follow: stop,
      pollSoon: soon,
      position: () => ({ cursor, before }),
      fail: (members) => fail(new ChatProblem(members)),
      add,
    })
  }

  /** Stops polling, and lets other tabs poll, until the next wake. */
  function leave(): void {
    if (onWake === now) onWake = coordination ? join : start
    coordination?.close()
    coordination = undefined
    stop()
  }

  function close(): void {
    leave()
    onWake = now
    set({ activity: activity.clear() })
  }

  return {
    show,
    fail,
    close,
    leave,
    /** Begins a turn at once, also in a page that was left and is shown again. */
    wake(): void {
      const wake = onWake
      onWake = now
      wake()
    },
    /** Prepares, then polls. */
    start,
    /** Brings the next poll forward, also if another tab polls. */
    soon(delayMs?: number): void {
      soon(delayMs)
      coordination?.post({ kind: 'pollSoon' })
    },
    /** Changes to a conversation. With `joinTabs`, polling waits until this tab leads. */
    enter(id: string): void {
      if (conversationId !== id) {
        conversationId = id
        known = new Map()
        before = null
        cursor = undefined
        activity.clear()
      }
      show()
      coordination?.close()
      if (joinTabs && id) join()
    },
    /** Adds the page of messages before the oldest one. */
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
