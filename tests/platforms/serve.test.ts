import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { readListenAddress } from '../../platforms/listen-address.js'
import { serve } from '../../platforms/serve.js'

const free = { host: '127.0.0.1', port: 0 }

async function socketTo(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

describe('a server that is closed', () => {
  it('lets an answer on its way finish, and tells the caller not to come again', async () => {
    const server = await serve(() => sleep(200, new Response('whole')), free)
    const answer = fetch(server.url)
    await sleep(50)
    const closed = server.close(5000)
    await expect(fetch(server.url)).rejects.toThrow('fetch failed')
    const response = await answer
    expect(response.headers.get('connection')).toBe('close')
    expect(await response.text()).toBe('whole')
    await closed
  })

  it('waits no longer than it is told', async () => {
    const server = await serve(() => new Promise(() => {}), free)
    const hanging = fetch(server.url).catch(() => 'cut')
    await sleep(50)
    const began = performance.now()
    await server.close(300)
    expect(performance.now() - began).toBeGreaterThan(250)
    expect(await hanging).toBe('cut')
  })

  it('does not wait for connections that are idle or were never used', async () => {
    const server = await serve(async () => new Response('done'), free)
    expect(await (await fetch(server.url)).text()).toBe('done')
    const unused = await socketTo(server.url)
    const began = performance.now()
    await server.close(5000)
    expect(performance.now() - began).toBeLessThan(1000)
    unused.destroy()
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
