/**
 * Generates limits, callers and times of calls, and compares the limiter with a model that remembers
 * the moment of every call. `FC_RUNS` asks more.
 */
import * as fc from 'fast-check'
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type AddressGroup, type LimitSize, perAddress, windowMsOf } from '../../lib/limits.js'
import { GatewayError } from '../../lib/problem.js'
import type { Limiter } from '../../lib/store/limiter.js'
import { embeddedRedis } from '../../sandbox/redis/index.js'
import { freshLimiter } from '../support/limiter.js'
import { propertyRuns } from '../support/property-runs.js'

const backend = embeddedRedis()
afterAll(() => backend.close())

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

/** Milliseconds by which the clocks of this process and of Redis differ. */
let skewMs = 0

async function execute(command: readonly string[]) {
  const now = Date.now()
  vi.setSystemTime(now + skewMs)
  const reply = await backend.execute(command)
  vi.setSystemTime(now)
  return reply
}

const passTime = (ms: number) => vi.setSystemTime(Date.now() + ms)

/** Makes a call; returns null when it passes, else the milliseconds that it is told to wait. */
async function call(limiter: Limiter, groups: readonly AddressGroup[]): Promise<number | null> {
  try {
    await limiter.check(perAddress('auth', { groups, network: null }))
    return null
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'rate_limited') throw error
    return error.details.retryAfterMs ?? Number.NaN
  }
}

/** Returns the address of a caller: four share a /56, and all of them a /48. */
const groupsOf = (caller: number): AddressGroup[] => [
  { suffix: '', key: `address ${caller}`, times: 1 },
  { suffix: '/56', key: `network ${caller % 2}`, times: 2 },
  { suffix: '/48', key: 'all', times: 4 },
]

/** Remembers the calls that passed, by the counters that they have. */
function createModel(size: LimitSize) {
  const [max] = size
  const windowMs = windowMsOf(size)
  const passed = new Map<string, number[]>()
  const within = (key: string) =>
    (passed.get(key) ?? []).filter((moment) => moment > Date.now() - windowMs)

  return {
    /** Returns the milliseconds until a call of these groups passes; 0 when it does now. */
    waitOf(groups: readonly AddressGroup[]): number {
      const waits = groups.map(({ key, times }) => {
        const leaving = within(key).at(-max * times)
        return leaving === undefined ? 0 : leaving + windowMs - Date.now()
      })
      return Math.max(...waits)
    },
    pass(groups: readonly AddressGroup[]): void {
      for (const { key } of groups) passed.set(key, [...within(key), Date.now()])
    },
  }
}

const sizes = fc.tuple(
  fc.integer({ min: 1, max: 9 }),
  fc.constantFrom('40 ms', '1 s', '6 s', '1 m', '1 h'),
)
/** Generates pauses as parts of the window, and short ones. */
const pauses = fc.oneof(
  fc.constantFrom(0, 0, 0, 1, 3),
  fc.double({ min: 0, max: 1.2, noNaN: true }).map((part) => ({ part })),
  fc.constantFrom('to the stated moment' as const, 'to just before it' as const),
)
const steps = fc.array(fc.record({ caller: fc.nat({ max: 5 }), pause: pauses }), {
  minLength: 1,
  maxLength: 120,
})

const runs = propertyRuns(25)

it.each([
  ['one counter', 1],
  ['three counters', 3],
])(
  'a call with %s passes exactly when there is room, at the stated moment and not before',
  async (_name, counters) => {
    const skews = fc.constantFrom(0, -300_000, 300_000)
    const property = fc.asyncProperty(sizes, steps, skews, async (size, all, skew) => {
      await backend.execute(['FLUSHALL'])
      skewMs = skew
      const limiter = freshLimiter(execute, { auth: size })
      const model = createModel(size)
      let statedMs = 0
      for (const { caller, pause } of all) {
        if (typeof pause === 'number') passTime(pause)
        else if (typeof pause === 'object') passTime(Math.floor(pause.part * windowMsOf(size)))
        else passTime(Math.max(0, pause === 'to the stated moment' ? statedMs : statedMs - 1))
        const groups = groupsOf(counters === 1 ? 0 : caller).slice(0, counters)
        const waitMs = model.waitOf(groups)
        if (waitMs === 0) {
          expect(await call(limiter, groups)).toBeNull()
          model.pass(groups)
          continue
        }
        expect(await call(freshLimiter(execute, { auth: size }), groups)).toBe(waitMs)
        // A process that remembers refusals knows of those that it saw, and refuses no longer.
        statedMs = (await call(limiter, groups)) ?? 0
        expect(statedMs).toBeGreaterThan(counters === 1 ? waitMs - 1 : 0)
        expect(statedMs).toBeLessThanOrEqual(waitMs)
      }
    })
    await fc.assert(property, { numRuns: runs })
  },
)

it('a limit too large to remember every call lets at most its count pass in any window', async () => {
  const bursts = fc.array(fc.tuple(fc.integer({ min: 1, max: 130 }), fc.nat({ max: 400 })), {
    minLength: 4,
    maxLength: 12,
  })
  const max = fc.integer({ min: 257, max: 300 })
  const windowMs = 1000
  const property = fc.asyncProperty(max, bursts, async (count, all) => {
    await backend.execute(['FLUSHALL'])
    skewMs = 0
    const limiter = freshLimiter(execute, { auth: [count, '1 s'] })
    const groups = groupsOf(0).slice(0, 1)
    const passed: number[] = []
    for (const [calls, pauseMs] of all) {
      passTime(pauseMs)
      for (let made = 0; made < calls; made += 1) {
        const waitMs = await call(limiter, groups)
        if (waitMs === null) passed.push(Date.now())
        else {
          passTime(waitMs - 1)
          expect(await call(freshLimiter(execute, { auth: [count, '1 s'] }), groups)).toBe(1)
          passTime(1)
          expect(await call(limiter, groups)).toBeNull()
          passed.push(Date.now())
        }
      }
    }
    passed.forEach((moment, index) => {
      const earlier = passed[index - count]
      if (earlier !== undefined) expect(moment - earlier).toBeGreaterThanOrEqual(windowMs)
    })
  })
  await fc.assert(property, { numRuns: Math.ceil(runs / 12) })
})
