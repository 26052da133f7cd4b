/** What is read of a conversation, by this tab or another, and how it changes the snapshot. */
import { createLoop } from './loop.js'
import type { Outbox } from './outbox.js'
import { ChatProblem, type ProblemMembers } from './problem.js'
import type { Tabs } from './seat.js'
import type { Shared } from './shared.js'
import type { ChatMessage, Connection } from './snapshot.js'
import { isFromOthers, ordered } from './timeline.js'
import type { PollReply } from './wire.js'

export type Reading = ReturnType<typeof createReading>

const hiddenPaceMs = 20_000
const soonMs = 400

const over: Partial<Record<string, Connection>> = {
  conversation_ended: 'ended',
  conversation_lost: 'lost',
  conversation_not_found: 'lost',
  refresh_rejected: 'lost',
}

/** Whether the conversation itself is over. */
export const isOver = ({ code }: ProblemMembers) => code in over

/**
 * @param sitDown where tabs divide the reading: at the table of a conversation
 * @param prepare opens the conversation that is to be read, where it is not open yet
 * @param onOver the conversation is over, one way or the other
 */
export function createReading(
  { call, state, environment }: Shared,
  outbox: Outbox,
  sitDown: Tabs | undefined,
  prepare: (life: AbortController) => Promise<void>,
  onOver: (problem: ChatProblem) => void,
) {
  const { getSnapshot, set, emit } = state
  let conversationId = ''
  let read = new Map<string, ChatMessage>()
  let cursor: string | undefined
  let before: string | null = null
  let table: ReturnType<Tabs> | undefined

  function pageOf(place: Record<string, string>, life?: AbortController): Promise<PollReply> {
    const query = new URLSearchParams({ conversationId, ...place })
    return call(`/api/poll?${query}`, { life })
  }

  async function turn(life: AbortController): Promise<number | null> {
    await prepare(life)
    const from = cursor
    const page = await pageOf(from ? { cursor: from } : {}, life)
    life.signal.throwIfAborted()
    take(page, from)
    table?.tell({ kind: 'page', page, from })
    const { hasMore, pollAfterMs } = page
    if (hasMore) return 0
    return pollAfterMs && environment.isHidden() ? Math.max(pollAfterMs, hiddenPaceMs) : pollAfterMs
  }

  function judge(problem: ChatProblem): number | undefined {
    if (problem.code === 'cursor_invalid' && cursor) {
      cursor = undefined
      return 0
    }
    trouble(problem)
    table?.tell({ kind: 'trouble', problem: { ...problem } })
    return undefined
  }

  const { start, stop, soon, now } = createLoop(turn, judge, soonMs)

  function show(): void {
    const own = outbox.messages().filter(({ id }) => !read.has(id))
    set({ messages: ordered([...read.values(), ...own]), hasOlder: !!before })
  }

  /** Those that were not known. */
  function learn(page: PollReply): ChatMessage[] {
    const fresh = page.messages.filter(({ id }) => !read.has(id))
    return fresh.map((message) => ({ ...message, delivery: 'delivered' }))
  }

  /** A page of the newest is joined to what is known if it begins with something known; else it begins the list. */
  function take(page: PollReply, from: string | undefined): void {
    cursor = page.cursor ?? cursor
    const [oldest] = page.messages
    if (!from && oldest && !read.has(oldest.id)) {
      before = page.before
      read = new Map()
    }
    const fresh = learn(page)
    for (const message of fresh) read.set(message.id, message)
    outbox.forget(({ id }) => read.has(id))
    if (fresh[0]) show()
    const { conversation } = page
    const { connection, conversation: known } = getSnapshot()
    if (JSON.stringify(conversation) !== JSON.stringify(known)) set({ conversation })
    // What was said last may come after the end: it is read on for as long as the server wants.
    if (conversation.status === 'ended')
      trouble(new ChatProblem({ code: 'conversation_ended', retryable: false }))
    else set({ connection: 'online', problem: null })
    // What is said waits while it does not stand well, with whichever tab finds out that it does again.
    if (connection !== 'online') outbox.flush()
    for (const message of from ? fresh : []) {
      if (message.sender.role === 'EndUser') emit('delivery', message)
      else if (isFromOthers(message)) emit('message', message)
    }
  }

  function trouble(problem: ChatProblem): void {
    const { code, retryable } = problem
    const interrupted = environment.isOnline() ? 'retrying' : 'offline'
    const prechat = problem.prechat ?? getSnapshot().prechat
    const stopped = prechat ? 'idle' : 'refused'
    set({
      ...{ problem, prechat },
      connection: over[code] ?? (retryable ? interrupted : stopped),
    })
    if (isOver(problem)) {
      onOver(problem)
      soon()
    }
  }

  function close(): void {
    table?.close()
    table = undefined
    stop()
  }

  return {
    show,
    trouble,
    close,
    now,
    /** Reads, after preparing. */
    start,
    /** Something is about to come: whoever reads is told. */
    soon(): void {
      soon()
      table?.tell({ kind: 'hurry' })
    },
    /** From now on it is about this conversation; who sits at a table waits to be told to read. */
    enter(id: string): void {
      if (conversationId !== id) {
        conversationId = id
        read = new Map()
        before = null
        cursor = undefined
      }
      show()
      table?.close()
      if (!sitDown || !id) return
      stop()
      table = sitDown(id, {
        environment,
        getSnapshot,
        lead: start,
        follow: stop,
        hurry: soon,
        place: () => ({ cursor, before }),
        trouble: (members) => trouble(new ChatProblem(members)),
        take,
      })
    },
    async loadOlder(): Promise<void> {
      const from = before
      if (!from) return
      const page = await pageOf({ before: from })
      if (before !== from) return
      before = page.before
      read = new Map([...learn(page).map((each) => [each.id, each] as const), ...read])
      show()
    },
  }
}
