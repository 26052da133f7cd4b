/** What the visitor says, one after the other in the order it was said, until each is sent or given up. */
import type { Environment } from './environment.js'
import { type Content, localMessage, now } from './local.js'
import { createLoop } from './loop.js'
import { ChatProblem, type ProblemMembers } from './problem.js'
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
  /** Absent where it has its own way. */
  said?: Said
}

type Item = Unsent & { deliver?: Deliver }

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
  /** The one on its way. */
  let current: Item | undefined

  /** Keeps what is not sent over a reload, beside what other tabs keep; what is gone is not. */
  function keep(gone: Item[] = []): void {
    const own = [...items, ...gone].map(({ message }) => message.id)
    void drawer.change((kept) => {
      const others = (kept ?? []).filter(({ message }) => !own.includes(message.id))
      const unsent = items.filter(({ said, message }) => said && message.delivery !== 'sent')
      return [...others, ...unsent].slice(-mostKept)
    })
  }

  function change(item: Item, changes: Changes): void {
    item.message = { ...item.message, ...changes } as ChatMessage
    keep()
    onChange(item.message, changes)
  }

  function fail(item: Item, problem: ProblemMembers): void {
    change(item, { delivery: 'failed', problem: new ChatProblem(problem) })
  }

  /** Sends the first that waits, if there is somewhere to send it to. */
  async function turn(): Promise<number | null> {
    const item = items.find(({ message }) => message.delivery === 'sending')
    const conversationId = address()
    current = item
    if (!item || !conversationId) return null
    const { said, deliver, message } = item
    const place = { conversationId, id: message.id }
    if (message.conversationId !== conversationId) change(item, { conversationId })
    const { timestamp } = deliver
      ? await deliver(place, (progress) => change(item, { progress }))
      : await post({ ...place, ...said })
    if (items.includes(item)) change(item, { delivery: 'sent', timestamp })
    return 0
  }

  function onProblem(problem: ChatProblem, failures: number): number | undefined {
    if (!current || !items.includes(current) || isStopped(problem)) return 0
    if (!isOnline()) return offlinePauseMs
    if (problem.retryable && failures < mostAttempts) return undefined
    fail(current, problem)
    return 0
  }

  const { now: flush } = createLoop({ turn, onProblem })

  /** Takes them out. */
  function forget(isGone: (message: ChatMessage) => boolean): void {
    const gone = items.filter(({ message }) => isGone(message))
    items = items.filter((item) => !gone.includes(item))
    keep(gone)
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
        ...(typeof how === 'function' ? { deliver: how } : { said: how }),
      }
      items.push(item)
      change(item, { delivery: 'sending' })
      flush()
      return item.message.id
    },
    retry(id: string): void {
      for (const item of items) {
        if (item.message.id !== id || item.message.delivery !== 'failed') continue
        change(item, { delivery: 'sending', problem: undefined, timestamp: now() })
      }
      flush()
    },
    /** Takes up what was left unsent by a page before this one, and sends what waits. */
    async begin(conversationId: string): Promise<void> {
      for (const unsent of (await drawer.read()) ?? []) {
        const { id, timestamp, problem, conversationId: tried } = unsent.message
        const ageMs = Math.abs(Date.now() - Date.parse(timestamp))
        if (ageMs > keptForMs || items.some(({ message }) => message.id === id)) continue
        const item = { ...unsent }
        items.push(item)
        const isDue = ageMs < resumedForMs && (!tried || tried === conversationId)
        if (problem || !isDue) fail(item, problem ?? { code: 'unsent', retryable: true })
        else change(item, { delivery: 'sending' })
      }
      flush()
    },
    /** Nothing more can be sent. */
    failAll(problem: ChatProblem): void {
      for (const item of items) if (item.message.delivery === 'sending') fail(item, problem)
    },
  }
}
