/** What the visitor says, one after the other in the order it was said, until each is sent or given up. */
import { pauseAfter } from './backoff.js'
import type { Environment } from './environment.js'
import { type Content, localMessage, now } from './local.js'
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
  /** As it is shown; without a `conversationId` it was not tried to be sent. */
  message: ChatMessage
  said: Said
}

type Item = { message: ChatMessage; said?: Said; deliver?: Deliver; attempts: number }

type Options = {
  drawer: Drawer<Unsent[]>
  isOnline: Environment['isOnline']
  /** The conversation to send to; null while there is none, or while a form must be answered first. */
  address(): string | null
  post(body: object): Promise<SendReply>
  /** An own message is another one, by these changes. */
  onChange(message: ChatMessage, changes: Changes): void
  /** Whether the trouble is not the message's: then all waits, or has been failed. */
  isStopped(problem: ChatProblem): boolean
}

type Changes = Partial<Omit<ChatMessage, 'messageType'>>

export type Outbox = ReturnType<typeof createOutbox>

const mostAttempts = 8
const offlinePauseMs = 30_000
/** Sent by itself after a reload; what waited longer is shown as failed, to be sent by hand. */
const resumedForMs = 10 * 60_000
/** The gateway knows the ids of what was sent for so long, so that nothing is sent twice. */
const keptForMs = 24 * 60 * 60_000
const mostKept = 20

export function createOutbox(options: Options) {
  const { drawer, isOnline, address, post, onChange, isStopped } = options
  let items: Item[] = []
  let isBusy = false
  let timer: ReturnType<typeof setTimeout> | undefined
  /** The server named a time before which nothing is sent. */
  let isHeld = false

  /** Keeps it over a reload as it is now, while it can and must be kept. */
  function keep(item: Item): void {
    void drawer.change((kept) => {
      const { message, said } = item
      const rest = (kept ?? []).filter((each) => each.message.id !== message.id)
      if (said && message.delivery !== 'sent' && items.includes(item)) rest.push({ message, said })
      return rest.slice(-mostKept)
    })
  }

  function change(item: Item, changes: Changes): void {
    item.message = { ...item.message, ...changes } as ChatMessage
    keep(item)
    onChange(item.message, changes)
  }

  function fail(item: Item, problem: ProblemMembers): void {
    change(item, { delivery: 'failed', problem: new ChatProblem(problem) })
  }

  /** Resolves to how long to wait before going on: 0 is not at all. */
  async function attempt(item: Item, conversationId: string): Promise<number> {
    const { said, deliver, message } = item
    const address = { conversationId, id: message.id }
    if (message.conversationId !== conversationId) change(item, { conversationId })
    try {
      const { timestamp } = deliver
        ? await deliver(address, (progress) => change(item, { progress }))
        : await post({ ...address, ...said })
      if (items.includes(item)) change(item, { delivery: 'sent', timestamp })
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

  /** Takes them out. */
  function forget(isGone: (message: ChatMessage) => boolean): void {
    const gone = items.filter(({ message }) => isGone(message))
    items = items.filter((item) => !gone.includes(item))
    gone.forEach(keep)
  }

  return {
    flush,
    forget,
    /** What is not known to have arrived. */
    messages: () => items.map(({ message }) => message),
    /** Says it as `POST /api/send` takes it, or in its own way. Returns its id. */
    say(content: Content, how: Said | Deliver): string {
      const item = {
        message: localMessage(content),
        attempts: 0,
        ...(typeof how === 'function' ? { deliver: how } : { said: how }),
      }
      items.push(item)
      change(item, { delivery: 'sending' })
      void flush()
      return item.message.id
    },
    retry(id: string): void {
      for (const item of items) {
        if (item.message.id !== id || item.message.delivery !== 'failed') continue
        item.attempts = 0
        change(item, { delivery: 'sending', problem: undefined, timestamp: now() })
      }
      void flush()
    },
    /** Takes up what was left unsent by a page before this one, and sends what waits. */
    async begin(conversationId: string): Promise<void> {
      for (const unsent of (await drawer.read()) ?? []) {
        const { id, timestamp, problem, conversationId: tried } = unsent.message
        const ageMs = Math.abs(Date.now() - Date.parse(timestamp))
        if (ageMs > keptForMs || items.some(({ message }) => message.id === id)) continue
        const item = { ...unsent, attempts: 0 }
        items.push(item)
        const isDue = ageMs < resumedForMs && (!tried || tried === conversationId)
        if (problem || !isDue) fail(item, problem ?? { code: 'unsent', retryable: true })
        else change(item, { delivery: 'sending' })
      }
      void flush()
    },
    /** Nothing more can be sent. */
    failAll(problem: ChatProblem): void {
      for (const item of items) if (item.message.delivery === 'sending') fail(item, problem)
    },
  }
}
