/** What the visitor says, one after the other in the order it was said, until each is sent or given up. */
import { pauseAfter } from './backoff.js'
import type { Environment } from './environment.js'
import { type Content, contentOf, localMessage } from './local.js'
import { ChatProblem, type ProblemMembers, problemFrom } from './problem.js'
import type { ChatMessage } from './snapshot.js'
import type { Drawer } from './storage.js'
import type { Said, SendReply } from './wire.js'

/** Hands something over by itself, instead of `POST /api/send`. */
export type Deliver = (
  address: { conversationId: string; id: string },
  onProgress: (part: number) => void,
) => Promise<SendReply>

/** As it is kept over a reload, where it can be: what has its own way of delivery cannot. */
export type Unsent = {
  id: string
  /** Where it was tried to be sent; empty when it was not. */
  conversationId: string
  /** This device's clock, epoch milliseconds. */
  at: number
  said: Said
  /** Why it was given up; absent while it is still tried. */
  problem?: ProblemMembers | undefined
}

type Item = Omit<Unsent, 'said'> & {
  said?: Said
  deliver?: Deliver | undefined
  attempts: number
  message: ChatMessage
}

type Options = {
  drawer: Drawer<Unsent[]>
  isOnline: Environment['isOnline']
  /** The conversation to send to; null while there is none, or while a form must be answered first. */
  address(): string | null
  post(body: object): Promise<SendReply>
  /** An own message is another one. */
  onChange(message: ChatMessage): void
  /** Whether the trouble is not the message's: then all waits, or has been failed. */
  isStopped(problem: ChatProblem): boolean
}

export type Outbox = ReturnType<typeof createOutbox>

const mostAttempts = 8
const offlinePauseMs = 30_000
/** Sent by itself after a reload; what waited longer is shown as failed, to be sent by hand. */
const resumedForMs = 10 * 60_000
/** The gateway knows the ids of what was sent for so long, so that nothing is sent twice. */
const keptForMs = 24 * 60 * 60_000
const mostKept = 20
const unsaid: ProblemMembers = { code: 'unsent', retryable: true }

export function createOutbox(options: Options) {
  const { drawer, isOnline, address, post, onChange, isStopped } = options
  let items: Item[] = []
  let isBusy = false
  let timer: ReturnType<typeof setTimeout> | undefined
  /** The server named a time before which nothing is sent. */
  let isHeld = false

  /** Takes one out of the drawer, and puts it in again as it is now. */
  function keep(id: string, item?: Item): void {
    void drawer.change((kept) => {
      const rest = (kept ?? []).filter((each) => each.id !== id)
      if (item?.said) {
        const { said, conversationId, at, problem } = item
        rest.push({ id, conversationId, at, said, problem })
      }
      return rest.slice(-mostKept)
    })
  }

  function change(item: Item, changes: Partial<ChatMessage>): void {
    item.message = { ...item.message, ...changes } as ChatMessage
    onChange(item.message)
  }

  function fail(item: Item, problem: ChatProblem): void {
    item.problem = problem
    keep(item.id, item)
    change(item, { delivery: 'failed', problem })
  }

  /** Resolves to how long to wait before going on: 0 is not at all. */
  async function attempt(item: Item, conversationId: string): Promise<number> {
    const { id, said, deliver } = item
    if (item.conversationId !== conversationId) {
      item.conversationId = conversationId
      item.message = { ...item.message, conversationId }
      keep(id, item)
    }
    try {
      const reply = deliver
        ? await deliver({ conversationId, id }, (progress) => change(item, { progress }))
        : await post({ conversationId, id, ...said })
      keep(id)
      if (items.includes(item)) change(item, { delivery: 'sent', timestamp: reply.timestamp })
    } catch (error) {
      const problem = problemFrom(error)
      if (!items.includes(item) || isStopped(problem)) return 0
      if (!isOnline()) return offlinePauseMs
      item.attempts += 1
      if (problem.retryable && item.attempts < mostAttempts) {
        isHeld = !!problem.retryAfterMs
        return pauseAfter(problem, item.attempts)
      }
      fail(item, problem)
    }
    return 0
  }

  /** Sends what waits, if there is somewhere to send it to. */
  async function flush(): Promise<void> {
    if (isBusy || isHeld) return
    isBusy = true
    clearTimeout(timer)
    for (let pauseMs = 0; !pauseMs; ) {
      const item = items.find(({ message }) => message.delivery === 'sending')
      const conversationId = address()
      if (!item || conversationId === null) break
      pauseMs = await attempt(item, conversationId)
      if (pauseMs) timer = setTimeout(goOn, pauseMs)
    }
    isBusy = false
  }

  function goOn(): void {
    isHeld = false
    void flush()
  }

  function add(unsent: Omit<Item, 'message' | 'attempts'>, content: Content): void {
    const { id, conversationId, at, problem } = unsent
    const message = localMessage(id, conversationId, at, content)
    const item: Item = { ...unsent, attempts: 0, message }
    items.push(item)
    if (problem) change(item, { delivery: 'failed', problem: new ChatProblem(problem) })
    else onChange(message)
  }

  /** Takes them out; those that were there are returned. */
  function forget(isGone: (item: Item) => boolean): ChatMessage[] {
    const gone = items.filter(isGone)
    items = items.filter((item) => !gone.includes(item))
    for (const { id } of gone) keep(id)
    return gone.map(({ message }) => message)
  }

  return {
    flush,
    forget,
    /** What is not known to have arrived. */
    messages: () => items.map(({ message }) => message),
    /** Says it as `POST /api/send` takes it, or in its own way. */
    say(id: string, content: Content, how: Said | Deliver): void {
      const way = typeof how === 'function' ? { deliver: how } : { said: how }
      add({ id, conversationId: '', at: Date.now(), ...way }, content)
      keep(id, items.at(-1))
      void flush()
    },
    retry(id: string): void {
      const item = items.find((each) => each.id === id && each.problem)
      if (!item) return
      Object.assign(item, { attempts: 0, at: Date.now(), problem: undefined })
      keep(id, item)
      change(item, { delivery: 'sending', problem: undefined })
      void flush()
    },
    /** Takes up what was left unsent by a page before this one, and sends what waits. */
    async begin(conversationId: string): Promise<void> {
      for (const unsent of (await drawer.read()) ?? []) {
        const ageMs = Math.abs(Date.now() - unsent.at)
        const isHere = [conversationId, ''].includes(unsent.conversationId)
        if (ageMs > keptForMs || items.some(({ id }) => id === unsent.id)) continue
        const problem = isHere && ageMs < resumedForMs ? unsent.problem : (unsent.problem ?? unsaid)
        add({ ...unsent, ...(problem && { problem }) }, contentOf(unsent.said))
      }
      void flush()
    },
    /** Nothing more can be sent. */
    failAll(problem: ChatProblem): void {
      for (const item of items) if (item.message.delivery === 'sending') fail(item, problem)
    },
  }
}
