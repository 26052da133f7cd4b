import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Hono } from 'hono'
import { describe, expect, it, vi } from 'vitest'
import { type HttpEnv, observeRequests } from '../../lib/http/observability.js'
import {
  abandonSignal,
  afterAnswer,
  callerSignal,
  createScope,
  goneSignal,
  runInScope,
  setReadOnly,
} from '../../lib/request.js'

/** Answers a request, and returns the signal that its work sees. */
async function signalSeen(request: Request, bindings: HttpEnv['Bindings'] = {}) {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  const seen: AbortSignal[] = []
  const app = new Hono<HttpEnv>().use(observeRequests('test')).all('*', (c) => {
    seen.push(callerSignal())
    return c.body(null)
  })
  await app.fetch(request, bindings)
  vi.restoreAllMocks()
  const [signal] = seen
  if (!signal) throw new Error('The request was not served')
  return signal
}

const url = 'https://chat.example/api/poll'

it('the signal of the caller is that of the request', async () => {
  const caller = new AbortController()
  const signal = await signalSeen(new Request(url, { signal: caller.signal }))
  expect(signal.aborted).toBe(false)
  caller.abort()
  expect(signal.aborted).toBe(true)
})

it('the signal of the caller is that of the connection, where the server knows it', async () => {
  const caller = new AbortController()
  const connection = { signal: caller.signal }
  expect(await signalSeen(new Request(url), { connection })).toBe(caller.signal)
})

/** Answers a request that begins work for after its answer; tells what the host was asked to wait for. */
async function workAfterAnswer(bindings: HttpEnv['Bindings'] = {}) {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  const steps: string[] = []
  const app = new Hono<HttpEnv>().use(observeRequests('test')).all('*', (c) => {
    afterAnswer(async () => steps.push('worked'))
    steps.push('answering')
    return c.body(null)
  })
  await app.fetch(new Request(url), bindings)
  vi.restoreAllMocks()
  return steps
}

describe('work that the answer does not wait for', () => {
  it('begins when the answer is made, and the host is asked to stay for it', async () => {
    const kept: Promise<unknown>[] = []
    const connection = { waitUntil: (work: Promise<unknown>) => kept.push(work) }
    const steps = await workAfterAnswer({ connection })
    await Promise.all(kept)
    expect(kept).toHaveLength(1)
    expect(steps).toEqual(['answering', 'worked'])
  })

  it('is named to Vercel by the context of its request', async () => {
    const waitUntil = vi.fn()
    const symbol = Symbol.for('@vercel/request-context')
    Reflect.set(globalThis, symbol, { get: () => ({ waitUntil }) })
    await workAfterAnswer()
    Reflect.deleteProperty(globalThis, symbol)
    expect(waitUntil).toHaveBeenCalledExactlyOnceWith(expect.any(Promise))
  })

  it('may fail, and nobody hears of it', async () => {
    const kept: Promise<unknown>[] = []
    await runInScope(createScope({ waitUntil: (work) => kept.push(work) }), async () => {
      afterAnswer(() => Promise.reject(new Error('Lost')))
    })
    await expect(Promise.all(kept)).resolves.toEqual([undefined])
  })
})

describe('a request that only reads', () => {
  it('is abandoned when its caller has gone, and not when the process is about to stop', async () => {
    const [waiting, caller] = [new AbortController(), new AbortController()]
    const scope = createScope({ signal: waiting.signal, gone: caller.signal })
    await runInScope(scope, async () => {
      setReadOnly()
      waiting.abort()
      expect(abandonSignal().aborted).toBe(false)
      caller.abort()
      expect(abandonSignal().aborted).toBe(true)
    })
  })

  it('is the only one that is abandoned', async () => {
    const caller = new AbortController()
    caller.abort()
    const aborted = await runInScope(createScope({ signal: caller.signal }), async () => [
      abandonSignal().aborted,
      goneSignal().aborted,
    ])
    expect(aborted).toEqual([false, true])
  })
})

it('the signal of the request is kept while it is served, though garbage is collected', async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  setFlagsFromString('--expose-gc')
  const collectGarbage: () => void = runInNewContext('gc')
  const caller = new AbortController()
  const seen: boolean[] = []
  const app = new Hono<HttpEnv>().use(observeRequests('test')).all('*', async (c) => {
    const signal = callerSignal()
    for (let times = 0; times < 5; times++) {
      collectGarbage()
      await sleep(2)
    }
    caller.abort()
    seen.push(signal.aborted)
    return c.body(null)
  })
  await app.fetch(new Request(url, { signal: caller.signal }), {})
  vi.restoreAllMocks()
  expect(seen).toEqual([true])
})

it('outside of a request no signal is aborted', () => {
  expect(callerSignal().aborted).toBe(false)
})
