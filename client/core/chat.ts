import type { Answer, StartOptions, StartReply } from './api-types.js'
import { createConversationRequests } from './conversation-requests.js'
import { browser } from './environment.js'
import { createRequest } from './http.js'
import { answerContent, type Content, randomId, textContent } from './local-message.js'
import type { ChatOptions } from './options.js'
import { createOutbox, type Deliver } from './outbox.js'
import { createPoller, isFinal } from './poller.js'
import { createSession } from './session.js'
import { createSignals } from './signals.js'
import { emptySnapshot } from './snapshot.js'
import { activeConnections, createState, isActive } from './state.js'
import { remove } from './storage.js'
import { createStored, type StoredConversation } from './stored.js'
import { watchWakes } from './wake.js'

export type Chat = ReturnType<typeof createChat>

/**
 * Creates a visitor's chat. It sends no request before `start`, `resume` or the first `send`.
 * Failures are in the snapshot; only `availability`, `loadOlder`, `transcript`, `end` and `signOut`
 * reject, with a `ChatProblem`.
 */
export function createChat(options: ChatOptions) {
  const { tabs, environment = browser } = options
  const { storedConversation, tokens, unsent, drafts } = createStored(options, environment)
  const state = createState()
  const { getSnapshot, set } = state
  let { startOptions } = options
  /** Holds the conversation that is still to be started. */
  let pending: (StartOptions & { conversationId: string }) | undefined
  let unwatch: (() => void) | undefined
  /** Counts the calls of `close`: what one of them overtook opens nothing any more. */
  let closings = 0

  const request = createRequest(options.baseUrl, options.fetch)
  const call = createSession(
    request,
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
      if (isFinal(problem)) {
        poller.fail(problem)
        poller.soon()
      } else if (prechat) set({ prechat })
      else return false
      return true
    },
  )

  const poller = createPoller(context, outbox, tabs, prepare, (problem) => {
    outbox.failAll(problem)
    const { conversationId } = getSnapshot()
    const others = (stored: StoredConversation | null) =>
      stored?.conversationId === conversationId ? null : stored
    if (problem.code !== 'conversation_ended') void storedConversation.change(others).then(follow)
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
    life.signal.throwIfAborted()
    if (stored) await enter(stored)
  }

  async function enter(stored: StoredConversation): Promise<void> {
    const { conversationId } = stored
    const { conversation } = getSnapshot()
    outbox.remove(
      (message) => message.delivery === 'sent' && message.conversationId !== conversationId,
    )
    set({
      ...stored,
      ...{ prechat: null, problem: null, connection: 'connecting' },
      conversation: conversation?.id === conversationId ? conversation : null,
    })
    poller.enter(conversationId)
    await outbox.resume(conversationId)
  }

  /** Enters a conversation that this browser was in, or is in, and polls it. */
  async function join(stored: StoredConversation): Promise<void> {
    const earlier = closings
    pending = undefined
    poller.close()
    await enter(stored)
    if (!tabs && earlier === closings) poller.start()
  }

  /** Follows the other tabs: into a conversation that one of them began, and in what was read. */
  async function follow(): Promise<void> {
    const stored = await storedConversation.read()
    const { conversationId, connection, readUpTo } = getSnapshot()
    if (!stored || !unwatch || (pending && activeConnections.includes(connection))) return
    if (stored.conversationId !== conversationId) await join(stored)
    else if (stored.readUpTo > readUpTo) set({ readUpTo: stored.readUpTo })
  }

  function watch(): void {
    unwatch ??= watchWakes(environment, (change) => {
      if (change === 'left') return poller.leave()
      void follow()
      if (change !== 'stored' && (pending || getSnapshot().conversationId)) poller.wake()
    })
  }

  /** Stops polling and sending until `start` or `resume`. */
  function close(): void {
    closings += 1
    pending = undefined
    unwatch?.()
    unwatch = undefined
    poller.close()
    set({ connection: 'idle' })
  }

  /** Removes the conversation and the unsent messages, here and from storage. */
  async function forget(): Promise<void> {
    if (!pending) close()
    drafts.clear()
    outbox.remove(() => true)
    poller.enter('')
    set({ ...emptySnapshot, connection: getSnapshot().connection })
    await storedConversation.change(remove)
    await unsent.change(remove)
  }

  function start(overrides?: StartOptions): void {
    const { connection, prechat } = getSnapshot()
    const routingAttributes = overrides?.routingAttributes && {
      ...startOptions?.routingAttributes,
      ...overrides.routingAttributes,
    }
    watch()
    if (isActive(getSnapshot()) && overrides?.resume !== false) {
      if (prechat) outbox.answer(routingAttributes)
      outbox.flush()
      poller.soon()
    } else if (overrides || connection === 'online' || !activeConnections.includes(connection)) {
      pending = {
        ...startOptions,
        ...overrides,
        ...(routingAttributes && { routingAttributes }),
        conversationId: randomId(),
      }
      set({ connection: 'connecting', problem: null, conversationId: null })
      poller.close()
      poller.start()
    } else poller.wake()
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
    /** Calls back after every change. Returns a function that stops that. */
    subscribe: (onChange: () => void): (() => void) => state.on('change', onChange),
    /**
     * Opens a conversation or returns to the open one. When a form is asked for, continues with the
     * answers.
     */
    start,
    /**
     * Replaces the options that conversations are started with from now on; `undefined` restores
     * those of `createChat`.
     */
    setStartOptions(newOptions = options.startOptions): void {
      startOptions = newOptions
    },
    /**
     * Continues the conversation that this browser was in. Without one, sends no request, and joins
     * the one that another tab begins.
     */
    async resume(): Promise<void> {
      const earlier = closings
      const stored = await storedConversation.read()
      if (earlier !== closings) return
      watch()
      if (stored && getSnapshot().connection === 'idle') await join(stored)
    },
    /** Sends a text, and starts a conversation when there is none. Returns the message's id. */
    send: (text: string): string => sendContent(textContent(text.trim())),
    /** Answers a choice (`{ selections }`) or a form (`{ values }`). Returns the answer's id. */
    reply: (inReplyToMessageId: string, answer: Answer): string =>
      sendContent(answerContent(inReplyToMessageId, answer)),
    /** Sends any content, by `POST /api/send` or by `deliver`. Returns the message's id. */
    sendContent,
    /** Sends any request to the gateway as the visitor. */
    call,
    /**
     * Sends a failed message again by the same id, so that it is delivered once. Starts as `send`
     * does.
     */
    retry(id: string): void {
      outbox.retry(id)
      sendWaiting()
    },
    /** Gives up a message that failed or waits. One that is being sent may still arrive. */
    discard(id: string): void {
      outbox.remove((message) => message.id === id)
      poller.show()
    },
    drafts,
    /** Reports that the visitor types. Call it at each keystroke; it ends by itself. */
    typing,
    /** Marks all messages as read. */
    markRead,
    /** Puts the page of messages before the oldest one into the snapshot. */
    loadOlder: poller.loadOlder,
    ...createConversationRequests(context, request, () => poller.soon(0)),
    /**
     * Removes the visitor's data from this browser, and ends the visit at the gateway. A failure is
     * tried once more: while Salesforce fails, the gateway gives up what is open at the second call.
     */
    async signOut({ everywhere = false } = {}): Promise<void> {
      close()
      try {
        if (!(await tokens.read())) return
        const read = async () => {}
        const leave = () => call(`/api/auth?everywhere=${everywhere}`, { method: 'DELETE', read })
        await leave().catch(leave)
      } finally {
        await tokens.change(remove)
        await forget()
      }
    },
    close,
  }
}
