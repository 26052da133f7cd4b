/** What the visitor says: shown at once, sent in order, and told of until it has arrived. */
import type { Environment } from './environment.js'
import type { State } from './events.js'
import { localMessage, type Saying } from './local.js'
import { createOutbox } from './outbox.js'
import { ChatProblem } from './problem.js'
import { isOver, type Reading } from './reading.js'
import type { Call } from './session.js'
import type { ChatMessage } from './snapshot.js'
import type { Drawer } from './storage.js'
import { ordered } from './timeline.js'
import type { Unsent } from './unsent.js'
import { randomUuid } from './uuid.js'
import type { SendReply, StartWish } from './wire.js'

type Options = {
  call: Call
  state: State
  environment: Environment
  drawer: Drawer<Unsent[]>
  reading(): Reading
  isEngaged(): boolean
}

type Answers = StartWish['routingAttributes']

export function createSaying({ call, state, environment, drawer, reading, isEngaged }: Options) {
  const { getSnapshot, set, emit } = state
  /** Those to a form that is asked for each session; they travel with what is said next. */
  let answers: Answers

  function change(id: string, changes: Partial<Omit<ChatMessage, 'messageType'>>): void {
    const changed = (message: ChatMessage): ChatMessage => {
      const { problem: _, ...rest } = message
      return { ...rest, ...changes } as ChatMessage
    }
    const { messages } = getSnapshot()
    set({ messages: ordered(messages.map((each) => (each.id === id ? changed(each) : each))) })
    const message = getSnapshot().messages.find((each) => each.id === id)
    if (message && changes.progress === undefined) emit('delivery', message)
  }

  function deliver(conversationId: string, id: string, saying: Saying): Promise<SendReply> {
    if (!('file' in saying)) {
      const routed = answers && { routingAttributes: answers }
      const body = { conversationId, id, ...saying, ...routed }
      return call('POST', '/api/send', { body })
    }
    const { file, text } = saying
    const body = new FormData()
    for (const [name, value] of Object.entries({ conversationId, id, text, file })) {
      if (value !== undefined) body.append(name, value)
    }
    const onProgress = (progress: number) => change(id, { progress })
    return call('POST', '/api/upload', { body, onProgress })
  }

  /** A form stands in the way, or the conversation is over: then what is said waits, or fails with the rest. */
  function isStopped(problem: ChatProblem): boolean {
    if (isOver(problem)) {
      reading().trouble(problem)
      return true
    }
    const { prechat } = problem
    if (prechat) set({ prechat })
    return !!prechat
  }

  const outbox = createOutbox({
    ...{ drawer, deliver, isStopped, isOnline: environment.isOnline },
    address: () => (isEngaged() && !getSnapshot().prechat ? getSnapshot().conversationId : null),
    onSent({ id, timestamp }) {
      answers = undefined
      change(id, { delivery: 'sent', timestamp })
      reading().soon()
    },
    onFailed: (id, problem) => change(id, { delivery: 'failed', problem }),
  })

  function show(message: ChatMessage): void {
    set({ messages: ordered([...getSnapshot().messages, message]) })
  }

  return {
    outbox,
    /** Says it; the id is the message's for good. */
    say(saying: Saying): string {
      const { connection, conversationId } = getSnapshot()
      const id = randomUuid()
      show(localMessage(id, conversationId ?? '', saying))
      outbox.add(id, saying)
      if (connection === 'ended' || connection === 'lost') {
        const code = connection === 'ended' ? 'conversation_ended' : 'conversation_lost'
        outbox.failAll(new ChatProblem({ code, retryable: false }))
      }
      return id
    },
    retry(id: string): void {
      if (outbox.retry(id)) change(id, { delivery: 'sending' })
    },
    discard(id: string): void {
      outbox.forget([id])
      const isOpen = ({ delivery }: ChatMessage) => delivery === 'sending' || delivery === 'failed'
      const { messages } = getSnapshot()
      set({ messages: messages.filter((each) => each.id !== id || !isOpen(each)) })
    },
    answer(given: Answers): void {
      answers = given ?? {}
      set({ prechat: null })
      void outbox.flush()
    },
    /** Goes on with what was left unsent. */
    async takeUp(conversationId: string): Promise<void> {
      for (const { id, said, failure } of await outbox.restore(conversationId)) {
        if (getSnapshot().messages.some((each) => each.id === id)) continue
        const message = localMessage(id, conversationId, said)
        show(failure ? { ...message, delivery: 'failed', problem: new ChatProblem(failure) } : message)
      }
      void outbox.flush()
    },
  }
}
