import { browser } from './environment.js'
import { type ChatEvents, createState } from './events.js'
import { createHttp } from './http.js'
import type { ChatOptions } from './options.js'
import { createReading } from './reading.js'
import { createSaying } from './saying.js'
import { createSession, type Tokens } from './session.js'
import { createSignals } from './signals.js'
import { nothing, type Snapshot } from './snapshot.js'
import { createStarter } from './starter.js'
import { createDrawer, webStorage } from './storage.js'
import type { Unsent } from './unsent.js'
import { watchWakes } from './wake.js'
import type { Answer, Attachments, EndReply, StartWish } from './wire.js'

/** The conversation that is remembered over a reload. */
type Memo = { id: string; attachments: Attachments | null; readUpTo: string }

export type Chat = ReturnType<typeof createChat>

const underWay = ['connecting', 'online', 'retrying', 'offline']

/**
 * A visitor's chat. Nothing is asked before `start`, `resume` or the first `send`. What fails is told in
 * the snapshot; only `loadOlder`, `transcript`, `end` and `signOut` reject, with a `ChatProblem`.
 */
export function createChat(options: ChatOptions) {
  const { baseUrl, storage = 'localStorage', identityToken, tabs, transfer } = options
  const { environment = browser } = options
  const name = `miaw ${baseUrl}`
  const store = typeof storage === 'string' ? webStorage(storage) : storage
  const drawer = <T>(what: string) => createDrawer<T>(store, `${name} ${what}`, environment)
  const memo = drawer<Memo>('conversation')
  const tokens = drawer<Tokens>('tokens')
  const unsent = drawer<Unsent[]>('unsent')
  const state = createState(nothing)
  const { getSnapshot, set, emit } = state
  let isEngaged = false
  let unwatch: (() => void) | undefined

  const call = createSession({
    request: createHttp({ baseUrl, fetch: options.fetch, transfer }),
    isEngaged: () => isEngaged,
    onStranger: forget,
    ...{ tokens, identityToken },
  })

  const shared = { call, state, environment }
  const reading = createReading({
    ...{ ...shared, tabs, name },
    onEchoes: (ids) => saying.outbox.forget(ids),
    onOver(problem) {
      isEngaged = false
      saying.outbox.failAll(problem)
      if (problem.code !== 'conversation_ended') void memo.change(() => null)
    },
  })
  const saying = createSaying({
    ...{ ...shared, drawer: unsent },
    reading: () => reading,
    isEngaged: () => isEngaged,
  })
  const starter = createStarter({
    ...shared,
    async onStarted({ conversationId: id, attachments, resumed }) {
      const kept = await memo.change((old) => ({
        ...{ id, attachments, readUpTo: old?.id === id ? old.readUpTo : '' },
      }))
      if (kept) await open(kept)
      emit('started', { conversationId: id, resumed })
    },
  })
  const signals = createSignals({
    ...shared,
    onRead: (readUpTo) => memo.change((kept) => kept && { ...kept, readUpTo }),
  })

  function watch(): void {
    unwatch ??= watchWakes(environment, (slept) => {
      reading.wake(slept)
      if (!environment.isOnline()) return
      saying.outbox.wake()
      starter.wake()
    })
  }

  async function open({ id, ...kept }: Memo): Promise<void> {
    const { conversationId, messages } = getSnapshot()
    isEngaged = true
    set({ connection: 'connecting', problem: null, prechat: null, conversationId: id, ...kept })
    if (conversationId !== id) {
      const left = messages.filter(({ delivery }) => delivery === 'sending' || delivery === 'failed')
      set({ messages: left, conversation: null, hasOlder: false })
    }
    reading.open(id)
    await saying.takeUp(id)
  }

  /** Nothing is read or sent any more, until `start` or `resume`. */
  function close(): void {
    isEngaged = false
    unwatch?.()
    unwatch = undefined
    starter.cancel()
    reading.close()
    set({ connection: 'idle' })
  }

  /** As if nobody had been here. */
  async function forget(): Promise<void> {
    saying.outbox.clear()
    set(nothing)
    await Promise.all([memo.change(() => null), unsent.change(() => null)])
  }

  function start(wish: StartWish = {}): Promise<Snapshot> {
    watch()
    const { connection, prechat } = getSnapshot()
    if (isEngaged && wish.resume !== false && underWay.includes(connection)) {
      if (prechat) saying.answer(wish.routingAttributes)
      reading.now()
      return Promise.resolve(getSnapshot())
    }
    return starter.start(wish)
  }

  function say(...given: Parameters<typeof saying.say>): string {
    const id = saying.say(...given)
    signals.typing(false)
    if (['idle', 'refused'].includes(getSnapshot().connection) && !getSnapshot().prechat) void start()
    return id
  }

  return {
    getSnapshot,
    /** Calls back after every change; what it returns stops that. */
    subscribe: (onChange: () => void): (() => void) => state.on('change', onChange),
    on: <K extends keyof ChatEvents>(type: K, listener: (detail: ChatEvents[K]) => void) =>
      state.on(type, listener),
    /** Opens a conversation or comes back to the open one; with the answers, when a form was asked for. */
    start,
    /** Goes on with the conversation that this browser was in, if there is one; else asks nothing. */
    async resume(): Promise<Snapshot> {
      if (getSnapshot().connection !== 'idle') return getSnapshot()
      const kept = await memo.read()
      if (kept && getSnapshot().connection === 'idle') {
        watch()
        await open(kept)
      }
      return getSnapshot()
    },
    /** Says a text, and starts a conversation when there is none. Returns the message's id. */
    send: (text: string): string => say({ text: text.trim() }),
    /** Answers a choice (`{ selections }`) or a form (`{ values }`). */
    reply(inReplyToMessageId: string, answer: Answer): string {
      return 'values' in answer
        ? say({ messageType: 'FormResponseMessage', inReplyToMessageId, ...answer })
        : say({ messageType: 'ChoiceResponseMessage', inReplyToMessageId, ...answer })
    },
    /** Sends a file; its message tells the progress, when there is a `transfer`. */
    upload: (file: File, { text }: { text?: string } = {}): string => say({ file, text }),
    /** Sends a message again that failed, by the same id: it is delivered once. */
    retry: saying.retry,
    /** Gives up a message that failed or waits. One on its way may arrive all the same. */
    discard: saying.discard,
    /** To be called at each keystroke; ends by itself. */
    typing: signals.typing,
    /** All there is has been seen. */
    markRead: signals.markRead,
    /** Puts the page of messages before the oldest one into the snapshot. */
    loadOlder: reading.loadOlder,
    /** What was said, as a PDF. */
    transcript(): Promise<File> {
      const query = new URLSearchParams({ conversationId: getSnapshot().conversationId ?? '' })
      return call('GET', `/api/transcript?${query}`, {}, async (response) => {
        const disposition = response.headers.get('content-disposition') ?? ''
        const [, fileName = 'transcript.pdf'] = /filename="?([^";]+)/.exec(disposition) ?? []
        return new File([await response.blob()], fileName, { type: 'application/pdf' })
      })
    },
    /** Ends the conversation for good, or only its session: the next message begins another. */
    async end(scope: 'conversation' | 'session' = 'conversation'): Promise<void> {
      const body = { conversationId: getSnapshot().conversationId, scope }
      await call<EndReply>('POST', '/api/end', { body })
      reading.now()
    },
    /** Leaves nothing of the visitor in this browser, and ends the visit at the gateway. */
    async signOut({ everywhere = false } = {}): Promise<void> {
      close()
      try {
        if (!(await tokens.read())) return
        await call('DELETE', `/api/auth${everywhere ? '?everywhere=true' : ''}`, {}, async () => {})
      } finally {
        await tokens.change(() => null)
        await forget()
      }
    },
    close,
  }
}
