/**
 * Sends the visitor's messages one after the other, in the order of writing, until each is sent or
 * given up.
 */

import type { SendReply, StartOptions } from './api-types.js'
import type { ChatContext } from './context.js'
import { isLike } from './json.js'
import {
  type Content,
  localMessage,
  type SentMembers,
  sendBody,
  timestampIn,
} from './local-message.js'
import { createLoop } from './loop.js'
import { ChatProblem, type ProblemMembers } from './problem.js'
import type { ChatMessage, Delivery } from './snapshot.js'
import { isActive } from './state.js'
import type { StoredValue } from './storage.js'

/** Delivers a message in place of `POST /api/send`. Reports progress from 0 to 1. */
export type Deliver = (
  address: { conversationId: string; id: string },
  onProgress: (part: number) => void,
) => Promise<SendReply>

type Changes = Partial<Omit<ChatMessage, 'messageType'>>

export type Outbox = ReturnType<typeof createOutbox>

const maxAttempts = 8
const offlinePauseMs = 30_000
/**
 * Counts ten minutes in milliseconds. A younger message is sent by itself after a reload; an older
 * one is shown as failed, and the visitor can send it again.
 */
const resumedForMs = 600_000
/**
 * Counts one day in milliseconds: for so long the gateway knows the ids of sent messages, so that
 * none is sent twice.
 */
const keptForMs = 86_400_000

/** Has the members of every stored message. */
const sample = {
  ...{ id: '', conversationId: '', timestamp: '', messageType: '', delivery: '', text: '' },
  sender: { role: '' },
}

/** Tells whether a stored value is a message that was not sent. */
const isUnsent = (stored: Partial<SentMembers>): stored is ChatMessage & SentMembers =>
  isLike<object>(stored, sample) && isLike(stored.selections ?? stored.values ?? [], [{}])

/** Returns what was stored as unsent messages, as far as it is. */
export const parseUnsent = (stored: unknown): ChatMessage[] | null =>
  Array.isArray(stored) ? stored.filter(isUnsent) : null

/**
 * Creates the queue of the visitor's unsent messages.
 *
 * @param storedMessages messages that are not sent; those without a `conversationId` were not tried
 * @param onChange called when the messages change; `delivery` is the new state of one of them
 * @param isBlocking tells whether a problem is not of the message alone: then all messages wait, or
 *   have been failed
 */
export function createOutbox(
  { call, state, environment }: ChatContext,
  storedMessages: StoredValue<ChatMessage[]>,
  onChange: (delivery?: Delivery) => void,
  isBlocking: (problem: ChatProblem) => boolean,
) {
  let messages: ChatMessage[] = []
  /**
   * Holds delivery functions by message id, for messages that are not sent by `POST /api/send`.
   * They are not kept over a reload.
   */
  const deliverers = new Map<string, Deliver>()
  /** Holds the id of the message that is being sent. */
  let current = ''
  /** Holds answers to a form that is asked for each session; they go with the next message. */
  let routingAttributes: StartOptions['routingAttributes']

  /**
   * Stores the unsent messages beside those of other tabs. Drops those of `known` that are gone.
   */
  function keep(known: ChatMessage[]): void {
    void storedMessages.change((stored) => {
      const others = (stored ?? []).filter(({ id }) => !known.some((other) => other.id === id))
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
    change(id, { delivery: 'failed', waitsUntil: undefined, problem: new ChatProblem(problem) })
  }

  /** Sends the first waiting message, if there is a conversation to send it to. */
  async function turn(): Promise<number | null> {
    const message = messages.find(({ delivery }) => delivery === 'sending')
    const snapshot = state.getSnapshot()
    if (!message || snapshot.prechat || !isActive(snapshot)) return null
    const { conversationId } = snapshot
    const { id } = message
    current = id
    change(id, { conversationId, waitsUntil: undefined })
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

  function onFailure(problem: ChatProblem, failures: number, pauseMs: number): number | undefined {
    if (!problem.retryable) routingAttributes = undefined
    if (!messages.some(({ id }) => id === current) || isBlocking(problem)) return 0
    if (!environment.isOnline()) return offlinePauseMs
    if (!problem.retryable || failures >= maxAttempts) {
      fail(current, problem)
      return 0
    }
    change(current, { waitsUntil: timestampIn(pauseMs) })
    return undefined
  }

  const { soon } = createLoop(turn, onFailure)
  const flush = () => soon(0)

  return {
    flush,
    /** Takes the answers to the form that blocked sending, and closes it. */
    answer(answers: StartOptions['routingAttributes'] = {}): void {
      routingAttributes = answers
      state.set({ prechat: null })
    },
    /** Returns the messages that are not known to have arrived. */
    messages: () => messages,
    /** Removes the messages that `isGone` selects. */
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
    /** Marks a message to be sent again, with a new timestamp. */
    retry(id: string): void {
      change(id, { delivery: 'sending', problem: undefined, timestamp: timestampIn(0) })
    },
    /** Adds the messages that an earlier page left unsent, and sends those that wait. */
    async resume(conversationId: string): Promise<void> {
      for (const message of (await storedMessages.read()) ?? []) {
        const { id, timestamp, problem, conversationId: lastConversationId } = message
        const ageMs = Math.abs(Date.now() - Date.parse(timestamp))
        if (ageMs > keptForMs || messages.some((other) => other.id === id)) continue
        messages = [...messages, message]
        const isDue =
          ageMs < resumedForMs && (!lastConversationId || lastConversationId === conversationId)
        if (problem || !isDue) fail(id, problem ?? { code: 'unsent', retryable: true })
      }
      onChange()
      flush()
    },
    /** Fails all waiting messages. */
    failAll(problem: ChatProblem): void {
      for (const { id, delivery } of messages) if (delivery === 'sending') fail(id, problem)
    },
  }
}
