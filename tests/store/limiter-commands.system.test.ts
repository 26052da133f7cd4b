/** Counts the commands of a call on a real Redis, those inside of scripts included. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Count, perAddress, perVisitor } from '../../lib/limits.js'
import { createKeys } from '../../lib/store/keys.js'
import { createListBudget } from '../../lib/store/list-budget.js'
import { noStep } from '../../lib/store/sliding-log.js'
import type { RedisBackend } from '../../sandbox/redis/index.js'
import { hasRedisServer, startRedisServer } from '../sandbox/redis-server.js'
import { freshLimiter, scriptingClient } from '../support/limiter.js'

describe.skipIf(!hasRedisServer())('the commands of a call', () => {
  let backend: RedisBackend
  beforeAll(async () => {
    backend = await startRedisServer()
  })
  afterAll(() => backend.close())
  beforeEach(() => backend.execute(['FLUSHDB']))

  /** Returns the number of commands that Redis executed so far. */
  async function executed(): Promise<number> {
    const stats = String(await backend.execute(['INFO', 'commandstats']))
    const counts = [...stats.matchAll(/^cmdstat_(\S+):calls=(\d+)/gm)]
    return counts
      .filter(([, name]) => name !== 'info')
      .reduce((sum, [, , calls]) => sum + Number(calls), 0)
  }

  /** Makes a call several times, each as another process; returns the commands of each. */
  async function commandsOf(times: number, call: (made: number) => Promise<unknown>) {
    const counts: number[] = []
    for (let made = 0; made < times; made += 1) {
      const before = await executed()
      await call(made).catch(() => 'refused')
      counts.push((await executed()) - before)
    }
    return counts
  }

  const limiter = (count: number) => {
    const size = [count, '1 m'] as const
    return freshLimiter((command) => backend.execute(command), {
      send: size,
      poll: size,
      auth: size,
    })
  }
  const check = (counts: Count[]) => () => limiter(2).check(counts)

  it('are four when it is counted, and three when it is refused', async () => {
    const call = check(perVisitor('send', 'visitor', 'conversation'))
    await call()
    await backend.execute(['FLUSHDB'])
    expect(await commandsOf(3, call)).toEqual([4, 4, 3])
  })

  it('are two more for each further network of an IPv6 address', async () => {
    const groups = ['', '/56', '/48'].map((suffix) => ({ suffix, key: `net${suffix}`, times: 1 }))
    const call = check(perAddress('auth', { groups, network: 'net/48' }))
    expect(await commandsOf(3, call)).toEqual([8, 8, 5])
  })

  it('are six for a poll that takes a look, and three for a refused one, which takes none', async () => {
    const redis = scriptingClient((command) => backend.execute(command))
    const budget = createListBudget({ redis, keys: createKeys('test'), size: [20, '1 m'] })
    const key = { visitorId: 'visitor', conversationId: 'conversation' }
    const counts = perVisitor('poll', key.visitorId, key.conversationId)
    const poll = () =>
      limiter(2).checkAndRead(counts, () => Promise.resolve(null), budget.lookStep(key))
    await limiter(2).checkAndRead([], () => Promise.resolve(null), budget.lookStep(key))
    await backend.execute(['FLUSHDB'])
    expect(await commandsOf(3, poll)).toEqual([6, 6, 3])
  })

  it('are none for a caller whom the process knows to be refused', async () => {
    const one = limiter(1)
    const counts = perVisitor('send', 'visitor', 'conversation')
    const read = () => backend.execute(['GET', 'record'])
    const call = () => one.checkAndRead(counts, read, noStep)
    expect(await commandsOf(3, call)).toEqual([5, 4, 0])
  })
})
