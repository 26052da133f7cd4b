import type { Answer, Attachments, StartOptions, StartReply } from './api-types.js'
import { browser } from './environment.js'
import { createRequest } from './http.js'
import { answerContent, type Content, textContent } from './local-message.js'
import type { ChatOptions } from './options.js'
import { createOutbox, type Deliver } from './outbox.js'
import { createPoller, isFinal } from './poller.js'
import { createSession, type Tokens } from './session.js'
import { createSignals } from './signals.js'
import { type ChatMessage, emptySnapshot } from './snapshot.js'
import { activeConnections, createState, isActive } from './state.js'
import { createStoredValue, remove } from './storage.js'
import { watchWakes } from './wake.js'

/** The conversation that is remembered over a reload. */
type StoredConversation = {
  conversationId: string
  attachments: Attachments | null
  readUpTo: string
}

export type Chat = ReturnType<typeof createChat>

/**
 * A visitor's chat. Nothing is asked before `start`, `resume` or the first `send`. What fails is told in
 * the snapshot; only `loadOlder`, `transcript`, `end` and `signOut` reject, with a `ChatProblem`.
 */
export function createChat(options: ChatOptions) {
  const { baseUrl, storage, tabs, environment = browser } = options
  const storedValue = <T>(what: string) =>
    createStoredValue<T>(storage, `miaw ${baseUrl} ${what}`, environment)
  const storedConversation = storedValue<StoredConversation>('conversation')
  const tokens = storedValue<Tokens>('tokens')
  const unsent = storedValue<ChatMessage[]>('unsent')
  const state = createState()
  const { getSnapshot, set } = state
  let { startOptions } = options
  /** The conversation that is still to be started. */
  let pending: (StartOptions & { conversationId: string }) | undefined
  let unwatch: (() => void) | undefined

  const call = createSession(
    createRequest(baseUrl, options.fetch),
    tokens,
    options.identityToken,
    () => isActive(getSnapshot()),
    forget,
  )
  const context = { call, state, environment }

  const outbox = createOutbox(
    context,
    unsent,
    (delivery) => {
      poller.show()
      if (delivery === 'sent') poller.soon()
    },
    (problem) => {
      const { prechat } = problem
      if (isFinal(problem)) poller.trouble(problem)
      else if (prechat) set({ prechat })
      else return false
      return true
    },
  )

  const poller = createPoller(context, outbox, tabs, prepare, (problem) => {
    outbox.failAll(problem)
    if (problem.code !== 'conversation_ended') void storedConversation.change(remove)
  })

  const { typing, markRead } = createSignals(
    state,
    (signal) => {
      const { conversationId } = getSnapshot()
      const body = { conversationId, ...signal }
      if (isActive(getSnapshot())) call('/api/send', { body }).catch(() => {})
    },
    (readUpTo) => void storedConversation.change((stored) => stored && { ...stored, readUpTo }),
  )

  async function prepare(life: AbortController): Promise<void> {
    if (!pending) return
    const reply = await call<StartReply>('/api/start', { body: pending, life })
    life.signal.throwIfAborted()
    pending = undefined
    const { conversationId, attachments } = reply
    const stored = await storedConversation.change((old) => ({
      readUpTo: '',
      ...(old?.conversationId === conversationId && old),
      ...{ conversationId, attachments },
    }))
    if (stored) await enter(stored)
  }

  async function enter(stored: StoredConversation): Promise<void> {
    const { conversationId } = stored
    const { conversation } = getSnapshot()
    outbox.remove((own) => own.delivery === 'sent' && own.conversationId !== conversationId)
    set({
      ...stored,
      ...{ prechat: null, problem: null, connection: 'connecting' },
      conversation: conversation?.id === conversationId ? conversation : null,
    })
    poller.enter(conversationId)
    await outbox.resume(conversationId)
  }

  function watch(): void {
    unwatch ??= watchWakes(environment, poller.now)
  }

  /** Nothing is read or sent any more, until `start` or `resume`. */
  function close(): void {
    pending = undefined
    unwatch?.()
    unwatch = undefined
    poller.close()
    set({ connection: 'idle' })
  }

  /** As if nobody had been here. */
  async function forget(): Promise<void> {
    if (!pending) close()
    outbox.remove(() => true)
    poller.enter('')
    set({ ...emptySnapshot, connection: getSnapshot().connection })
    await storedConversation.change(remove)
    await unsent.change(remove)
  }

  function start(given?: StartOptions): void {
    const { connection, prechat } = getSnapshot()
    const routingAttributes = given?.routingAttributes && {
      ...startOptions?.routingAttributes,
      ...given.routingAttributes,
    }
    watch()
    if (isActive(getSnapshot()) && given?.resume !== false) {
      if (prechat) outbox.answer(routingAttributes)
      outbox.flush()
      poller.soon()
    } else if (given || connection === 'online' || !activeConnections.includes(connection)) {
      pending = {
        ...startOptions,
        ...given,
        ...(routingAttributes && { routingAttributes }),
        conversationId: crypto.randomUUID(),
      }
      set({ connection: 'connecting', problem: null, conversationId: null })
      poller.close()
      poller.start()
    }
  }

  /** Sends the waiting messages, or fails them where nothing can be sent any more. */
  function sendWaiting(): void {
    const { problem, prechat } = getSnapshot()
    if (problem && isFinal(problem)) outbox.failAll(problem)
    else if (!prechat) start()
  }

  function sendContent(content: Content, deliver?: Deliver): string {
    const id = outbox.add(content, deliver)
    typing(false)
    sendWaiting()
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
    /** Replaces the options that conversations are started with from now on. */
    setStartOptions(given: StartOptions | undefined): void {
      startOptions = given
    },
    /** Goes on with the conversation that this browser was in, if there is one; else asks nothing. */
    async resume(): Promise<void> {
      const stored = await storedConversation.read()
      if (stored && getSnapshot().connection === 'idle') {
        watch()
        await enter(stored)
        if (!tabs) poller.start()
      }
    },
    /** Says a text, and starts a conversation when there is none. Returns the message's id. */
    send: (text: string): string => sendContent(textContent(text.trim())),
    /** Answers a choice (`{ selections }`) or a form (`{ values }`). Returns the answer's id. */
    reply: (inReplyToMessageId: string, answer: Answer): string =>
      sendContent(answerContent(inReplyToMessageId, answer)),
    sendContent,
    /** A call as the visitor, for what goes its own way. */
    call,
    /** Sends a message again that failed, by the same id: it is delivered once. Starts as `send` does. */
    retry(id: string): void {
      outbox.retry(id)
      sendWaiting()
    },
    /** Gives up a message that failed or waits. One on its way may arrive all the same. */
    discard(id: string): void {
      outbox.remove((own) => own.id === id)
      poller.show()
    },
    /** To be called at each keystroke; ends by itself. */
    typing,
    /** All there is has been seen. */
    markRead,
    /** Puts the page of messages before the oldest one into the snapshot. */
    loadOlder: poller.loadOlder,
    /** Resolves to the transcript of the conversation, as a PDF. */
    transcript: (): Promise<Blob> =>
      call(`/api/transcript?conversationId=${getSnapshot().conversationId}`, {
        read: (response) => response.blob(),
      }),
    /** Ends the conversation for good, or only its session: the next message begins another. */
    async end(scope?: 'conversation' | 'session'): Promise<void> {
      const { conversationId } = getSnapshot()
      await call('/api/end', { body: { conversationId, scope } })
      poller.soon()
    },
    /** Leaves nothing of the visitor in this browser, and ends the visit at the gateway. */
    async signOut({ everywhere = false } = {}): Promise<void> {
      close()
      try {
        if (!(await tokens.read())) return
        const read = async () => {}
        await call(`/api/auth?everywhere=${everywhere}`, { method: 'DELETE', read })
      } finally {
        await tokens.change(remove)
        await forget()
      }
    },
    close,
  }
}
