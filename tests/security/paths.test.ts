/** Sends requests that no browser sends to the whole deployment on a real socket. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { endpoints } from '../../platforms/endpoints.js'
import { type RunningServer, serve } from '../../platforms/serve.js'
import { createSite } from '../../platforms/site.js'
import { signInAsGuest } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'

const gateway = setupGateway()
const pages = fileURLToPath(new URL('../../public', import.meta.url))

let server: RunningServer
beforeEach(async () => {
  server = await serve(createSite(endpoints, pages), { host: '127.0.0.1', port: 0 })
})
afterEach(() => server.close(0))

/** Returns the whole answer to these bytes. */
async function sendRaw(line: string, headers: readonly string[] = ['Host: 127.0.0.1']) {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  await once(socket, 'connect')
  socket.write(Buffer.from([line, ...headers, 'Connection: close', '', ''].join('\r\n')))
  const whole = await text(socket)
  const [head = '', body = ''] = whole.split('\r\n\r\n')
  return { status: Number(head.split(' ')[1]), head: head.toLowerCase(), body }
}

const outside = [
  '/../package.json',
  '/%2e%2e/package.json',
  '/..%2fpackage.json',
  '/%2e%2e%2fpackage.json',
  '/..%5cpackage.json',
  '/..\\package.json',
  '/....//package.json',
  '/%252e%252e%252fpackage.json',
  '/docs/../../package.json',
  '//etc/passwd',
  '/etc/passwd',
  '/.env',
  '/.git/config',
  '/lib/config/env.ts',
  '/api/auth.ts',
  '/index.html%00.png',
  '/%00',
  '/%',
  '/%ff%fe',
  '/%c0%ae%c0%ae/package.json',
  `/${'a/'.repeat(3000)}`,
]

describe('a request path', () => {
  it.each(outside)('returns no file that is not published: %s', async (path) => {
    const { status, body } = await sendRaw(`GET ${path} HTTP/1.1`)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
    expect(body).not.toMatch(/dependencies|root:|SESSION_SECRET|repositoryformat/)
  })

  it.each([
    '/api//auth',
    '//api/auth',
    '/api/auth/',
    '/api/%61uth',
    '/api%2fauth',
    '/api/auth;x=1',
    '/api/auth%2f',
    '/api/auth%00',
    '/api/auth%20',
    '/api/auth.ts',
    '/api/AUTH',
    '/api/send/../auth/x',
    '/api/messaging//auth',
    '/api/messaging/auth/auth',
    '/api/messaging/%2e%2e%2fauth',
    '/api/auth%0d%0aX-Evil:%201',
    '/api/__proto__',
    '/api/constructor',
  ])('does not reach an endpoint that it only resembles: %s', async (path) => {
    const { status, head } = await sendRaw(`POST ${path} HTTP/1.1`)
    expect(status).toBe(404)
    expect(head).not.toContain('\r\nx-evil')
    expect(gateway.redis.counts.requests).toBe(0)
  })

  it.each(['/api/./auth', '/api/x/../auth', '/api/messaging/../auth', '/api/%2e/auth'])(
    'reaches the endpoint after URL normalization: %s',
    async (path) => {
      expect((await sendRaw(`POST ${path} HTTP/1.1`)).status).toBe(200)
    },
  )
})

describe('a malformed request', () => {
  it.each([
    ['another host in its first line', 'GET http://evil.example/api/health HTTP/1.1', []],
    ['a host that is none', 'GET /api/health HTTP/1.1', ['Host: ][']],
    ['a host with a path', 'GET /api/health HTTP/1.1', ['Host: a/b']],
    ['a host with a name and a password', 'GET /api/health HTTP/1.1', ['Host: a:b@evil.example']],
    ['no host', 'GET /api/health HTTP/1.0', []],
    ['a star', 'OPTIONS * HTTP/1.1', ['Host: 127.0.0.1']],
    ['no path', 'GET ?x=1 HTTP/1.1', ['Host: 127.0.0.1']],
    [
      'two lengths',
      'POST /api/auth HTTP/1.1',
      ['Host: a', 'Content-Length: 0', 'Content-Length: 1'],
    ],
    [
      'a length and pieces',
      'POST /api/auth HTTP/1.1',
      ['Host: a', 'Content-Length: 3', 'Transfer-Encoding: chunked'],
    ],
    [
      'a line feed in a header',
      'GET /api/health HTTP/1.1',
      ['Host: a', 'X-Request-Id: a\nX-Evil: 1'],
    ],
    ['a null in a header', 'GET /api/health HTTP/1.1', ['Host: a', 'X-Request-Id: a\u0000b']],
    [
      'headers of a megabyte',
      'GET /api/health HTTP/1.1',
      ['Host: a', `X-Long: ${'x'.repeat(1_000_000)}`],
    ],
  ])('with %s causes no server error', async (_what, line, headers) => {
    const { status, head } = await sendRaw(line, headers)
    expect(status).toBeLessThan(500)
    expect(head).not.toContain('\r\nx-evil')
    for (const logged of gateway.logLines) expect(logged).not.toContain('"error"')
  })

  it('with two Authorization headers is refused, even when one of them is valid', async () => {
    const { token } = await signInAsGuest()
    const statusFor = async (...tokens: string[]) => {
      const headers = tokens.map((each) => `Authorization: Bearer ${each}`)
      return (await sendRaw('GET /api/conversations HTTP/1.1', ['Host: a', ...headers])).status
    }
    expect(await statusFor(token)).toBe(200)
    expect(await statusFor('a.b.c', 'd.e.f')).toBe(401)
    expect(await statusFor('a.b.c', token)).toBe(401)
    expect(await statusFor(token, 'a.b.c')).toBe(401)
  })

  it('with a request id that is not plain gets another one, and the log stays plain ASCII', async () => {
    for (const id of ['a\u202eb', 'caf\u00e9', 'a b', '{"level":"error"}', '"', '\u001b[31m']) {
      const { head } = await sendRaw('GET /api/health HTTP/1.1', ['Host: a', `X-Request-Id: ${id}`])
      if (head.includes(' 400 ')) continue
      expect(head).toMatch(/\r\nx-request-id: [0-9a-f-]{36}(\r\n|$)/)
    }
    for (const line of gateway.logLines) {
      expect(Object.keys(JSON.parse(line))).not.toContain('evil')
      expect(line).toMatch(/^[\x20-\x7e]*$/)
    }
  })
})
