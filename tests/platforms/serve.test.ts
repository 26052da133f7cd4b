import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { readListenAddress } from '../../platforms/listen-address.js'
import { serve } from '../../platforms/serve.js'

const free = { host: '127.0.0.1', port: 0 }

/** Is longer than a test may take: a server that waited for it would fail the test. */
const tooLongMs = 60_000

/** Serves a handler; `arrived` resolves with its first request. */
async function serveSeen(handler: Parameters<typeof serve>[0]) {
  let see = () => {}
  const arrived = new Promise<void>((resolve) => {
    see = resolve
  })
  const server = await serve((...call) => {
    see()
    return handler(...call)
  }, free)
  return { server, arrived }
}

async function socketTo(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

describe('a server that is closed', () => {
  it('lets an answer on its way finish, and tells the caller not to come again', async () => {
    let finish = () => {}
    const finished = new Promise<Response>((resolve) => {
      finish = () => resolve(new Response('whole'))
    })
    const { server, arrived } = await serveSeen(() => finished)
    const answer = fetch(server.url)
    await arrived
    const closed = server.close(tooLongMs)
    await expect(fetch(server.url)).rejects.toThrow('fetch failed')
    finish()
    const response = await answer
    expect(response.headers.get('connection')).toBe('close')
    expect(await response.text()).toBe('whole')
    await closed
  })

  it('waits no longer than it is told', async () => {
    const { server, arrived } = await serveSeen(() => new Promise(() => {}))
    const hanging = fetch(server.url).catch(() => 'cut')
    await arrived
    const began = performance.now()
    await server.close(300)
    expect(performance.now() - began).toBeGreaterThan(250)
    expect(await hanging).toBe('cut')
  })

  it('does not wait for connections that are idle or were never used', async () => {
    const server = await serve(async () => new Response('done'), free)
    expect(await (await fetch(server.url)).text()).toBe('done')
    const unused = await socketTo(server.url)
    await server.close(tooLongMs)
    unused.destroy()
  })
})

describe('the signal of a request', () => {
  /** Serves a handler that answers when its signal is aborted; tells what happened. */
  async function serveUntilAborted() {
    const outcomes: string[] = []
    const { server, arrived } = await serveSeen(async (request, { signal }) => {
      const waited = sleep(tooLongMs, 'waited', { ...(signal && { signal }) })
      const outcome = await waited.catch(() => 'aborted')
      outcomes.push(outcome, request.signal.aborted ? 'aborted' : 'waited')
      return new Response(outcome)
    })
    return { server, arrived, outcomes }
  }

  it('is aborted when the caller hangs up', async () => {
    const { server, arrived, outcomes } = await serveUntilAborted()
    const socket = await socketTo(server.url)
    socket.write('GET / HTTP/1.1\r\nHost: any\r\n\r\n')
    await arrived
    expect(outcomes).toEqual([])
    socket.destroy()
    await expect.poll(() => outcomes).toEqual(['aborted', 'aborted'])
    await server.close(0)
  })

  it('is aborted when the server is closed, and the answer still arrives', async () => {
    const { server, arrived } = await serveUntilAborted()
    const answer = fetch(server.url)
    await arrived
    await Promise.all([server.close(tooLongMs), answer])
    expect(await (await answer).text()).toBe('aborted')
  })

  it('is not aborted by the end of the answer', async () => {
    let seen: AbortSignal | undefined
    const server = await serve(async (_request, { signal }) => {
      seen = signal
      return new Response('done')
    }, free)
    expect(await (await fetch(server.url)).text()).toBe('done')
    await sleep(50)
    expect(seen?.aborted).toBe(false)
    await server.close(0)
  })
})

describe('a caller who dawdles', () => {
  const shortTimeouts = {
    headersTimeout: 100,
    requestTimeout: 200,
    connectionsCheckingInterval: 20,
  }

  it.each([
    ['over the headers', 'GET / HTTP/1.1\r\nHost: any\r\n'],
    ['over the body', 'POST / HTTP/1.1\r\nHost: any\r\nContent-Length: 9\r\n\r\n'],
  ])('%s is sent away', async (_where, words) => {
    const read = (request: Request) => request.text().catch(() => 'cut')
    const server = await serve(
      async (request) => new Response(await read(request)),
      free,
      shortTimeouts,
    )
    const socket = await socketTo(server.url)
    socket.write(words)
    expect(await text(socket)).toMatch(/^HTTP\/1.1 408/)
    await server.close(0)
  })
})

describe('the place', () => {
  it.each([
    [{}, { host: '0.0.0.0', port: 3000 }],
    [
      { HOST: '::1', PORT: '8080' },
      { host: '::1', port: 8080 },
    ],
  ])('%j is %j', (env, address) => expect(readListenAddress(env)).toEqual(address))

  it.each(['http', '-1', '65536'])('%s is no port', (PORT) => {
    expect(() => readListenAddress({ PORT })).toThrow('PORT must be a whole number')
  })
})
