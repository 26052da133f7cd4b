import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type FaultProxy, type ProxyFault, startFaultProxy } from '../../sandbox/proxy/index.js'
import { type RunningServer, serve } from '../../sandbox/server/serve.js'

const received: string[] = []
let server: RunningServer
let proxy: FaultProxy

beforeAll(async () => {
  server = await serve(async (request) => {
    const text = await request.text()
    received.push(text)
    return new Response(`heard ${text}`)
  })
  proxy = await startFaultProxy({ port: Number(new URL(server.url).port) })
})
afterEach(async () => {
  await proxy.set(null)
  received.length = 0
})
afterAll(async () => {
  await proxy.close()
  await server.close()
})

async function ask(text: string, timeoutMs = 100): Promise<string> {
  const signal = AbortSignal.timeout(timeoutMs)
  const response = await fetch(proxy.url, { method: 'POST', body: text, signal })
  return `${response.status} ${await response.text()}`
}

describe('a proxy without faults', () => {
  test('lets everything pass, over many connections at once', async () => {
    const texts = Array.from({ length: 20 }, (_, index) => `${index}`)
    const answers = await Promise.all(texts.map((text) => ask(text, 2000)))
    expect(answers).toEqual(texts.map((text) => `200 heard ${text}`))
  })

  test('lets large bodies pass whole', async () => {
    const large = 'x'.repeat(1_000_000)
    expect(await ask(large, 2000)).toBe(`200 heard ${large}`)
  })
})

const failing: [name: string, fault: ProxyFault, isHeard: boolean][] = [
  ['hangs', 'hang', false],
  ['withholds the answer', 'mute', true],
  ['refuses', 'refuse', false],
  ['cuts before the work', 'cut', false],
  ['cuts after the work', { cutAfterBytes: 0 }, true],
  ['cuts within the answer', { cutAfterBytes: 30 }, true],
]

describe.each(failing)('a proxy that %s', (_, fault, isHeard) => {
  test('fails the request, and the server has heard of it or not', async () => {
    expect(await ask('before', 2000)).toBe('200 heard before')
    await proxy.set(fault)
    await expect(ask('spoiled')).rejects.toThrow()
    expect(received.includes('spoiled')).toBe(isHeard)
  })

  test('is well again at the next request when it is healed', async () => {
    await proxy.set(fault)
    await expect(ask('spoiled')).rejects.toThrow()
    await proxy.set(null)
    expect(await ask('after', 2000)).toBe('200 heard after')
  })
})

describe('a proxy that delays', () => {
  test('answers later', async () => {
    await proxy.set({ delayMs: 60 })
    const began = performance.now()
    expect(await ask('late', 2000)).toBe('200 heard late')
    expect(performance.now() - began).toBeGreaterThan(55)
  })

  test('delivers what its sender has given up', async () => {
    await proxy.set({ delayMs: 80 })
    await expect(ask('given up', 30)).rejects.toThrow()
    expect(received).toEqual([])
    await expect.poll(() => received).toEqual(['given up'])
  })
})

test.each([
  ['500 {"error":"ERR"}', { status: 500, type: 'application/json', body: '{"error":"ERR"}' }],
  ['200 <p>Größe</p>', { status: 200, type: 'text/html', body: '<p>Größe</p>' }],
])('a proxy answers %s by itself', async (expected, answer) => {
  await proxy.set({ answer })
  expect(await ask('unanswered', 2000)).toBe(expected)
  expect(received).toEqual([])
})
