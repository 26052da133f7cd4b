import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { endpoints } from '../../platforms/endpoints.js'
import type { Handler } from '../../platforms/handler.js'
import { type RunningServer, serve } from '../../platforms/serve.js'
import { signInAsGuest } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'

const gateway = setupGateway()
const megabyte = 1024 * 1024

let server: RunningServer | undefined
afterEach(() => server?.close(0))

async function listen(): Promise<string> {
  const site: Handler = async (request, connection) => {
    const endpoint = endpoints.get(new URL(request.url).pathname)?.fetch
    return endpoint ? endpoint(request, connection) : new Response(null, { status: 404 })
  }
  server = await serve(site, { host: '127.0.0.1', port: 0 })
  return server.url
}

/** Opens a connection and begins a request, whose body the test sends. */
async function begin(path: string, headers: readonly string[]) {
  const { port } = new URL(await listen())
  const socket = connect(Number(port), '127.0.0.1')
  await once(socket, 'connect')
  socket.write(`${[`POST ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...headers].join('\r\n')}\r\n\r\n`)
  return socket
}

const files = 'Content-Type: multipart/form-data; boundary=x'
const posts = [...endpoints.keys()].filter((path) =>
  ['/api/start', '/api/send', '/api/end', '/api/upload'].includes(path),
)

describe('a request body', () => {
  it.each(posts)('is not read at %s without a token', async (path) => {
    let pulled = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1
        if (pulled > 50) return controller.close()
        return controller.enqueue(new Uint8Array(64 * 1024))
      },
    })
    const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }
    const init = { method: 'POST', headers, body, duplex: 'half' } as const
    const response = await endpoints
      .get(path)
      ?.fetch(new Request(`https://chat.example${path}`, init), {})
    expect(response?.status).toBe(401)
    expect(pulled).toBeLessThan(3)
    expect(gateway.redis.counts.requests).toBe(0)
  })

  it('of 4 MB without a token is refused with 401 before it has arrived', async () => {
    const length = `Content-Length: ${4 * megabyte}`
    const socket = await begin('/api/upload', [files, length])
    socket.write('x'.repeat(1000))
    const [first] = await once(socket, 'data')
    expect(String(first)).toMatch(/^HTTP\/1\.1 401 /)
    socket.destroy()
  })

  it.each([
    ['announced', 'Content-Length: 100000', 'half of it'],
    ['in pieces', 'Transfer-Encoding: chunked', '5\r\nhello\r\n'],
  ])(
    'that the sender breaks off is logged as a 400 and causes no server error: %s',
    async (_how, length, some) => {
      const { token } = await signInAsGuest()
      gateway.logLines.length = 0
      const socket = await begin('/api/upload', [files, length, `Authorization: Bearer ${token}`])
      socket.write(some)
      await new Promise((resolve) => setTimeout(resolve, 50))
      socket.destroy()
      await expect.poll(() => gateway.logLines.length, { timeout: 5000 }).toBe(1)
      const line = JSON.parse(gateway.logLines[0] ?? '')
      expect(line).toMatchObject({ level: 'info', status: 400, code: 'invalid_request' })
      expect(line).not.toHaveProperty('error')
    },
  )

  it('is read with a valid token and answered with 201', async () => {
    const { token } = await signInAsGuest()
    const headers = ['Content-Type: application/json', 'Content-Length: 2', 'Connection: close']
    const socket = await begin('/api/start', [...headers, `Authorization: Bearer ${token}`])
    socket.write('{}')
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 201 /)
  })
})
