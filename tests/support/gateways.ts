/**
 * Lets tests play two gateways whose clocks differ, in one process. In the project `apart` calls of
 * endpoints go to them in turn, and each call sees the clock of its gateway; Redis, Salesforce and the
 * test itself see the true one. In other projects there is one gateway.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import process from 'node:process'

type Gateway = { index: 0 | 1; aheadMs: number }

const minuteMs = 60_000

/** The clocks are five minutes behind and ahead of that of Redis. */
const apart: readonly [Gateway, Gateway] = [
  { index: 0, aheadMs: -5 * minuteMs },
  { index: 1, aheadMs: 5 * minuteMs },
]

const serving = new AsyncLocalStorage<Gateway>()
let turn: 0 | 1 = 0

/** Tells that the tests run with two gateways. */
export const isApart = process.env.GATEWAYS === 'apart'

/** Runs a call at the next gateway, unless the test has chosen one. */
export function atNextGateway<T>(call: () => T): T {
  if (!isApart || serving.getStore()) return call()
  turn = turn === 0 ? 1 : 0
  return serving.run(apart[turn], call)
}

/** Runs a call at a gateway whose clock is so many milliseconds ahead, for tests about that. */
export function atGateway<T>(index: 0 | 1, aheadMs: number, call: () => T): T {
  return serving.run({ index, aheadMs }, call)
}

/** Makes `fetch` leave the gateway: what answers goes by the true clock. Returns the undoing of that. */
export function leaveByFetch(): () => void {
  if (!isApart) return () => undefined
  const original = globalThis.fetch
  const set = (value: typeof fetch) =>
    Object.defineProperty(globalThis, 'fetch', { configurable: true, writable: true, value })
  set((...args) => serving.exit(() => original(...args)))
  return () => set(original)
}

const madeIn = new AsyncLocalStorage<number>()
let presentTest = 0

/** Begins a test: from now on, what a call of an earlier test still does is late. */
export function beginTest(): void {
  presentTest += 1
}

/** Runs a call as one of the present test, with all that it does after its answer too. */
export function inPresentTest<T>(call: () => T): T {
  return madeIn.run(presentTest, call)
}

/** Tells that the running code belongs to a call of an earlier test. */
export function isLate(): boolean {
  return (madeIn.getStore() ?? presentTest) !== presentTest
}

/** Returns the gateway that serves the present call, and the milliseconds its clock is ahead. */
export function presentGateway(): Gateway {
  return serving.getStore() ?? { index: 0, aheadMs: 0 }
}
