import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { Redis } from '@upstash/redis'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createApi } from '../../sandbox/server/api.js'
import { serve } from '../../sandbox/server/serve.js'
import { startDev } from '../../sandbox/server/start.js'
import { mayUseSwitches } from '../../sandbox/server/switches.js'
import { endpoints } from './fixtures/endpoints.js'

const fixture = (path: string) => fileURLToPath(new URL(`fixtures/${path}`, import.meta.url))
const deployment = { endpoints, publicFiles: fixture('public') }
const shop = 'https://shop.example'
const env: Record<string, string | undefined> = {
  SANDBOX_ALLOWED_ORIGINS: shop,
  SALESFORCE_EVENTS: 'wait',
}
const lines: string[] = []
let dev: Awaited<ReturnType<typeof startDev>>
let base: string

beforeAll(async () => {
  dev = await startDev({ env, port: 0, deployment, log: (line) => lines.push(line) })
  base = new URL(dev.addresses.page).origin
})
afterAll(() => dev.close())

/** Sends a request as it is written, which `fetch` would tidy up. */
async function raw(requestLine: string, headers: string[] = [`Host: ${new URL(base).host}`]) {
  const socket = connect(Number(new URL(base).port), '127.0.0.1')
  socket.write([requestLine, ...headers, 'Connection: close', '', ''].join('\r\n'))
  return text(socket)
}

describe('the endpoints', () => {
  test('answer under their names, with the socket and the request as it came', async () => {
    const response = await fetch(`${base}/api/echo?a=1`, { method: 'POST', body: 'hello' })
    expect(await response.json()).toMatchObject({
      method: 'POST',
      url: `${base}/api/echo?a=1`,
      body: 'hello',
      remoteAddress: '127.0.0.1',
    })
    expect(response.headers.get('content-security-policy')).toBeNull()
  })

  test('a rewritten request keeps the URL it came with', async () => {
    const guide = await fetch(`${base}/api/messaging/echo`)
    expect(await guide.json()).toMatchObject({ url: `${base}/api/messaging/echo` })
    const keys = await fetch(`${base}/.well-known/jwks.json`)
    expect(await keys.json()).toEqual({ keys: [], url: `${base}/.well-known/jwks.json` })
  })

  test.each(['/api/nothing', '/api/_helper', '/api', '/api/', '/api/%65cho', '/api/echo.ts'])(
    '%s is the not-found endpoint',
    async (path) => {
      const response = await fetch(`${base}${path}`)
      expect(response.status).toBe(404)
      expect(await response.json()).toEqual({ code: 'not_found' })
    },
  )

  test('an endpoint may cut the socket; one that throws is a 500, and the server lives on', async () => {
    await expect(fetch(`${base}/api/drop`)).rejects.toThrow('fetch failed')
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
    expect((await fetch(`${base}/api/drop`, { method: 'POST', body: 'x' })).status).toBe(500)
    expect(logged).toHaveBeenCalledOnce()
    logged.mockRestore()
    expect((await fetch(`${base}/api/echo`)).status).toBe(200)
  })
})

describe('the static files', () => {
  test('the page is served with the headers of vercel.json', async () => {
    const response = await fetch(`${base}/`)
    expect(await response.text()).toContain('<title>A page</title>')
    expect(response.headers.get('content-type')).toMatch(/^text\/html/)
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect((await fetch(`${base}/page.js`)).headers.get('content-type')).toMatch(/javascript/)
    expect((await fetch(`${base}/page.js`, { method: 'POST' })).status).toBe(404)
  })

  test.each([
    '/../api/echo.ts',
    '/..%2fapi%2fecho.ts',
    '/%2e%2e/api/echo.ts',
    '/%2e%2e%2fapi/echo.ts',
    '/..%5capi%5cecho.ts',
    '/x/../../api/echo.ts',
    '//etc/passwd',
    '/%00',
    '/....//api/echo.ts',
  ])('nothing outside the folder is given out: %s', async (path) => {
    const answer = await raw(`GET ${path} HTTP/1.1`)
    expect(answer).toMatch(/^HTTP\/1.1 40[04]/)
    expect(answer).not.toContain('An endpoint for the tests')
  })
})

