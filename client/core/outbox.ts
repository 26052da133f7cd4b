/**
 * Sends the visitor's messages one after the other, in the order of writing, until each is sent or
 * given up.
 */

import type { SendReply, StartOptions } from './api-types.js'
import type { ChatContext } from './context.js'
import { type Content, localMessage, sendBody, timestampNow } from './local-message.js'
import { createLoop } from './loop.js'
import { ChatProblem, type ProblemMembers } from './problem.js'
import type { ChatMessage, Delivery } from './snapshot.js'
import { isActive } from './state.js'
import type { StoredValue } from './storage.js'

/** Hands something over by itself, instead of `POST /api/send`. */
export type Deliver = (
  address: { conversationId: string; id: string },
  onProgress: (part: number) => void,
) => Promise<SendReply>

type Changes = Partial<Omit<ChatMessage, 'messageType'>>

export type Outbox = ReturnType<typeof createOutbox>

const maxAttempts = 8
const offlinePauseMs = 30_000
/** Ten minutes: so long it is sent by itself after a reload; what waited longer is shown as failed, to be sent by hand. */
const resumedForMs = 600_000
/** A day: so long the gateway knows the ids of what was sent, so that nothing is sent twice. */
const keptForMs = 86_400_000

/**
 * @param storedMessages messages that are not sent; those without a `conversationId` were not tried
 * @param onChange the messages are others; `delivery` is what one has become
 * @param isBlocking whether the trouble is not the message's: then all waits, or has been failed
 */
export function createOutbox(
  { call, state, environment }: ChatContext,
  storedMessages: StoredValue<ChatMessage[]>,
  onChange: (delivery?: Delivery) => void,
  isBlocking: (problem: ChatProblem) => boolean,
) {
  let messages: ChatMessage[] = []
  /**
   * Delivery functions by message id, for messages that have their own. They are not kept over a
   * reload.
   */
  const deliverers = new Map<string, Deliver>()
  /** The one on its way. */
  let current = ''
  /** To a form that is asked for each session; they travel with what is said next. */
  let routingAttributes: StartOptions['routingAttributes']

  /** Keeps what is not sent, beside what other tabs keep; `known` may be gone. */
  function keep(known: ChatMessage[]): void {
    void storedMessages.change((kept) => {
      const others = (kept ?? []).filter(({ id }) => !known.some((own) => own.id === id))
      const unsent = messages.filter(
        ({ id, delivery }) => delivery !== 'sent' && !deliverers.has(id),
      )
      return [...others, ...unsent]
    })
  }

  function change(id: string, changes: Changes): void {
    messages = messages.map((each) =>
      each.id === id ? ({ ...each, ...changes } as ChatMessage) : each,
    )
    keep(messages)
    onChange(changes.delivery)
    for (const message of messages) {
      if (message.id === id && changes.delivery) state.emit('delivery', message)
    }
  }

  function fail(id: string, problem: ProblemMembers): void {
    change(id, { delivery: 'failed', problem: new ChatProblem(problem) })
  }

  /** Sends the first that waits, if there is somewhere to send it to. */
  async function turn(): Promise<number | null> {
    const message = messages.find(({ delivery }) => delivery === 'sending')
    const snapshot = state.getSnapshot()
    if (!message || snapshot.prechat || !isActive(snapshot)) return null
    const { conversationId } = snapshot
    const { id } = message
    current = id
    change(id, { conversationId })
    const deliver = deliverers.get(id)
    const { timestamp } = deliver
      ? await deliver({ conversationId, id }, (progress) => change(id, { progress }))
      : await call<SendReply>('/api/send', {
          body: { ...sendBody(message), conversationId, routingAttributes },
        })
    routingAttributes = undefined
    change(id, { delivery: 'sent', timestamp })
    return 0
  }

  function onFailure(problem: ChatProblem, failures: number): number | undefined {
    if (!problem.retryable) routingAttributes = undefined
    if (!messages.some(({ id }) => id === current) || isBlocking(problem)) return 0
    if (!environment.isOnline()) return offlinePauseMs
    if (problem.retryable && failures < maxAttempts) return undefined
    fail(current, problem)
    return 0
  }

  const { soon: flush } = createLoop(turn, onFailure, 0)

  return {
    flush,
    /** Goes on with the answers to the form that stood in the way. */
    answer(answers: StartOptions['routingAttributes'] = {}): void {
      routingAttributes = answers
      state.set({ prechat: null })
    },
    /** Returns the messages that are not known to have arrived. */
    messages: () => messages,
    /** Takes them out. */
    remove(isGone: (message: ChatMessage) => boolean): void {
      const known = messages
      messages = messages.filter((message) => !isGone(message))
      if (known.length > messages.length) keep(known)
    },
    /** Adds a message, which `flush` sends by `POST /api/send` or by `deliver`. Returns its id. */
    add(content: Content, deliver?: Deliver): string {
      const message = localMessage(content)
      const { id, delivery } = message
      messages = [...messages, message]
      if (deliver) deliverers.set(id, deliver)
      change(id, { delivery })
      return id
    },
    retry(id: string): void {
      change(id, { delivery: 'sending', problem: undefined, timestamp: timestampNow() })
    },
    /** Takes up what was left unsent by a page before this one, and sends what waits. */
    async resume(conversationId: string): Promise<void> {
      for (const message of (await storedMessages.read()) ?? []) {
        const { id, timestamp, problem, conversationId: lastConversationId } = message
        const ageMs = Math.abs(Date.now() - Date.parse(timestamp))
        if (ageMs > keptForMs || messages.some((own) => own.id === id)) continue
        messages = [...messages, message]
        const isDue =
          ageMs < resumedForMs && (!lastConversationId || lastConversationId === conversationId)
        if (problem || !isDue) fail(id, problem ?? { code: 'unsent', retryable: true })
      }
      onChange()
      flush()
    },
    /** Nothing more can be sent. */
    failAll(problem: ChatProblem): void {
      for (const { id, delivery } of messages) if (delivery === 'sending') fail(id, problem)
    },
  }
}
