/** Tests writes that are kept while Redis does not answer, over an embedded Redis that fails when told. */
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createDeferredWrites } from '../../lib/store/deferred-writes.js'
import { embeddedRedis } from '../../sandbox/redis/index.js'
import { scriptingClient } from '../support/limiter.js'

const backend = embeddedRedis()
const lifetimeMs = 60_000
let isDown = false
let writes = create(lifetimeMs)

function create(forMs: number) {
  const redis = scriptingClient(async (command) => {
    if (isDown) throw new Error('Redis is down')
    return await backend.execute(command)
  })
  return createDeferredWrites({ redis, lifetimeMs: forMs })
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 })
  isDown = false
  writes = create(lifetimeMs)
  await backend.execute(['FLUSHALL'])
})
afterEach(() => {
  vi.useRealTimers()
})
afterAll(() => backend.close())

const passTime = (ms: number) => vi.setSystemTime(Date.now() + ms)
const hold = (key: string, text: string) => backend.execute(['SET', key, text])
const read = (key: string) => backend.execute(['GET', key]).then((text) => text && String(text))

/** Makes changes from `old` to `new` while Redis is down, and expects that each is kept. */
async function keep(...keys: string[]): Promise<void> {
  isDown = true
  for (const key of keys) {
    expect(await writes.eventually({ key, old: 'old', next: 'new' })).toBe(false)
  }
  isDown = false
}

/** Uses a key, as a call does; returns what it holds then. */
async function use(key: string) {
  writes.flush(key)
  return await read(key)
}

describe('a write that Redis did not take', () => {
  it('is made when its key is used again, and not before, and once', async () => {
    await hold('a', 'old')
    await keep('a')
    await use('b')
    expect(await read('a')).toBe('old')
    expect(await use('a')).toBe('new')
    await hold('a', 'old')
    expect(await use('a')).toBe('old')
  })

  it('is kept as long as Redis fails', async () => {
    await hold('a', 'old')
    await keep('a')
    for (const _ of [1, 2]) {
      isDown = true
      writes.flush('a')
      await new Promise(setImmediate)
      isDown = false
    }
    expect(await use('a')).toBe('new')
  })

  it('changes nothing where another call has written since', async () => {
    await keep('a')
    await hold('a', 'another')
    expect(await use('a')).toBe('another')
  })

  it('is kept apart from those of other keys, and of other texts under the key', async () => {
    for (const key of ['a', 'b']) await hold(key, 'old')
    await keep('a', 'b')
    isDown = true
    await writes.eventually({ key: 'a', old: 'older', next: 'new' })
    isDown = false
    expect([await use('a'), await use('b')]).toEqual(['new', 'new'])
  })

  it.each([
    [lifetimeMs, 'new'],
    [lifetimeMs + 1, 'old'],
  ])(
    'is dropped once its key has expired: used %i ms later, the key holds the %s text',
    async (ms, expected) => {
      await hold('a', 'old')
      await keep('a')
      passTime(ms)
      expect(await use('a')).toBe(expected)
    },
  )

  it('gives way to 10,000 newer ones', async () => {
    const keys = Array.from({ length: 10_001 }, (_, index) => `key ${index}`)
    for (const key of ['key 0', 'key 1', 'key 10000']) await hold(key, 'old')
    await keep(...keys)
    expect([await use('key 0'), await use('key 1'), await use('key 10000')]).toEqual([
      'old',
      'new',
      'new',
    ])
  })
})

it('a write that Redis took is not made again', async () => {
  await hold('a', 'old')
  expect(await writes.eventually({ key: 'a', old: 'old', next: 'new' })).toBe(true)
  expect(await read('a')).toBe('new')
  await hold('a', 'old')
  expect(await use('a')).toBe('old')
})

it('a change to an empty text deletes the key, and another gives it its lifetime', async () => {
  await hold('a', 'old')
  await writes.eventually({ key: 'a', old: 'old', next: 'new' })
  expect(Number(await backend.execute(['PTTL', 'a']))).toBe(lifetimeMs)
  await writes.eventually({ key: 'a', old: 'new', next: '' })
  expect(await read('a')).toBeNull()
})

describe('a write that is undone because its answer was lost', () => {
  const undo = () => writes.undo({ key: 'a', old: 'lost', next: '' })

  it.each([false, true])(
    'is undone at once, or when its key is used (Redis down: %s)',
    async (down) => {
      await hold('a', 'lost')
      isDown = down
      await undo()
      isDown = false
      expect(await read('a')).toBe(down ? 'lost' : null)
      expect(await use('a')).toBeNull()
    },
  )

  it('is undone again whenever it arrives within 15 s, and not from then on', async () => {
    await undo()
    for (const ms of [0, 5000, 10_000]) {
      passTime(ms)
      await hold('a', 'lost')
      expect(await use('a')).toBeNull()
    }
    passTime(1)
    await hold('a', 'lost')
    expect(await use('a')).toBe('lost')
  })

  it('is undone whenever it arrives, also after a use of its key while Redis was down', async () => {
    await undo()
    isDown = true
    writes.flush('a')
    await new Promise(setImmediate)
    isDown = false
    for (const _ of [1, 2]) {
      await hold('a', 'lost')
      expect(await use('a')).toBeNull()
    }
  })

  it('is undone no longer than its key lives, and no other key with it', async () => {
    writes = create(1000)
    await undo()
    await hold('b', 'lost')
    expect(await use('b')).toBe('lost')
    passTime(1001)
    await hold('a', 'lost')
    expect(await use('a')).toBe('lost')
  })
})
