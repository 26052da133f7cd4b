import type { Redis } from '@upstash/redis'
import { afterEach, expect, it, vi } from 'vitest'
import { defaultLimits, type LimitOutcome, perVisitor } from '../../lib/limits.js'
import { createBlockList } from '../../lib/store/block-list.js'
import { createKeys } from '../../lib/store/keys.js'
import { createLimiter } from '../../lib/store/limiter.js'

const refusal: LimitOutcome = {
  name: 'send',
  allowed: false,
  limit: 22,
  remaining: 0,
  windowSeconds: 60,
  resetMs: 5000,
}

afterEach(() => {
  vi.useRealTimers()
})

it('the block list drops the counter that was full first after 10,000 others', () => {
  const blocked = createBlockList()
  blocked.add('first', refusal)
  blocked.add('second', refusal)
  blocked.add('first', refusal)
  for (let caller = 0; caller < 9_999; caller += 1) blocked.add(`caller ${caller}`, refusal)
  expect(blocked.find('first')).not.toBeNull()
  expect(blocked.find('second')).toBeNull()
})

it('the block list refuses until the moment that was stated, and not from then on', () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 })
  const blocked = createBlockList()
  blocked.add('caller', refusal)
  vi.setSystemTime(1_004_999)
  expect(blocked.find('caller')).toEqual({ ...refusal, resetMs: 1 })
  vi.setSystemTime(1_005_000)
  expect(blocked.find('caller')).toBeNull()
})

it('the block list refuses nobody longer because the clock of the process was set back', () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 10_000_000 })
  const blocked = createBlockList()
  blocked.add('caller', refusal)
  vi.setSystemTime(6_400_000)
  expect(blocked.find('caller')).toBeNull()
})

it('the limiter does not ask Redis again about a caller whom it has refused', async () => {
  const max = defaultLimits.send[0]
  const evalsha = vi.fn(async () => [0, [[max, 5000, 60_000]], 0])
  const redis = { evalsha } as unknown as Redis
  const limiter = createLimiter({
    redis,
    keys: createKeys('test'),
    limits: defaultLimits,
    organisation: 'org/deployment',
  })
  const call = (visitorId: string) =>
    limiter.check(perVisitor('send', visitorId)).catch(() => 'refused')
  for (let calls = 0; calls < 3; calls += 1) expect(await call('first')).toBe('refused')
  expect(evalsha).toHaveBeenCalledTimes(1)
  await call('second')
  expect(evalsha).toHaveBeenCalledTimes(2)
})
