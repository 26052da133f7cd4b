/** What the visitor says, one after the other in the order it was said, until each is sent or given up. */
import { pauseAfter } from './backoff.js'
import type { Environment } from './environment.js'
import type { Saying } from './local.js'
import { createPauser, type Pause } from './pause.js'
import { ChatProblem, problemFrom } from './problem.js'
import type { Drawer } from './storage.js'
import { drop, keep, restore, type Unsent } from './unsent.js'
import type { SendReply } from './wire.js'

type Item = {
  id: string
  at: number
  saying: Saying
  attempts: number
  /** Where it is sent; empty as long as there is no conversation. */
  conversationId: string
  problem?: ChatProblem
}

type Options = {
  drawer: Drawer<Unsent[]>
  isOnline: Environment['isOnline']
  /** The conversation to send to; null while there is none, or while a form must be answered first. */
  address(): string | null
  deliver(conversationId: string, id: string, saying: Saying): Promise<SendReply>
  onSent(reply: SendReply): void
  onFailed(id: string, problem: ChatProblem): void
  /** Whether the trouble is the conversation's: then the rest waits, and this one with it. */
  isStopped(problem: ChatProblem): boolean
}

export type Outbox = ReturnType<typeof createOutbox>

const mostAttempts = 8
const offlinePauseMs = 30_000

export function createOutbox(options: Options) {
  const { drawer, isOnline, address, deliver, onSent, onFailed, isStopped } = options
  let items: Item[] = []
  let isBusy = false
  const { pause, wake } = createPauser()

  const waiting = () => items.find(({ problem }) => !problem)

  function forget(ids: readonly string[]): void {
    const gone = items.filter(({ id }) => ids.includes(id))
    items = items.filter((item) => !gone.includes(item))
    if (gone.length > 0) void drop(drawer, ids)
  }

  function remember({ id, at, saying, conversationId, problem }: Item): void {
    if ('file' in saying) return
    const failure = problem && { ...problem }
    void keep(drawer, { id, at, conversationId, said: saying, ...(failure && { failure }) })
  }

  function fail(item: Item, problem: ChatProblem): void {
    item.problem = problem
    remember(item)
    onFailed(item.id, problem)
  }

  async function attempt(item: Item, conversationId: string): Promise<Pause | null> {
    if (item.conversationId !== conversationId) remember(Object.assign(item, { conversationId }))
    try {
      const reply = await deliver(conversationId, item.id, item.saying)
      forget([item.id])
      onSent(reply)
    } catch (error) {
      const problem = problemFrom(error)
      if (!items.includes(item) || isStopped(problem)) return null
      if (!isOnline()) return { ms: offlinePauseMs }
      item.attempts += 1
      if (problem.retryable && item.attempts < mostAttempts) {
        return pauseAfter(problem, item.attempts)
      }
      fail(item, problem)
    }
    return null
  }

  /** Sends what waits, if there is somewhere to send it to. */
  async function flush(): Promise<void> {
    if (isBusy) return
    isBusy = true
    for (;;) {
      const item = waiting()
      const conversationId = address()
      if (!item || conversationId === null) break
      const needed = await attempt(item, conversationId)
      if (needed) await pause(needed)
    }
    isBusy = false
  }

  return {
    flush,
    forget,
    add(id: string, saying: Saying): void {
      const item = { id, at: Date.now(), saying, attempts: 0, conversationId: '' }
      items.push(item)
      remember(item)
      void flush()
    },
    /** Tries one again that failed; false when it is not here. */
    retry(id: string): boolean {
      const item = items.find((each) => each.id === id && each.problem)
      if (!item) return false
      items = [...items.filter((each) => each !== item), item]
      item.attempts = 0
      item.at = Date.now()
      delete item.problem
      remember(item)
      void flush()
      return true
    },
    /** Takes up what was left unsent; those are returned. */
    async restore(conversationId: string): Promise<Unsent[]> {
      const left = await restore(drawer, conversationId)
      const fresh = left.filter(({ id }) => !items.some((item) => item.id === id))
      const restored = fresh.map(({ id, at, said, failure, conversationId: given }) => ({
        ...{ id, at, saying: said, attempts: 0, conversationId: given },
        ...(failure && { problem: new ChatProblem(failure) }),
      }))
      items = [...restored, ...items]
      return fresh
    },
    /** Nothing more can be sent. */
    failAll(problem: ChatProblem): void {
      for (const item of items.filter((each) => !each.problem)) fail(item, problem)
    },
    clear(): void {
      items = []
      wake()
    },
    /** The network may be back. */
    wake,
  }
}