describe('the switches', () => {
  const host = () => `Host: ${new URL(base).host}`

  test('answer on the API port', async () => {
    const response = await fetch(`${base}/__sandbox/switches`)
    expect(response.status).toBe(200)
    expect(await response.json()).toBeTypeOf('object')
  })

  test('by the name localhost too, and for its own page', async () => {
    const { port } = new URL(base)
    const headers = [`Host: localhost:${port}`, `Origin: http://localhost:${port}`]
    expect(await raw('GET /__sandbox/switches HTTP/1.1', headers)).toMatch(/^HTTP\/1.1 200/)
  })

  test.each([
    ['a name that only leads here', () => ['Host: evil.example']],
    ['an origin elsewhere', () => [host(), 'Origin: https://evil.example']],
    ['another port of this machine', () => [host(), 'Origin: http://127.0.0.1:1']],
    ['an origin of null', () => [host(), 'Origin: null']],
    ['a page elsewhere, without an origin', () => [host(), 'Sec-Fetch-Site: cross-site']],
  ])('are refused to %s', async (_name, headers) => {
    expect(await raw('GET /__sandbox/switches HTTP/1.1', headers())).toMatch(/^HTTP\/1.1 403/)
    expect(await raw('DELETE /__sandbox HTTP/1.1', headers())).toMatch(/^HTTP\/1.1 403/)
  })

  test('a path that only looks like theirs is not', () => {
    expect(mayUseSwitches(new Request('http://127.0.0.1:3000/__sandboxed'))).toBe(false)
  })

  test('are not there without the sandbox', async () => {
    const api = createApi(deployment)
    const response = await api(new Request('http://127.0.0.1/__sandbox/switches'), {})
    expect(response.status).toBe(404)
  })
})

describe('the parts around it', () => {
  test('each has a line with its address', () => {
    const { api, page, redis, salesforce } = dev.addresses
    for (const address of [api, page, redis, salesforce]) {
      expect(lines.filter((line) => line.includes(` ${address}`))).not.toEqual([])
    }
    expect(lines.join('\n')).not.toContain(env.SESSION_SECRET)
    expect(lines.join('\n')).not.toContain(env.UPSTASH_REDIS_REST_TOKEN)
  })

  test('the Redis answers the real client, with the variables that were added', async () => {
    const { UPSTASH_REDIS_REST_URL: url = '', UPSTASH_REDIS_REST_TOKEN: token = '' } = env
    const redis = new Redis({ url, token, enableTelemetry: false })
    expect(await redis.set('k', 'v')).toBe('OK')
    expect(await redis.get('k')).toBe('v')
    expect((await fetch(url, { method: 'POST', body: '["GET","k"]' })).status).toBe(401)
  })

  test('the Salesforce answers, and its organisation is in the environment', async () => {
    expect(env.SALESFORCE_ORG_ID).toBe('00DZZ0000000AbC')
    expect(env.SALESFORCE_DEPLOYMENT).toBe('Harbor_Custom_Client')
    const response = await fetch(`${dev.addresses.salesforce}/nothing`)
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect((await fetch(`${dev.addresses.salesforce}/__sandbox/switches`)).status).not.toBe(200)
  })

  test('the Salesforce lets pages of the listed origins in, and no others', async () => {
    const allowed = async (origin: string) => {
      const where = `${dev.addresses.salesforce}/eventrouter/v1/sse`
      const headers = { origin, 'access-control-request-method': 'GET' }
      const response = await fetch(where, { method: 'OPTIONS', headers })
      return response.headers.get('access-control-allow-origin')
    }
    expect([await allowed(shop), await allowed('https://else.example')]).toEqual([shop, null])
  })

  test('a variable of the gateway reaches it as it was set', () => {
    expect(env.SALESFORCE_EVENTS).toBe('wait')
  })

  test('the Salesforce refuses lists above 30 a minute, as a real one does', async () => {
    const response = await fetch(`${base}/__sandbox/switches`)
    expect(await response.json()).toMatchObject({
      limits: { listsPerMinute: 30 },
      botMessageIds: 'opaque',
      businessHours: null,
    })
  })

  test('a taken port is one clear sentence', async () => {
    const { port } = new URL(base)
    await expect(serve(async () => Response.json({}), Number(port))).rejects.toThrow(
      `Port ${port} is taken: set PORT to a free one.`,
    )
  })

  test('an answer on its way does not keep it from closing', async () => {
    const server = await serve(() => new Promise(() => {}))
    const hanging = fetch(server.url).catch(() => 'cut')
    await new Promise((resolve) => setTimeout(resolve, 50))
    await server.close()
    expect(await hanging).toBe('cut')
    await expect(fetch(server.url)).rejects.toThrow()
  })
})
