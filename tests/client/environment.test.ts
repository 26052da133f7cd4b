/** Checks what a page in a browser is to the client: its changes, and its locks. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { browser, type PageChange } from '../../client/core/index.js'
import { createLocks } from './browser.js'

const refuse = (): never => {
  throw new DOMException('Denied', 'SecurityError')
}
let events: EventTarget

beforeEach(() => {
  vi.useFakeTimers()
  events = new EventTarget()
  vi.stubGlobal('addEventListener', events.addEventListener.bind(events))
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const fire = (...types: string[]) => {
  for (const type of types) events.dispatchEvent(new Event(type))
}
const later = async (ms: number) => await new Promise((resolve) => setTimeout(resolve, ms))

describe('a page', () => {
  it('is left until it is shown again, although it becomes hidden meanwhile', () => {
    const changes: (PageChange | undefined)[] = []
    const stop = browser.watch((change) => changes.push(change))
    fire('online', 'pagehide', 'visibilitychange', 'pageshow', 'visibilitychange', 'storage')
    expect(changes).toEqual([undefined, 'left', 'left', undefined, undefined, 'stored'])
    stop()
    fire('online')
    expect(changes).toHaveLength(6)
  })

  it('is left while the browser has frozen it', () => {
    const changes: (PageChange | undefined)[] = []
    const stop = browser.watch((change) => changes.push(change))
    fire('freeze', 'resume')
    expect(changes).toEqual(['left', undefined])
    stop()
  })
})

describe('exclusive work', () => {
  it.each<[string, object]>([
    ['has no locks', {}],
    ['refuses locks by a rejection', { locks: { request: async () => refuse() } }],
    ['refuses locks by an error', { locks: { request: refuse } }],
  ])('is done once where the browser %s', async (_, navigator) => {
    vi.stubGlobal('navigator', navigator)
    const work = vi.fn(async () => 'done')
    expect(await browser.exclusively('tokens', work)).toBe('done')
    expect(work).toHaveBeenCalledTimes(1)
  })

  it('is done once, and fails with its own error', async () => {
    vi.stubGlobal('navigator', { locks: createLocks() })
    const work = vi.fn(async () => {
      throw new Error('Refused')
    })
    await expect(browser.exclusively('tokens', work)).rejects.toThrow('Refused')
    expect(work).toHaveBeenCalledTimes(1)
  })

  it('waits for other work of the same name', async () => {
    vi.stubGlobal('navigator', { locks: createLocks() })
    const order: string[] = []
    const work = (name: string, ms: number) =>
      browser.exclusively('tokens', async () => {
        await later(ms)
        order.push(name)
      })
    const both = Promise.all([work('slow', 2000), work('quick', 0)])
    await vi.advanceTimersByTimeAsync(2500)
    await both
    expect(order).toEqual(['slow', 'quick'])
  })

  it('takes the lock of a tab that keeps it for three seconds, and neither is done twice', async () => {
    vi.stubGlobal('navigator', { locks: createLocks() })
    const asleep = vi.fn(async () => {
      await later(20_000)
      return 'asleep'
    })
    const first = browser.exclusively('tokens', asleep)
    const second = browser.exclusively('tokens', async () => Date.now())
    const askedAt = Date.now()
    await vi.advanceTimersByTimeAsync(20_000)
    expect((await second) - askedAt).toBe(3000)
    expect(await first).toBe('asleep')
    expect(asleep).toHaveBeenCalledTimes(1)
  })

  it.each(['pagehide', 'freeze'])('gives its lock up at %s, and goes on', async (type) => {
    vi.stubGlobal('navigator', { locks: createLocks() })
    const first = browser.exclusively('tokens', async () => {
      await later(20_000)
      return 'came back'
    })
    await vi.advanceTimersByTimeAsync(10)
    fire(type)
    expect(await browser.exclusively('tokens', async () => 'other')).toBe('other')
    await vi.advanceTimersByTimeAsync(20_000)
    expect(await first).toBe('came back')
  })
})
