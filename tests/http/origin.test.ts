import { describe, expect, it } from 'vitest'
import availability from '../../api/_availability.js'
import conversations from '../../api/_conversations.js'
import health from '../../api/_health.js'
import jwks from '../../api/_jwks.js'
import notFound from '../../api/_not-found.js'
import transcript from '../../api/_transcript.js'
import auth from '../../api/auth.js'
import end from '../../api/end.js'
import poll from '../../api/poll.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import upload from '../../api/upload.js'
import { endpoints as all } from '../../platforms/endpoints.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'

const patterns =
  'https://shop.example,https://*.partner.example,http://localhost:5173,capacitor://localhost'
const gateway = setupGateway({ env: { ALLOWED_ORIGINS: patterns } })

/** Lists the endpoints for allowed pages: all but `availability`, which is for everybody. */
const endpoints = {
  auth,
  start,
  send,
  poll,
  end,
  upload,
  transcript,
  conversations,
  jwks,
  health,
  other: notFound,
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
    ['of a listed web-view app', 'capacitor://localhost'],
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
    ["of the deployment's host over plain http", 'http://chat.example'],
    ['of another port', 'https://shop.example:8443'],
    ['under the wildcard on another port', 'https://a.partner.example:8443'],
    ["on the deployment's host on another port", 'https://chat.example:8443'],
    ['of another port of localhost', 'http://localhost:5174'],
    ['that is called null', 'null'],
    ['in upper case, as no browser writes it', 'HTTPS://SHOP.EXAMPLE'],
    ['with a path', 'https://shop.example/'],
    ['with a name and a password', 'https://shop.example@evil.example'],
    ['that is the pattern itself', 'https://*.partner.example'],
    ['with an underscore trick', 'https://a_b.partner.example'],
    ['of a file', 'file://'],
    ['of a web-view app that is not listed', 'ionic://localhost'],
    ['of a listed web-view app on a port', 'capacitor://localhost:80'],
    ['of a listed web-view app with a path', 'capacitor://localhost/'],
    ['of a listed web-view app in upper case', 'CAPACITOR://localhost'],
    ["of a web-view app on the deployment's host", 'capacitor://chat.example'],
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

  it("may call only from the deployment's origin when ALLOWED_ORIGINS is unset", async () => {
    gateway.setEnv({ ALLOWED_ORIGINS: '' })
    expectRefused(await from('https://shop.example'))
    expect((await from('https://chat.example')).status).toBe(200)
  })

  it('of an exact origin can read a 401 and every header that it needs', async () => {
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

  it("of the deployment's origin gets 500 while the environment is broken, one of another site 403", async () => {
    gateway.setEnv({ SESSION_SECRET: '' })
    expect((await from('https://chat.example')).status).toBe(500)
    expect((await from('https://evil.example')).status).toBe(403)
  })
})

it('a request without an Origin is served without CORS headers', async () => {
  const { status, headers } = await request(auth, { body: {} })
  expect(status).toBe(200)
  expect(headers.get('access-control-allow-origin')).toBeNull()
})

it('the preflight tests cover every endpoint', () => {
  const covered = [...Object.keys(endpoints), 'availability'].sort()
  expect(covered).toEqual([...all.keys()].map((path) => path.slice(5)).sort())
})

describe('a preflight', () => {
  const requestHeaders = 'authorization,baggage,content-type,sentry-trace,traceparent,x-request-id'
  const preflight = (endpoint: Parameters<typeof request>[0], origin: string) =>
    request(endpoint, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': requestHeaders,
      },
    })

  it.each(Object.entries(endpoints))(
    'from an allowed origin is answered at %s without a call to Redis',
    async (_name, endpoint) => {
      const { status, headers } = await preflight(endpoint, 'https://a.partner.example')
      expect(status).toBe(204)
      expect(headers.get('access-control-allow-origin')).toBe('https://a.partner.example')
      expect(headers.get('access-control-allow-methods')).toMatch(/GET.*POST.*DELETE/)
      const allowed = headers.get('access-control-allow-headers')?.toLowerCase().split(/, ?/)
      expect(allowed).toEqual(requestHeaders.split(','))
      expect(headers.get('access-control-max-age')).toBe('7200')
      expect(headers.get('vary')).toBe('Origin, Access-Control-Request-Headers')
      expect(gateway.redis.counts.requests).toBe(0)
    },
  )

  it.each(Object.entries(endpoints))(
    'from another site is refused at %s',
    async (_name, endpoint) => {
      const { status, headers } = await preflight(endpoint, 'https://evil.example')
      expect(status).toBe(403)
      expect(headers.get('access-control-allow-origin')).toBeNull()
      expect(headers.get('access-control-allow-methods')).toBeNull()
      expect(headers.get('access-control-allow-headers')).toBeNull()
    },
  )

  it('from any page is answered at availability, and may be cached for all of them', async () => {
    const { status, headers } = await preflight(availability, 'https://evil.example')
    expect(status).toBe(204)
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('vary')).toBe('Access-Control-Request-Headers')
  })
})
