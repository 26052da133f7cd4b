import { Redis } from '@upstash/redis'
import { setupServer } from 'msw/node'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createRedisRestServer, embeddedRedis, redisServer } from '../../sandbox/redis/index.js'
import { portableScript } from '../../sandbox/redis/scripts.js'

const url = 'https://redis.example'
const token = 'redis-token'
const backend = embeddedRedis()
const front = createRedisRestServer({ ...backend, token })
const network = setupServer(...front.handlers(`${url}/`))
const redis = new Redis({
  url,
  token,
  retry: { retries: 0 },
  signal: () => AbortSignal.timeout(200),
})

beforeAll(() => network.listen({ onUnhandledRequest: 'error' }))
beforeEach(() => front.clearFaults())
afterAll(() => {
  network.close()
  backend.close()
})

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const authorization = `Bearer ${token}`
  const init = {
    method: 'POST',
    headers: { authorization, ...headers },
    body: JSON.stringify(body),
  }
  const response = await front.handle(new Request(`${url}${path}`, init))
  return { status: response.status, body: await response.json() }
}

describe('the protocol', () => {
  test.each([['wrong'], ['']])(
    'a token "%s" is refused with 401, and nothing runs',
    async (bad) => {
      const { commands } = front.counts
      const headers = { authorization: `Bearer ${bad}` }
      const answer = await post('/', ['SET', 'k', 'v'], headers)
      expect(answer).toMatchObject({
        status: 401,
        body: { error: expect.stringMatching(/^WRONGPASS/) },
      })
      expect(front.counts.commands).toBe(commands)
    },
  )

  test('text travels plain without the encoding header, and as base64 with it', async () => {
    await post('/', ['SET', 'plain', 'é'])
    expect(await post('/', ['GET', 'plain'])).toEqual({ status: 200, body: { result: 'é' } })
    const encoded = await post('/', ['GET', 'plain'], { 'upstash-encoding': 'base64' })
    expect(encoded.body).toEqual({ result: Buffer.from('é').toString('base64') })
  })

  test('numbers and booleans in a command are taken as text', async () => {
    expect((await post('/', ['SET', 'n', 12, 'PX', 5000])).body).toEqual({ result: 'OK' })
    expect((await post('/', ['GET', 'n'])).body).toEqual({ result: '12' })
  })

  test('a command that Redis refuses is 400 with its words', async () => {
    const answer = await post('/', ['NOSUCHCOMMAND'])
    const error = expect.stringMatching(/^ERR unknown command/)
    expect(answer).toEqual({ status: 400, body: { error } })
  })

  test.each([
    ['/', []],
    ['/', { a: 1 }],
    ['/', [['GET', 'k']]],
    ['/pipeline', ['GET', 'k']],
    ['/multi-exec', [[]]],
    ['/pipeline', undefined],
  ])('a body that is no command is 400 (%s %j)', async (path, body) => {
    expect((await post(path, body)).status).toBe(400)
  })

  test('other methods are 405 and other paths 404', async () => {
    expect((await front.handle(new Request(`${url}/`))).status).toBe(405)
    expect((await post('/get/k', ['GET', 'k'])).status).toBe(404)
  })

  test('a Redis that is not there is 500, not a crash', async () => {
    const unreachable = createRedisRestServer({
      ...redisServer({ path: '/nonexistent/redis.sock' }),
      token,
    })
    const headers = { authorization: `Bearer ${token}` }
    const request = new Request(url, { method: 'POST', headers, body: '["PING"]' })
    expect((await unreachable.handle(request)).status).toBe(500)
  })
})

describe('faults', () => {
  test('a status is answered as often as asked, then all is well', async () => {
    front.fault({ times: 2, what: { status: 503 } })
    await expect(redis.get('k')).rejects.toThrow('injected fault')
    await expect(redis.get('k')).rejects.toThrow('injected fault')
    expect(await redis.get('k')).toBeNull()
  })

  test('a dropped request did nothing, a lost answer did its work', async () => {
    front.fault({ what: 'drop' })
    await expect(redis.incr('dropped')).rejects.toThrow()
    expect(await redis.exists('dropped')).toBe(0)
    front.fault({ what: 'lose' })
    await expect(redis.incr('lost')).rejects.toThrow()
    expect(await redis.get('lost')).toBe(1)
  })

  test('a hanging request ends only when the client gives up', async () => {
    front.fault({ what: 'hang' })
    const began = performance.now()
    await expect(redis.get('k')).rejects.toThrow()
    expect(performance.now() - began).toBeGreaterThan(150)
  })

  test('a slow answer comes late', async () => {
    front.fault({ what: { slowMs: 60 } })
    const began = performance.now()
    expect(await redis.set('slow', 'x')).toBe('OK')
    expect(performance.now() - began).toBeGreaterThan(50)
  })
})

describe("Upstash's first line of a script", () => {
  test.each([
    ['#!lua flags=allow-key-locking\nreturn 1', '--lua flags=allow-key-locking\nreturn 1'],
    ['#!lua flags=no-writes\nreturn 1', '#!lua flags=no-writes\nreturn 1'],
    ['return "#!lua flags=allow-key-locking"', 'return "#!lua flags=allow-key-locking"'],
  ])('%j becomes %j', (script, portable) => {
    expect(portableScript(script)).toBe(portable)
  })
})
