import { browser } from './environment.js'
import { createRequest } from './http.js'
import { answerContent, type Content, textContent } from './local.js'
import type { ChatOptions } from './options.js'
import { createOutbox, type Deliver } from './outbox.js'
import { createReading, isOver } from './reading.js'
import { createSession, type Tokens } from './session.js'
import { createSignals } from './signals.js'
import { type ChatMessage, nothing } from './snapshot.js'
import { createState, isEngaged } from './state.js'
import { createDrawer, emptied } from './storage.js'
import { watchWakes } from './wake.js'
import type { Answer, Attachments, StartReply, StartWish } from './wire.js'

/** The conversation that is remembered over a reload. */
type Memo = { conversationId: string; attachments: Attachments | null; readUpTo: string }

export type Chat = ReturnType<typeof createChat>

/** Connecting, retrying, offline. */
const unsettled = /ing|off/

/**
 * A visitor's chat. Nothing is asked before `start`, `resume` or the first `send`. What fails is told in
 * the snapshot; only `loadOlder`, `transcript`, `end` and `signOut` reject, with a `ChatProblem`.
 */
export function createChat(options: ChatOptions) {
  const { baseUrl, storage, tabs, environment = browser } = options
  const drawer = <T>(what: string) =>
    createDrawer<T>(storage, `miaw ${baseUrl} ${what}`, environment)
  const memo = drawer<Memo>('conversation')
  const tokens = drawer<Tokens>('tokens')
  const unsent = drawer<ChatMessage[]>('unsent')
  const state = createState()
  const { getSnapshot, set } = state
  /** What is still to be started. */
  let pending: (StartWish & { conversationId: string }) | undefined
  let unwatch: (() => void) | undefined

  const call = createSession(
    createRequest(baseUrl, options.fetch),
    tokens,
    options.identityToken,
    () => isEngaged(getSnapshot()),
    forget,
  )
  const shared = { call, state, environment }

  const outbox = createOutbox(
    shared,
    unsent,
    (delivery) => {
      reading.show()
      if (delivery === 'sent') reading.soon()
    },
    (problem) => {
      const { prechat } = problem
      if (isOver(problem)) reading.trouble(problem)
      else if (prechat) set({ prechat })
      else return false
      return true
    },
  )

  const reading = createReading(shared, outbox, tabs, prepare, (problem) => {
    outbox.failAll(problem)
    if (problem.code !== 'conversation_ended') void memo.change(emptied)
  })

  const { typing, markRead } = createSignals(
    state,
    (signal) => {
      const { conversationId } = getSnapshot()
      const body = { conversationId, ...signal }
      if (isEngaged(getSnapshot())) call('/api/send', { body }).catch(() => {})
    },
    (readUpTo) => void memo.change((kept) => kept && { ...kept, readUpTo }),
  )

  async function prepare(life: AbortController): Promise<void> {
    if (!pending) return
    const reply = await call<StartReply>('/api/start', { body: pending, life })
    life.signal.throwIfAborted()
    pending = undefined
    const { conversationId, attachments } = reply
    const kept = await memo.change((old) => ({
      readUpTo: '',
      ...(old?.conversationId === conversationId && old),
      ...{ conversationId, attachments },
    }))
    if (kept) await enter(kept)
  }

  async function enter(kept: Memo): Promise<void> {
    const { conversationId } = kept
    const { conversation } = getSnapshot()
    outbox.forget((own) => own.delivery === 'sent' && own.conversationId !== conversationId)
    set({
      ...kept,
      ...{ prechat: null, problem: null, connection: 'connecting' },
      conversation: conversation?.id === conversationId ? conversation : null,
    })
    reading.enter(conversationId)
    await outbox.begin(conversationId)
  }

  function watch(): void {
    unwatch ??= watchWakes(environment, reading.now)
  }

  /** Nothing is read or sent any more, until `start` or `resume`. */
  function close(): void {
    pending = undefined
    unwatch?.()
    unwatch = undefined
    reading.close()
    set({ connection: 'idle' })
  }

  /** As if nobody had been here. */
  async function forget(): Promise<void> {
    if (!pending) close()
    outbox.forget(() => true)
    reading.enter('')
    set({ ...nothing, connection: getSnapshot().connection })
    await memo.change(emptied)
    await unsent.change(emptied)
  }

  function start(wish?: StartWish): void {
    const { connection, prechat } = getSnapshot()
    watch()
    if (isEngaged(getSnapshot()) && wish?.resume !== false) {
      if (prechat) outbox.answer(wish?.routingAttributes)
      outbox.flush()
      reading.soon()
    } else if (wish || !unsettled.test(connection)) {
      pending = { ...wish, conversationId: crypto.randomUUID() }
      set({ connection: 'connecting', problem: null, conversationId: null })
      reading.close()
      reading.start()
    }
  }

  /** What waits is sent, or fails where nothing can be said any more. */
  function deliverWaiting(): void {
    const { problem, prechat } = getSnapshot()
    if (problem && isOver(problem)) outbox.failAll(problem)
    else if (!prechat) start()
  }

  function say(content: Content, deliver?: Deliver): string {
    const id = outbox.say(content, deliver)
    typing(false)
    deliverWaiting()
    return id
  }

  return {
    getSnapshot,
    on: state.on,
    /** Calls back after every change; what it returns stops that. */
    subscribe: (onChange: () => void): (() => void) => state.on('change', onChange),
    /**
     * Opens a conversation or comes back to the open one; goes on with the answers, when a form was asked
     * for.
     */
    start,
    /** Goes on with the conversation that this browser was in, if there is one; else asks nothing. */
    async resume(): Promise<void> {
      const kept = await memo.read()
      if (kept && getSnapshot().connection === 'idle') {
        watch()
        await enter(kept)
        if (!tabs) reading.start()
      }
    },
    /** Says a text, and starts a conversation when there is none. Returns the message's id. */
    send: (text: string): string => say(textContent(text.trim())),
    /** Answers a choice (`{ selections }`) or a form (`{ values }`). Returns the answer's id. */
    reply: (inReplyToMessageId: string, answer: Answer): string =>
      say(answerContent(inReplyToMessageId, answer)),
    /** Says what goes its own way to the gateway, as `upload` does. */
    say,
    /** A call as the visitor, for what goes its own way. */
    call,
    /** Sends a message again that failed, by the same id: it is delivered once. Starts as `send` does. */
    retry(id: string): void {
      outbox.retry(id)
      deliverWaiting()
    },
    /** Gives up a message that failed or waits. One on its way may arrive all the same. */
    discard(id: string): void {
      outbox.forget((own) => own.id === id)
      reading.show()
    },
    /** To be called at each keystroke; ends by itself. */
    typing,
    /** All there is has been seen. */
    markRead,
    /** Puts the page of messages before the oldest one into the snapshot. */
    loadOlder: reading.loadOlder,
    /** What was said, as a PDF. */
    transcript: (): Promise<Blob> =>
      call(`/api/transcript?conversationId=${getSnapshot().conversationId}`, {
        read: (response) => response.blob(),
      }),
    /** Ends the conversation for good, or only its session: the next message begins another. */
    async end(scope?: 'conversation' | 'session'): Promise<void> {
      const { conversationId } = getSnapshot()
      await call('/api/end', { body: { conversationId, scope } })
      reading.soon()
    },
    /** Leaves nothing of the visitor in this browser, and ends the visit at the gateway. */
    async signOut({ everywhere = false } = {}): Promise<void> {
      close()
      try {
        if (!(await tokens.read())) return
        const read = async () => {}
        await call(`/api/auth?everywhere=${everywhere}`, { method: 'DELETE', read })
      } finally {
        await tokens.change(emptied)
        await forget()
      }
    },
    close,
  }
}
