import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createClock } from '../lib/clock.js'

const start = 1_800_000_000_000

/** Lets time pass on both clocks of the process. */
const pass = (ms: number) => vi.advanceTimersByTime(ms)

/** Makes a question that Redis, so many milliseconds ahead, answers in the middle of the wait. */
function ask(clock: ReturnType<typeof createClock>, aheadMs: number, waitMs: number): void {
  const sentAt = Date.now()
  pass(waitMs / 2)
  const redisTime = Date.now() + aheadMs
  pass(waitMs / 2)
  clock.learn(sentAt, redisTime)
}

describe('the shared clock', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'performance'], now: start }))
  afterEach(() => void vi.useRealTimers())

  it('is that of the process until Redis has answered with its time', () => {
    const clock = createClock()
    expect([clock.earliest(), clock.now(), clock.latest()]).toEqual([start, start, start])
    expect(clock.isCertain()).toBe(false)
    expect(clock.ask()).toBe(true)
  })

  it.each([300_000, -300_000])('is that of Redis, which is %i ms ahead', (aheadMs) => {
    const clock = createClock()
    ask(clock, aheadMs, 40)
    const shared = Date.now() + aheadMs
    expect(Math.abs(clock.now() - shared)).toBeLessThanOrEqual(1)
    expect(clock.earliest()).toBeLessThanOrEqual(shared)
    expect(clock.earliest()).toBeGreaterThanOrEqual(shared - 21)
    expect(clock.latest()).toBeGreaterThanOrEqual(shared)
    expect(clock.latest()).toBeLessThanOrEqual(shared + 20)
    expect(clock.isCertain()).toBe(true)
  })

  it('is bounded by the time that the slowest and the quickest answer leave open', () => {
    const clock = createClock()
    const sentAt = Date.now()
    pass(500)
    clock.learn(sentAt, sentAt + 60_000)
    expect(clock.latest()).toBe(sentAt + 60_500)
    expect(clock.earliest()).toBe(sentAt + 59_999)
  })

  it('becomes no less exact by a slow answer', () => {
    const clock = createClock()
    ask(clock, 300_000, 10)
    ask(clock, 300_000, 900)
    expect(clock.latest() - clock.earliest()).toBeLessThan(15)
  })

  it('follows a Redis whose clock was set', () => {
    const clock = createClock()
    ask(clock, 300_000, 10)
    ask(clock, 0, 10)
    expect(Math.abs(clock.now() - Date.now())).toBeLessThanOrEqual(1)
  })

  it('asks once a minute, and again after a second without an answer', () => {
    const clock = createClock()
    expect([clock.ask(), clock.ask()]).toEqual([true, false])
    pass(1000)
    expect(clock.ask()).toBe(true)
    ask(clock, 0, 10)
    pass(59_000)
    expect(clock.ask()).toBe(false)
    pass(2000)
    expect(clock.ask()).toBe(true)
  })

  it('asks again when the clock of the process was set', () => {
    const clock = createClock()
    clock.ask()
    ask(clock, 300_000, 10)
    pass(2000)
    vi.setSystemTime(Date.now() + 300_000)
    expect(clock.isCertain()).toBe(false)
    expect(clock.ask()).toBe(true)
    ask(clock, 0, 10)
    expect(Math.abs(clock.now() - Date.now())).toBeLessThanOrEqual(1)
  })

  it('lets callers wait for one question in five minutes, however many they are', async () => {
    const clock = createClock()
    const question = vi.fn(async () => undefined)
    await Promise.all([clock.ensure(question), clock.ensure(question)])
    pass(299_000)
    await clock.ensure(question)
    expect(question).toHaveBeenCalledTimes(1)
    pass(2000)
    await clock.ensure(question)
    expect(question).toHaveBeenCalledTimes(2)
    ask(clock, 0, 10)
    pass(400_000)
    await clock.ensure(question)
    expect(question).toHaveBeenCalledTimes(2)
  })
})
