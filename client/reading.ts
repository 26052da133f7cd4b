/** What is read of a conversation, by this tab or another, and how it changes the snapshot. */
import type { Environment } from './environment.js'
import type { State } from './events.js'
import { ChatProblem, type ProblemMembers } from './problem.js'
import { createReader } from './reader.js'
import type { Tabs } from './seat.js'
import type { Call } from './session.js'
import type { Connection } from './snapshot.js'
import { isFromOthers, merged, prepended, touches } from './timeline.js'
import type { PollReply } from './wire.js'

type Options = {
  call: Call
  state: State
  environment: Environment
  tabs: Tabs | undefined
  name: string
  /** These are known to have arrived. */
  onEchoes(ids: readonly string[]): void
  /** The conversation is over, one way or the other. */
  onOver(problem: ChatProblem): void
}

export type Reading = ReturnType<typeof createReading>

const over: Partial<Record<string, Connection>> = {
  conversation_ended: 'ended',
  conversation_lost: 'lost',
  conversation_not_found: 'lost',
  refresh_rejected: 'lost',
}

/** Whether the conversation itself is over. */
export const isOver = ({ code }: ProblemMembers) => code in over

export function createReading(options: Options) {
  const { call, state, environment, tabs, name, onEchoes, onOver } = options
  let id = ''
  let before: string | null = null
  let table: ReturnType<Tabs> | undefined

  function page(query: Record<string, string>, signal?: AbortSignal): Promise<PollReply> {
    const search = new URLSearchParams({ conversationId: id, ...query })
    return call<PollReply>('GET', `/api/poll?${search}`, signal && { signal })
  }

  const reader = createReader({
    read: (cursor, signal) => page(cursor === undefined ? {} : { cursor }, signal),
    isHidden: environment.isHidden,
    onPage(read, from) {
      take(read, from)
      table?.tell({ kind: 'page', page: read, from })
    },
    onProblem(problem) {
      trouble(problem)
      table?.tell({ kind: 'trouble', problem: { ...problem } })
    },
  })

  function take(read: PollReply, from: string | undefined): void {
    const { messages: known } = state.getSnapshot()
    const isJoined = from !== undefined || touches(known, read.messages)
    if (!isJoined) before = read.before
    const kept = isJoined ? known : known.filter(({ delivery }) => delivery !== 'delivered')
    const isEnded = read.pollAfterMs === null && !read.hasMore
    state.set({
      messages: merged(kept, read.messages),
      hasOlder: before !== null,
      conversation: read.conversation,
      connection: isEnded ? 'ended' : 'online',
      problem: null,
    })
    onEchoes(read.messages.map((message) => message.id))
    if (isEnded) onOver(new ChatProblem({ code: 'conversation_ended', retryable: false }))
    const old = new Map(known.map((message) => [message.id, message.delivery]))
    for (const message of state.getSnapshot().messages) {
      if (message.delivery !== 'delivered' || old.get(message.id) === 'delivered') continue
      if (old.has(message.id)) state.emit('delivery', message)
      else if (from !== undefined && isFromOthers(message)) state.emit('message', message)
    }
  }

  function trouble(problem: ChatProblem): void {
    const { code, retryable } = problem
    const interrupted = environment.isOnline() ? 'retrying' : 'offline'
    state.set({ problem, connection: over[code] ?? (retryable ? interrupted : 'refused') })
    if (!isOver(problem)) return
    onOver(problem)
    if (code === 'conversation_ended') reader.now(false)
    else reader.stop()
  }

  /** The page is shown, hidden, on or off line, or has slept. */
  function wake(slept: boolean): void {
    const { connection } = state.getSnapshot()
    const isOffline = connection === 'offline'
    if (!environment.isOnline()) {
      if (['connecting', 'online', 'retrying'].includes(connection)) {
        state.set({ connection: 'offline' })
      }
      return
    }
    if (isOffline) state.set({ connection: 'retrying' })
    if (environment.isHidden() && !slept && !isOffline) return
    reader.now(slept || isOffline)
  }

  function close(): void {
    table?.close()
    table = undefined
    reader.stop()
  }

  return {
    trouble,
    wake,
    now: () => reader.now(false),
    /** Something is about to come: whoever reads is told. */
    soon(): void {
      reader.soon()
      table?.tell({ kind: 'hurry' })
    },
    /** Reads this conversation from now on. */
    open(conversationId: string): void {
      close()
      if (id !== conversationId || !state.getSnapshot().conversation) {
        id = conversationId
        before = null
        reader.advance(undefined)
      }
      if (!tabs) return reader.start()
      table = tabs(`${name} ${id}`, {
        environment,
        lead: () => reader.start(),
        follow: reader.stop,
        hurry: reader.soon,
        trouble: (members) => trouble(new ChatProblem(members)),
        share() {
          const { conversation, messages, connection } = state.getSnapshot()
          const cursor = reader.cursor() ?? null
          return conversation && { ...{ conversation, cursor, before, hasMore: false },
            pollAfterMs: connection === 'ended' ? null : 0,
            messages: messages.filter(({ delivery }) => delivery === 'delivered'),
          }
        },
        take(read, from) {
          if (from !== undefined && from !== reader.cursor()) return false
          reader.advance(read.cursor ?? undefined)
          take(read, from)
          return true
        },
      })
    },
    close,
    async loadOlder(): Promise<void> {
      const from = before
      if (from === null) return
      const read = await page({ before: from })
      if (before !== from) return
      before = read.before
      const messages = prepended(state.getSnapshot().messages, read.messages)
      state.set({ messages, hasOlder: before !== null })
    },
  }
}
