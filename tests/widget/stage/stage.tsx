/** Shows one widget, whose snapshot a test sets: `stage.show(snapshot, props)`. */
import { StrictMode } from 'react'
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'
import { createDrafts } from '../../../client/core/drafts.js'
import type { Availability, Chat, ChatEvents, Snapshot } from '../../../client/core/index.js'
import { ChatProblem, type ProblemMembers } from '../../../client/core/problem.js'
import { emptySnapshot } from '../../../client/core/snapshot.js'
import { ChatWidget, type ChatWidgetProps } from '../../../client/react/index.js'

/** Records the widget's calls of its chat: the verb and its arguments. */
const calls: { verb: string; args: unknown[] }[] = []
let snapshot: Snapshot = emptySnapshot
const listeners = new Set<() => void>()
/** Payloads of `stage.emit`, by the event's name. */
const events = new EventTarget()
/** Errors that methods reject with, by their names. */
const refusals = new Map<string, ProblemMembers>()

function verb<T>(name: string, result: T) {
  return (...args: unknown[]): T => {
    calls.push({ verb: name, args })
    return result
  }
}

function asking<T>(name: string, result: T) {
  return async (...args: unknown[]): Promise<T> => {
    calls.push({ verb: name, args })
    const refusal = refusals.get(name)
    if (refusal) throw new ChatProblem(refusal)
    return result
  }
}

/** Is what the gateway tells of its hours; null: it does not answer. */
let hours: Availability | null = { open: true }

/** Imitates a chat without a gateway: a test sets its snapshot, and its calls are recorded. */
const chat: Chat = {
  getSnapshot: () => snapshot,
  subscribe(listener) {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
  on(type, listener) {
    const onEvent = (event: Event) => listener((event as CustomEvent).detail)
    events.addEventListener(type, onEvent)
    return () => events.removeEventListener(type, onEvent)
  },
  start: verb('start', undefined),
  setStartOptions: verb('setStartOptions', undefined),
  resume: asking('resume', undefined),
  send: verb('send', 'a-message'),
  reply: verb('reply', 'an-answer'),
  sendContent: verb('sendContent', 'a-message'),
  call: () => Promise.reject(new Error('A stage has no gateway.')),
  retry: verb('retry', undefined),
  discard: verb('discard', undefined),
  drafts: createDrafts('stage'),
  typing: verb('typing', undefined),
  markRead: verb('markRead', undefined),
  loadOlder: asking('loadOlder', undefined),
  transcript: asking('transcript', new Blob(['%PDF-1.7'])),
  async availability() {
    calls.push({ verb: 'availability', args: [] })
    if (!hours) throw new ChatProblem({ code: 'unreachable', retryable: true })
    return hours
  },
  end: asking('end', undefined),
  signOut: asking('signOut', undefined),
  close: verb('close', undefined),
}

const root = createRoot(document.querySelector('#root') as HTMLElement)

function show(changes: Partial<Snapshot>, props: Partial<ChatWidgetProps> = {}): void {
  snapshot = { ...emptySnapshot, ...changes }
  for (const listener of listeners) listener()
  const scene = <ChatWidget chat={chat} {...props} />
  flushSync(() => root.render(<StrictMode>{scene}</StrictMode>))
}

/** Emits an event as a chat does. */
function emit<K extends keyof ChatEvents>(type: K, detail: ChatEvents[K]): void {
  events.dispatchEvent(new CustomEvent(type, { detail }))
}

/** Makes a function of the chat answer with a problem from now on. */
function refuse(name: 'end' | 'loadOlder' | 'transcript', problem: ProblemMembers): void {
  refusals.set(name, problem)
}

/** Sets what the gateway tells of its hours from now on. */
function setHours(told: Availability | null): void {
  hours = told
}

Object.assign(window, {
  stage: { show, setHours, calls, emit, refuse, unmount: () => root.unmount() },
})
