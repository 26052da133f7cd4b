/**
 * Runs minutes of a chat in seconds: time stands still while the process works and jumps when
 * nothing but timers is left to wait for. `Date`, `performance`, `setTimeout` and
 * `node:timers/promises` follow it, in the gateway, the sandbox and the embedded Redis alike.
 */
import { syncBuiltinESMExports } from 'node:module'
import timers from 'node:timers/promises'
import { afterEach, beforeEach, expect, vi } from 'vitest'

const { setTimeout: realSleep } = timers
/** Tells the milliseconds that really pass. */
const realNow = performance.now.bind(performance)

/** Resolves in simulated time; rejects when the signal is aborted, as the one of Node does. */
function fakeSleep<T>(ms?: number, value?: T, { signal }: { signal?: AbortSignal } = {}) {
  return new Promise<T | undefined>((resolve, reject) => {
    const timer = setTimeout(() => resolve(value), ms)
    const abort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort, { once: true })
  })
}

/** Milliseconds by which time moves at most while a request is under way. */
const stepMs = 100
/** Turns of the event loop without progress after which the process only waits for timers. */
const idleTurns = 20
/** Milliseconds of real time after which a `fetch` without an answer counts as hanging. */
const hangingMs = 20
/** Milliseconds of real time for which each test waits for what works on other threads, uncounted. */
const patientMs = 5

/** Moves time by a step, or to the first timer that is due within it, so that each wait ends in time. */
function moveByStep(): void {
  const timers = vi.getTimerCount()
  vi.advanceTimersByTime(0)
  for (let ms = 0; ms < stepMs && vi.getTimerCount() === timers; ms += 1) vi.advanceTimersByTime(1)
}

export type SimulatedTime = ReturnType<typeof createTime>

function createTime(idleMs: number) {
  /** Requests to the endpoints that are under way. */
  let requests = 0
  let fetches = 0
  let cryptoCalls = 0
  /** Changes with everything that begins or ends. */
  let progress = 0

  /** Resolves when the process only waits for timers. */
  async function settle(): Promise<void> {
    let seen = ''
    let turns = 0
    let since = 0
    for (;;) {
      const now = `${progress} ${vi.getTimerCount()}`
      turns = now === seen ? turns + 1 : 0
      if (now !== seen) since = realNow()
      seen = now
      const isIdle = realNow() - since >= (fetches > 0 ? hangingMs : idleMs)
      if (turns >= idleTurns && cryptoCalls === 0 && isIdle) return
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** Returns a function that calls another one and counts its calls until they settle. */
  function counted<A extends unknown[], R>(
    call: (...args: A) => Promise<R>,
    add: (change: 1 | -1) => void,
  ): (...args: A) => Promise<R> {
    return async (...args) => {
      progress += 1
      add(1)
      try {
        return await call(...args)
      } finally {
        progress += 1
        add(-1)
      }
    }
  }

  return {
    sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),

    /** Does a request; meanwhile time moves in small steps. */
    during: <T>(work: () => Promise<T>): Promise<T> =>
      counted(work, (change) => {
        requests += change
      })(),

    /** Replaces `fetch` and what computes on other threads, so that time stands still for them. */
    watch(): void {
      const countedFetch = counted(globalThis.fetch, (change) => {
        fetches += change
      })
      vi.stubGlobal('fetch', countedFetch)
      const { subtle } = globalThis.crypto
      for (const name of ['sign', 'verify', 'digest', 'encrypt', 'decrypt', 'importKey'] as const) {
        const call: (...args: never[]) => Promise<unknown> = subtle[name].bind(subtle)
        const countedCall = counted(call, (change) => {
          cryptoCalls += change
        })
        Object.defineProperty(subtle, name, { value: countedCall, configurable: true })
      }
    },

    /** Undoes `watch`. */
    unwatch(): void {
      vi.unstubAllGlobals()
      const { subtle } = globalThis.crypto
      for (const name of Object.keys(Object.getOwnPropertyDescriptors(subtle))) {
        Reflect.deleteProperty(subtle, name)
      }
    },

    /** Moves time until the work is done. */
    async moveUntil(work: Promise<unknown>): Promise<void> {
      let isDone = false
      const end = () => {
        isDone = true
        progress += 1
      }
      work.then(end, end)
      for (;;) {
        await settle()
        if (isDone) return
        if (requests > 0) moveByStep()
        else vi.advanceTimersToNextTimer()
      }
    },
  }
}

/** Holds when the last simulation ended, epoch milliseconds: time never goes back within a file. */
let ended = { file: '', at: 0 }

/**
 * Runs work in simulated time.
 * @param idleMs milliseconds of real time without progress after which the process only waits
 * @throws {Error} what the work throws
 */
export async function simulate<T>(
  work: (time: SimulatedTime) => Promise<T>,
  idleMs = 0,
): Promise<T> {
  const time = createTime(idleMs)
  // Other files of the worker begin by the true time, as the tokens do that they hold.
  const file = expect.getState().testPath ?? ''
  const now = Math.max(Date.now(), ended.file === file ? ended.at : 0)
  vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'], now })
  Object.assign(timers, { setTimeout: fakeSleep })
  syncBuiltinESMExports()
  time.watch()
  try {
    const result = work(time)
    await time.moveUntil(result)
    return await result
  } finally {
    time.unwatch()
    // Not `Date.now`, which a test may have shifted.
    ended = { file, at: vi.getMockedSystemTime()?.getTime() ?? now }
    vi.useRealTimers()
    Object.assign(timers, { setTimeout: realSleep })
    syncBuiltinESMExports()
  }
}

/** Runs each test of a file in simulated time: what it waits for is a matter of order, not of speed. */
export function simulateEachTest(): void {
  let endTest = () => {}
  let simulation: Promise<void> | undefined
  beforeEach(() => {
    const ended = new Promise<void>((resolve) => {
      endTest = resolve
    })
    simulation = simulate((time) => time.during(() => ended), patientMs)
  })
  afterEach(async () => {
    endTest()
    await simulation
  })
}

/** Makes a call in simulated time, as above; returns its answer and the milliseconds of its waits. */
export function timed<T>(call: () => Promise<T>): Promise<{ answer: T; ms: number }> {
  return simulate(async (time) => {
    const startedAt = Date.now()
    const answer = await time.during(call)
    return { answer, ms: Date.now() - startedAt }
  }, patientMs)
}
