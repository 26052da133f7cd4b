/**
 * Holds the state of one request while it is served: its deadline, its use of Redis and Salesforce,
 * and the limits it was counted against. lib/http/ opens it; modules add to it.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { LimitOutcome } from './limits.js'
import { isProblem } from './problem.js'
import { type ActiveSpan, inDependencySpan } from './tracing.js'

export type Dependency = 'redis' | 'salesforce'

type Usage = { ms: number; requests: number }

export type RequestScope = {
  deadline: number
  spent: Record<Dependency, Usage>
  /** Milliseconds spent on what failed. */
  wastedMs: Record<Dependency, number>
  limits: LimitOutcome[]
  /** The request's span, where spans are recorded. */
  span: ActiveSpan | null
}

const storage = new AsyncLocalStorage<RequestScope>()

/** A scope without a deadline yet. */
export function createScope(): RequestScope {
  const nothing = () => ({ ms: 0, requests: 0 })
  return {
    deadline: Number.POSITIVE_INFINITY,
    spent: { redis: nothing(), salesforce: nothing() },
    wastedMs: { redis: 0, salesforce: 0 },
    limits: [],
    span: null,
  }
}

/** Runs work inside a scope. */
export function runInScope<T>(scope: RequestScope, work: () => Promise<T>): Promise<T> {
  return storage.run(scope, work)
}

/** Outside of a request, and before its deadline is known, foreign calls may take this long. */
const defaultTimeoutMs = 10_000

/** Milliseconds until the request must be answered, never negative. */
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

/** The request that is being served; undefined outside of any. */
export function currentScope(): RequestScope | undefined {
  return storage.getStore()
}

/** The kind of a failure, never what it says. */
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

/** Books where a limit stands, for the answer's `RateLimit` headers. */
export function noteLimit(outcome: LimitOutcome): void {
  storage.getStore()?.limits.push(outcome)
}
