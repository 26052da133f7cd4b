import { describe, expect, it } from 'vitest'
import auth from '../../api/auth.js'
import availability from '../../api/availability.js'
import conversations from '../../api/conversations.js'
import end from '../../api/end.js'
import health from '../../api/health.js'
import jwks from '../../api/jwks.js'
import notFound from '../../api/not-found.js'
import poll from '../../api/poll.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import transcript from '../../api/transcript.js'
import upload from '../../api/upload.js'
import { endpoints as all } from '../../platforms/endpoints.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'

const patterns = 'https://shop.example,https://*.partner.example,http://localhost:5173'
const gateway = setupGateway({ env: { ALLOWED_ORIGINS: patterns } })

const endpoints = {
  auth,
  start,
  send,
  poll,
  end,
  upload,
  transcript,
  conversations,
  availability,
  jwks,
  health,
  'not-found': notFound,
}
const from = (origin: string, url = 'https://chat.example/api/auth') =>
  request(auth, { url, body: {}, headers: { origin } })

function expectRefused({ status, headers, body }: Awaited<ReturnType<typeof from>>): void {
  expect(status).toBe(403)
  expect(body).toMatchObject({ code: 'origin_not_allowed', retryable: false })
  expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  expect(headers.get('vary')).toMatch(/\bOrigin\b/)
  expect(gateway.redis.counts.requests).toBe(0)
  expect(gateway.salesforceCalls()).toEqual([])
}

describe('a page', () => {
  it.each([
    ['of an exact origin', 'https://shop.example'],
    ['one label under a wildcard', 'https://a.partner.example'],
    ['with digits and hyphens in the label', 'https://a-1.partner.example'],
    ['of a port that is named', 'http://localhost:5173'],
    ["of the deployment's own origin", 'https://chat.example'],
  ])('%s may call', async (_what, origin) => {
    const { status, headers } = await from(origin)
    expect(status).toBe(200)
    expect(headers.get('access-control-allow-origin')).toBe(origin)
    expect(headers.get('access-control-allow-credentials')).toBeNull()
    expect(headers.get('vary')).toMatch(/\bOrigin\b/)
  })

  it.each([
    ['of another site', 'https://evil.example'],
    ['two labels under a wildcard', 'https://a.b.partner.example'],
    ['of the bare wildcard domain', 'https://partner.example'],
    ['that ends like the wildcard', 'https://evilpartner.example'],
    ['that begins like the wildcard', 'https://a.partner.example.evil'],
    ['that ends like an exact origin', 'https://evilshop.example'],
    ['that begins like an exact origin', 'https://shop.example.evil.example'],
    ['under an exact origin', 'https://a.shop.example'],
    ['over plain http', 'http://shop.example'],
    ['under the wildcard over plain http', 'http://a.partner.example'],
    ['of our own host over plain http', 'http://chat.example'],
    ['of another port', 'https://shop.example:8443'],
    ['under the wildcard on another port', 'https://a.partner.example:8443'],
    ['on our own host on another port', 'https://chat.example:8443'],
    ['of another port of localhost', 'http://localhost:5174'],
    ['that is called null', 'null'],
    ['in upper case, as no browser writes it', 'HTTPS://SHOP.EXAMPLE'],
    ['with a path', 'https://shop.example/'],
    ['with a name and a password', 'https://shop.example@evil.example'],
    ['that is the pattern itself', 'https://*.partner.example'],
    ['with an underscore trick', 'https://a_b.partner.example'],
    ['of a file', 'file://'],
    ['of an extension', 'chrome-extension://abcdefghijklmnop'],
    ['that is empty', ''],
    ['that is two', 'https://shop.example, https://evil.example'],
    ['with a dot at the end', 'https://shop.example.'],
    ['with the port that browsers leave out', 'https://shop.example:443'],
    ['with an empty label', 'https://.partner.example'],
    ['with an encoded dot in the label', 'https://a%2eb.partner.example'],
    ['in letters that only look like it', 'https://xn--shp-zed.example'],
    ['of a label with a capital', 'https://A.partner.example'],
    ['with a backslash', 'https://evil.example\\.partner.example'],
    ['with a fragment', 'https://evil.example#.partner.example'],
    ['with a query', 'https://evil.example?.partner.example'],
    ['with a name before the label', 'https://x@a.partner.example'],
    ['with a tab', 'https://shop\t.example'],
    ['of a number that is an address', 'https://2130706433'],
    ['of a websocket', 'wss://shop.example'],
    ['of a blob', 'blob:https://shop.example'],
    ['that is about:blank', 'about:blank'],
  ])('%s is refused without CORS headers: %s', async (_what, origin) => {
    expectRefused(await from(origin))
  })

  it('may call only from our own origin when ALLOWED_ORIGINS is unset', async () => {
    gateway.setEnv({ ALLOWED_ORIGINS: '' })
    expectRefused(await from('https://shop.example'))
    expect((await from('https://chat.example')).status).toBe(200)
  })

  it('without an Origin is no page, and is served without CORS', async () => {
    const { status, headers } = await request(auth, { body: {} })
    expect(status).toBe(200)
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })

  it('can read a refusal and every header that it needs', async () => {
    const { status, headers } = await request(start, {
      body: {},
      headers: { origin: 'https://shop.example' },
    })
    expect(status).toBe(401)
    expect(headers.get('access-control-allow-origin')).toBe('https://shop.example')
    const exposed = headers.get('access-control-expose-headers')?.split(/, ?/) ?? []
    const needed = ['X-Request-Id', 'Server-Timing', 'RateLimit', 'RateLimit-Policy', 'Retry-After']
    expect(exposed).toEqual(expect.arrayContaining(needed))
  })

  it('learns from a problem what the endpoint is, even when the environment is broken', async () => {
    gateway.setEnv({ SESSION_SECRET: '' })
    expect((await from('https://chat.example')).status).toBe(500)
    expect((await from('https://evil.example')).status).toBe(403)
  })
})

it('every endpoint is asked', () => {
  expect(Object.keys(endpoints).sort()).toEqual([...all.keys()].map((path) => path.slice(5)).sort())
})

describe('a preflight', () => {
  const ask = (endpoint: (typeof endpoints)[keyof typeof endpoints], origin: string) =>
    request(endpoint, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,x-request-id',
      },
    })

  it.each(Object.entries(endpoints))('is answered at %s', async (_name, endpoint) => {
    const { status, headers } = await ask(endpoint, 'https://a.partner.example')
    expect(status).toBe(204)
    expect(headers.get('access-control-allow-origin')).toBe('https://a.partner.example')
    expect(headers.get('access-control-allow-methods')).toMatch(/GET.*POST.*DELETE/)
    const allowed = headers.get('access-control-allow-headers')?.toLowerCase().split(/, ?/)
    expect(allowed).toEqual(['authorization', 'content-type', 'x-request-id'])
    expect(Number(headers.get('access-control-max-age'))).toBeGreaterThan(0)
    expect(headers.get('vary')).toMatch(/\bOrigin\b/)
    expect(gateway.redis.counts.requests).toBe(0)
  })

  it.each(Object.entries(endpoints))('of a stranger is refused at %s', async (_name, endpoint) => {
    const { status, headers } = await ask(endpoint, 'https://evil.example')
    expect(status).toBe(403)
    expect(headers.get('access-control-allow-origin')).toBeNull()
    expect(headers.get('access-control-allow-methods')).toBeNull()
  })
})
