/**
 * Holds the state of one request while it is served: its deadline, its caller's signal, its use of
 * Redis and Salesforce, and the limits it was counted against. lib/http/ opens it; modules add to it.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { LimitOutcome } from './limits.js'
import { GatewayError, isProblem } from './problem.js'
import { type ActiveSpan, inDependencySpan } from './tracing.js'

export type Dependency = 'redis' | 'salesforce'

type Usage = { ms: number; requests: number }

export type RequestScope = {
  deadline: number
  /** Is aborted when the caller has gone away or the process is about to stop. */
  signal: AbortSignal
  /** Is aborted when the caller has gone away. */
  gone: AbortSignal
  /** The request changes nothing: without a caller, its work is given up. */
  isReadOnly: boolean
  /** Asks the host to keep the process alive for work that the answer does not wait for. */
  waitUntil: (work: Promise<unknown>) => void
  /** Resolves when the work for the answer has ended. */
  answered: Promise<void>
  setAnswered: () => void
  spent: Record<Dependency, Usage>
  /** Holds the milliseconds spent on what failed. */
  wastedMs: Record<Dependency, number>
  limits: LimitOutcome[]
  /** Holds the sentence for the log line of a request that succeeds; null when there is none. */
  note: string | null
  /** Holds the request's span, where spans are recorded. */
  span: ActiveSpan | null
}

const storage = new AsyncLocalStorage<RequestScope>()

/** Returns a signal that nobody aborts. */
function unabortedSignal(): AbortSignal {
  return new AbortController().signal
}

/** Describes the host's knowledge of a request; see `RequestScope`. */
export type HostSignals = Partial<Pick<RequestScope, 'signal' | 'gone' | 'waitUntil'>>

/** Creates a scope without a deadline yet. Where a host has no `gone` of its own, it is `signal`. */
export function createScope(host: HostSignals = {}): RequestScope {
  const nothing = () => ({ ms: 0, requests: 0 })
  const { signal = unabortedSignal(), gone = signal, waitUntil = () => undefined } = host
  let setAnswered = () => {}
  const answered = new Promise<void>((resolve) => {
    setAnswered = resolve
  })
  return {
    deadline: Number.POSITIVE_INFINITY,
    signal,
    gone,
    isReadOnly: false,
    waitUntil,
    answered,
    setAnswered,
    spent: { redis: nothing(), salesforce: nothing() },
    wastedMs: { redis: 0, salesforce: 0 },
    limits: [],
    note: null,
    span: null,
  }
}

/** Runs the work for an answer inside a scope. */
export function runInScope<T>(scope: RequestScope, work: () => Promise<T>): Promise<T> {
  return storage.run(scope, work).finally(scope.setAnswered)
}

/** Outside of a request, and before its deadline is known, foreign calls may take this long. */
const defaultTimeoutMs = 10_000

/** Returns the milliseconds until the request must be answered, never negative. */
export function remainingMs(): number {
  const deadline = storage.getStore()?.deadline ?? Number.POSITIVE_INFINITY
  return Number.isFinite(deadline) ? Math.max(0, deadline - Date.now()) : defaultTimeoutMs
}

/** Says that the request must be answered within so many milliseconds from now. */
export function setDeadline(withinMs: number): void {
  const scope = storage.getStore()
  if (scope) scope.deadline = Date.now() + withinMs
}

/** Gives the request more time, for a poll that was asked to wait. */
export function extendDeadline(extraMs: number): void {
  const scope = storage.getStore()
  if (scope) scope.deadline += extraMs
}

/**
 * Returns the signal that is aborted when the caller has gone away or the process is about to stop:
 * waiting any longer is of no use, but an answer may still arrive. Outside of a request it never is.
 */
export function callerSignal(): AbortSignal {
  return storage.getStore()?.signal ?? unabortedSignal()
}

/** Returns the signal that is aborted when the caller has gone away. Outside of a request it never is. */
export function goneSignal(): AbortSignal {
  return storage.getStore()?.gone ?? unabortedSignal()
}

/** Says that the request changes nothing, so that its work is given up when its caller goes away. */
export function setReadOnly(): void {
  const scope = storage.getStore()
  if (scope) scope.isReadOnly = true
}

/**
 * Returns the signal that is aborted when the work of the request is of no use any more: it only
 * reads, and its caller has gone away. What has effects goes on, so that they happen exactly once.
 */
export function abandonSignal(): AbortSignal {
  const scope = storage.getStore()
  return scope?.isReadOnly ? scope.gone : unabortedSignal()
}

/** Makes the error that ends the work of a request without a caller. */
export function abandoned(): GatewayError {
  return new GatewayError('upstream_unavailable', {
    effect: 'none',
    retryAfterMs: 1000,
    note: 'The caller has gone, and the work for it was given up',
  })
}

/** Does work that the answer does not wait for, and whose failure changes nothing. */
export function afterAnswer(work: () => Promise<unknown>): void {
  const scope = storage.getStore()
  scope?.waitUntil(scope.answered.then(work).catch(() => undefined))
}

/** Returns the request that is being served; undefined outside of any. */
export function currentScope(): RequestScope | undefined {
  return storage.getStore()
}

/** Returns the kind of a failure, never its message. */
function kindOf(error: unknown): string {
  if (isProblem(error)) return error.code
  return error instanceof Error ? error.name : typeof error
}

/** Does one foreign request, books its duration and records its span. */
export async function measure<T>(dependency: Dependency, work: () => Promise<T>): Promise<T> {
  const scope = storage.getStore()
  const startedAt = performance.now()
  let hasFailed = true
  try {
    const result = await inDependencySpan(scope?.span ?? null, dependency, work, kindOf)
    hasFailed = false
    return result
  } finally {
    if (scope) {
      const ms = performance.now() - startedAt
      scope.spent[dependency].ms += ms
      scope.spent[dependency].requests += 1
      if (hasFailed) scope.wastedMs[dependency] += ms
    }
  }
}

/** Books the state of a limit, for the response's `RateLimit` headers; a later one replaces it. */
export function noteLimit(outcome: LimitOutcome): void {
  const scope = storage.getStore()
  if (!scope) return
  scope.limits = [...scope.limits.filter(({ name }) => name !== outcome.name), outcome]
}

/** Books a sentence for the request's log line. */
export function noteForLog(note: string): void {
  const scope = storage.getStore()
  if (scope) scope.note = note
}
