import { Ratelimit } from '@upstash/ratelimit'
import { Redis } from '@upstash/redis'
import { setupServer } from 'msw/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  createRedisRestServer,
  embeddedRedis,
  type RedisBackend,
} from '../../sandbox/redis/index.js'
import { hasRedisServer, startRedisServer } from './redis-server.js'

const url = 'https://redis.example'
const token = 'redis-token'

describe.each([
  { name: 'the embedded Redis', start: async () => embeddedRedis(), skip: false },
  { name: 'a real redis-server', start: startRedisServer, skip: !hasRedisServer() },
])('$name behind the front', ({ start, skip }) => {
  describe.skipIf(skip)('with the real clients', () => {
    const network = setupServer()
    const redis = new Redis({ url, token, retry: { retries: 0 }, automaticDeserialization: false })
    let backend: RedisBackend
    let front: ReturnType<typeof createRedisRestServer>
    const key = () => `key:${Math.random().toString(36).slice(2)}`

    beforeAll(async () => {
      backend = await start()
      front = createRedisRestServer({ ...backend, token })
      network.use(...front.handlers(url))
      network.listen({ onUnhandledRequest: 'error' })
    })
    afterAll(() => {
      network.close()
      backend.close()
    })

    test.each([
      ['text', 'hello'],
      ['nothing', ''],
      ['the word of success', 'OK'],
      ['unicode', 'Grüße, 世界 👋🏽 \u200d'],
      ['quotes and line ends', `"it's"\r\n\\ \t\n$5\r\n`],
      ['control characters', '\u0000\u0001\u007f'],
      ['something like JSON', '{"a":[1,2]}'],
      ['a large number', '12345678901234567890'],
    ])('keeps %s as it is, as a value and in a hash', async (_name, value) => {
      const [plain, hash] = [key(), key()]
      expect(await redis.set(plain, value)).toBe('OK')
      await redis.hset(hash, { [value]: value })
      expect(await redis.get(plain)).toBe(value)
      expect(await redis.hget(hash, value)).toBe(value)
      expect(await redis.hgetall(hash)).toEqual([value, value])
    })

    test('keeps large values whole', async () => {
      const large = 'Größe\n'.repeat(300_000)
      const name = key()
      await redis.set(name, large)
      expect(await redis.get(name)).toBe(large)
    })

    test('reads, writes and prunes the fields of a hash', async () => {
      const name = key()
      const redis = new Redis({ url, token, retry: { retries: 0 } })
      expect(await redis.hset(name, { a: '1', b: '2' })).toBe(2)
      expect(await redis.hsetnx(name, 'a', 'other')).toBe(0)
      expect(await redis.hsetnx(name, 'c', '3')).toBe(1)
      expect(await redis.hmget(name, 'a', 'missing', 'c')).toEqual({
        a: 1,
        missing: null,
        c: 3,
      })
      expect(await redis.hdel(name, 'a', 'missing')).toBe(1)
      expect(await redis.hgetall(name)).toEqual({ b: 2, c: 3 })
      expect(await redis.hgetall(key())).toBeNull()
    })

    test('gives lifetimes and ends them', async () => {
      const name = key()
      await redis.set(name, 'x')
      expect(await redis.ttl(name)).toBe(-1)
      expect(await redis.expire(name, 100)).toBe(1)
      expect(await redis.ttl(name)).toBeGreaterThan(98)
      await redis.pexpire(name, 20)
      await expect.poll(() => redis.exists(name)).toBe(0)
      expect(await redis.ttl(name)).toBe(-2)
    })

    test('sets only once, with a lifetime, and tells what was there', async () => {
      const name = key()
      expect(await redis.set(name, 'first', { nx: true, px: 5000, get: true })).toBeNull()
      expect(await redis.set(name, 'second', { nx: true, px: 5000, get: true })).toBe('first')
      expect(await redis.set(name, 'third', { nx: true })).toBeNull()
      expect(await redis.pttl(name)).toBeGreaterThan(3000)
      expect(await redis.del(name)).toBe(1)
      expect(await redis.exists(name, name)).toBe(0)
    })

    test('runs Lua with keys and arguments, binary answers and nested lists', async () => {
      const name = key()
      const script = `redis.call('SET', KEYS[1], ARGV[1])
        return { redis.call('GET', KEYS[1]), 7, false, { 'ü', { ARGV[2] } }, redis.status_reply('OK') }`
      const answer = await redis.eval(script, [name], ['a "b"\n', 'deep'])
      expect(answer).toEqual(['a "b"\n', 7, null, ['ü', ['deep']], 'OK'])
    })

    test('knows a script by its hash only once it was given', async () => {
      const script = redis.createScript<string>(`return '${key()}' .. ARGV[1]`)
      const sha = await script.evalsha([], ['!']).catch((error: unknown) => String(error))
      expect(sha).toContain('NOSCRIPT')
      expect(await script.exec([], ['!'])).toMatch(/^key:.*!$/)
      expect(await script.evalsha([], ['?'])).toMatch(/^key:.*\?$/)
    })

    test("takes scripts with Upstash's own flag, under the client's hash", async () => {
      const source = `#!lua flags=allow-key-locking\nreturn '${key()}'`
      const script = redis.createScript<string>(source)
      await expect(script.evalsha([], [])).rejects.toThrow('NOSCRIPT')
      expect(await redis.eval(source, [], [])).toMatch(/^key:/)
      expect(await script.evalsha([], [])).toMatch(/^key:/)
      const other = `${source} .. 'x'`
      const loaded = await redis.scriptLoad(other)
      expect(await redis.scriptExists(loaded)).toEqual([1])
      expect(await redis.evalsha(loaded, [], [])).toMatch(/^key:.*x$/)
    })

    test('a pipeline goes on after a command that fails', async () => {
      const name = key()
      const before = { ...front.counts }
      const outcomes = await redis
        .pipeline()
        .set(name, 'x')
        .hget(name, 'field')
        .get(name)
        .exec({ keepErrors: true })
      expect(outcomes.map((outcome) => outcome.result)).toEqual(['OK', undefined, 'x'])
      expect(outcomes[1]?.error).toMatch(/^WRONGTYPE/)
      expect(front.counts.requests - before.requests).toBe(1)
      expect(front.counts.commands - before.commands).toBe(3)
    })

    test('a transaction is all or nothing, and nobody comes between', async () => {
      const name = key()
      const many = Array.from({ length: 20 }, () => {
        return redis.multi().incr(name).incr(name).incr(name).exec<[number, number, number]>()
      })
      const concurrent = Array.from({ length: 20 }, () => redis.incr(name))
      const answers = await Promise.all([...many, ...concurrent])
      for (const [first, second, third] of answers.flatMap((a) => (Array.isArray(a) ? [a] : []))) {
        expect([second, third]).toEqual([first + 1, first + 2])
      }
      expect(await redis.get(name)).toBe('80')
    })

    test('a transaction with a runtime failure tells it, one with a malformed command is off', async () => {
      const name = key()
      const body = (last: string[]) => JSON.stringify([['SET', name, 'x'], last])
      const send = async (last: string[]) => {
        const headers = { authorization: `Bearer ${token}` }
        const init = { method: 'POST', headers, body: body(last) }
        const response = await fetch(`${url}/multi-exec`, init)
        return { status: response.status, body: await response.json() }
      }
      const failed = await send(['HGET', name, 'field'])
      const outcomes = [{ result: 'OK' }, { error: expect.stringMatching(/^WRONGTYPE/) }]
      expect(failed).toEqual({ status: 200, body: outcomes })
      await redis.del(name)
      const refused = await send(['HGET', name])
      const error = expect.stringMatching(/^EXECABORT/)
      expect(refused).toEqual({ status: 400, body: { error } })
      expect(await redis.exists(name)).toBe(0)
    })

    describe.each([
      { algorithm: 'fixedWindow', limiter: Ratelimit.fixedWindow(3, '10 s') },
      { algorithm: 'slidingWindow', limiter: Ratelimit.slidingWindow(3, '10 s') },
      { algorithm: 'tokenBucket', limiter: Ratelimit.tokenBucket(3, '10 s', 3) },
    ])('the limiter $algorithm', ({ limiter }) => {
      test('lets three pass and refuses the fourth, its script unknown at first', async () => {
        await redis.scriptFlush()
        const ratelimit = new Ratelimit({ redis, limiter, prefix: key(), ephemeralCache: false })
        const allowed: boolean[] = []
        for (let call = 0; call < 4; call += 1) {
          allowed.push((await ratelimit.limit('visitor')).success)
        }
        expect(allowed).toEqual([true, true, true, false])
        expect((await ratelimit.getRemaining('visitor')).remaining).toBe(0)
        await ratelimit.resetUsedTokens('visitor')
        expect((await ratelimit.limit('visitor')).success).toBe(true)
      })
    })
  })
})
