import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { exportJWK, type JWTHeaderParameters, SignJWT } from 'jose'
import { HttpResponse, http } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import auth from '../../api/auth.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { shiftClock } from '../support/sending.js'
import { timed } from '../support/simulated-time.js'
import { loginEnv } from '../support/verified.js'

const jwksUrl = 'https://login.example/jwks.json'
const elsewhere = 'https://evil.example/jwks.json'
const { IDENTITY_ISSUER: iss, IDENTITY_AUDIENCE: aud } = loginEnv
const gateway = setupGateway({
  env: {
    IDENTITY_JWKS_URL: jwksUrl,
    IDENTITY_ISSUER: iss,
    IDENTITY_AUDIENCE: aud,
    LIMITS: '{"auth": [1000, "1 m"]}',
  },
})
const minute = 60_000

const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
const [first, second, foreign] = [rsa(), rsa(), rsa()]
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const edwards = generateKeyPairSync('ed25519')

const published = async (kid: string, key: KeyObject) => ({ ...(await exportJWK(key)), kid })

/** Lists the addresses that were asked. */
let asked: string[] = []

/** Serves the key set from now on, and a foreign server that must never be asked. */
function serve(answer: () => Response | Promise<Response>): void {
  asked = []
  const seen = (address: string, reply: () => Response | Promise<Response>) =>
    http.all(address, () => {
      asked.push(address)
      return reply()
    })
  gateway.network.use(
    seen(jwksUrl, answer),
    seen('https://evil.example/*', async () =>
      HttpResponse.json({ keys: [await published('k1', foreign.publicKey)] }),
    ),
  )
}

const serveKeys = (...keys: object[]) => serve(() => HttpResponse.json({ keys }))

beforeEach(async () => serveKeys(await published('k1', first.publicKey)))

const now = () => Math.floor(Date.now() / 1000)
type TokenOptions = {
  header?: Partial<JWTHeaderParameters>
  claims?: object
  key?: KeyObject | Uint8Array
}

const claimed = (claims: object) =>
  new SignJWT({ iss, aud, sub: 'mina', iat: now(), exp: now() + 600, ...claims })

function sign({ header = {}, claims = {}, key = first.privateKey }: TokenOptions = {}) {
  return claimed(claims)
    .setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header })
    .sign(key)
}

function signWithoutKeyId(key: KeyObject, claims = {}) {
  return claimed(claims).setProtectedHeader({ alg: 'RS256' }).sign(key)
}

const present = (identityToken: string) => request(auth, { body: { identityToken } })
const signInOutcome = async (token: string | Promise<string>) => {
  const { status, body } = await present(await token)
  return [status, body.code ?? body.user?.verified]
}
const good = [200, true]
const rejected = [401, 'identity_rejected']
const outage = [503, 'upstream_unavailable']

describe('auth by the key set of the login', () => {
  it.each([
    ['RS256', first],
    ['PS256', first],
    ['ES256', curve],
    ['EdDSA', edwards],
  ])('accepts a token signed with %s', async (alg, { publicKey, privateKey }) => {
    serveKeys(await published('k1', publicKey))
    expect(await signInOutcome(sign({ header: { alg }, key: privateKey }))).toEqual(good)
  })

  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const bare = (header: object) =>
    `${encoded(header)}.${encoded({ iss, aud, sub: 'mina', exp: now() + 600 })}.`
  const pem = first.publicKey.export({ type: 'spki', format: 'pem' })
  const der = first.publicKey.export({ type: 'spki', format: 'der' })

  it.each<[string, () => string | Promise<string>]>([
    ['none', () => bare({ alg: 'none', kid: 'k1' })],
    ['None', () => bare({ alg: 'None', kid: 'k1' })],
    ['signed with another key under the published id', () => sign({ key: foreign.privateKey })],
    ['signed with an algorithm that is not allowed', () => sign({ header: { alg: 'RS512' } })],
    ['HS256 with the published key as PEM', () => hmac(new TextEncoder().encode(String(pem)))],
    ['HS256 with the published key as DER', () => hmac(new Uint8Array(der))],
    ['HS256 with the secret of another setting', () => hmac(Buffer.from(loginEnv.IDENTITY_SECRET))],
    ['signed with an unknown key id', () => sign({ header: { kid: 'k9' } })],
    ['with an extension that must be understood', () => critical()],
  ])('returns 401 identity_rejected for a token that is %s', async (_what, token) => {
    expect(await signInOutcome(token())).toEqual(rejected)
  })

  const hmac = (key: Uint8Array) => sign({ header: { alg: 'HS256' }, key })
  const critical = async () => {
    const [, claims, signature] = (await sign()).split('.')
    return `${encoded({ alg: 'RS256', kid: 'k1', crit: ['x'], x: 1 })}.${claims}.${signature}`
  }

  it('returns 401 for a signature by a secret that the key set holds by mistake', async () => {
    const secret = 'a-secret-that-was-published-by-mistake'
    serveKeys({ kty: 'oct', kid: 'k1', k: Buffer.from(secret).toString('base64url') })
    expect(await signInOutcome(hmac(Buffer.from(secret)))).toEqual(rejected)
  })

  it('never reads keys from an address that the token names', async () => {
    const jwk = await published('k1', foreign.publicKey)
    const claims = { iss, jwks_uri: elsewhere }
    for (const header of [{ kid: elsewhere }, { jku: elsewhere }, { x5u: elsewhere }, { jwk }]) {
      const token = await sign({ header, claims, key: foreign.privateKey })
      expect(await signInOutcome(token), JSON.stringify(header)).toEqual(rejected)
    }
    expect(
      await signInOutcome(sign({ claims: { iss: elsewhere }, key: foreign.privateKey })),
    ).toEqual(rejected)
    expect(new Set(asked)).toEqual(new Set([jwksUrl]))
  })
})

describe('auth by the claims of an identity token', () => {
  it.each([
    ['an expiry 20 s ago', { exp: -20 }, good],
    ['an expiry 31 s ago', { exp: -31 }, rejected],
    ['a beginning in 29 s', { nbf: 29 }, good],
    ['a beginning in 45 s', { nbf: 45 }, rejected],
    ['a life of 24 hours', { exp: 24 * 3600 }, good],
    ['a life of 24 hours and a minute', { exp: 24 * 3600 + 60 }, rejected],
    ['a long life, nearly over', { iat: -25 * 3600, exp: 600 }, rejected],
  ])('compares its times with the clock: %s', async (_what, times, outcome) => {
    const entries = Object.entries(times).map(([name, seconds]) => [name, now() + seconds])
    expect(await signInOutcome(sign({ claims: Object.fromEntries(entries) }))).toEqual(outcome)
  })

  it.each([
    ['a number for a subject', { sub: 7 }],
    ['a list for a subject', { sub: ['mina'] }],
    ['an object for a subject', { sub: { name: 'mina' } }],
    ['a text for an expiry', { exp: 'tomorrow' }],
    ['audiences without ours', { aud: ['shop', 'chats'] }],
    ['our audience in other letters', { aud: aud.toUpperCase() }],
    ['our issuer and a slash', { iss: `${iss}/` }],
    ['a list of issuers', { iss: [iss] }],
  ])('returns 401 identity_rejected for %s', async (_what, claims) => {
    expect(await signInOutcome(sign({ claims }))).toEqual(rejected)
  })

  it('accepts other audiences beside the configured one', async () => {
    expect(await signInOutcome(sign({ claims: { aud: ['shop', aud] } }))).toEqual(good)
  })
})

describe('auth by a cached key set', () => {
  it('reads the key set once for many visitors', async () => {
    for (const _ of [1, 2, 3]) expect(await signInOutcome(sign())).toEqual(good)
    expect(asked).toHaveLength(1)
  })

  it('finds a new key and forgets a withdrawn one', async () => {
    expect(await signInOutcome(sign())).toEqual(good)
    serveKeys(await published('k2', second.publicKey))
    shiftClock(minute)
    const renewed = { header: { kid: 'k2' }, key: second.privateKey }
    expect(await signInOutcome(sign(renewed))).toEqual(good)
    shiftClock(2 * minute)
    expect(await signInOutcome(sign())).toEqual(rejected)
  })

  it('does not read the key set again for made-up key ids', async () => {
    expect(await signInOutcome(sign())).toEqual(good)
    for (const kid of ['x1', 'x2', 'x3']) {
      expect(await signInOutcome(sign({ header: { kid } }))).toEqual(outage)
    }
    expect(asked).toHaveLength(1)
  })

  it('returns a retryable 503 for a key that is newer than the keys read a moment ago', async () => {
    expect(await signInOutcome(sign())).toEqual(good)
    serveKeys(await published('k2', second.publicKey))
    const token = await sign({ header: { kid: 'k2' }, key: second.privateKey })
    const { status, body } = await present(token)
    expect([status, body.code, body.retryable]).toEqual([...outage, true])
    expect(body.retryAfterMs).toBeGreaterThan(25_000)
    expect(body.retryAfterMs).toBeLessThanOrEqual(30_000)
    shiftClock(body.retryAfterMs + 1)
    expect(await signInOutcome(token)).toEqual(good)
  })

  it('tries each key for a token without a key id', async () => {
    serveKeys(await published('k1', first.publicKey), await published('k2', second.publicKey))
    for (const { privateKey } of [first, second]) {
      expect(await signInOutcome(signWithoutKeyId(privateKey))).toEqual(good)
    }
    const late = signWithoutKeyId(second.privateKey, { exp: now() - 60 })
    expect(await signInOutcome(late)).toEqual(rejected)
  })

  describe('for a token without a key id that no key signed', () => {
    it.each([1, 2])('reads the set again, once, and finds the new key among %i', async (count) => {
      expect(await signInOutcome(sign())).toEqual(good)
      const newer = [
        await published('k2', second.publicKey),
        await published('k1', first.publicKey),
      ]
      serveKeys(...newer.slice(0, count))
      shiftClock(minute)
      for (const _ of [1, 2]) {
        expect(await signInOutcome(signWithoutKeyId(second.privateKey))).toEqual(good)
      }
      expect(asked).toHaveLength(1)
    })

    it('returns a retryable 503 while the key set was read a moment ago, and reads it later', async () => {
      expect(await signInOutcome(sign())).toEqual(good)
      serveKeys(await published('k2', second.publicKey))
      const token = await signWithoutKeyId(second.privateKey)
      for (const _ of [1, 2, 3]) {
        const { status, body } = await present(token)
        expect([status, body.code, body.retryable]).toEqual([...outage, true])
        expect(body.retryAfterMs).toBeGreaterThan(25_000)
      }
      expect(asked).toEqual([])
      shiftClock(30_001)
      expect(await signInOutcome(token)).toEqual(good)
    })

    it('returns 401 once the key set was read for it', async () => {
      expect(await signInOutcome(signWithoutKeyId(foreign.privateKey))).toEqual(rejected)
      expect(asked).toHaveLength(1)
      shiftClock(minute)
      expect(await signInOutcome(signWithoutKeyId(foreign.privateKey))).toEqual(rejected)
      expect(asked).toHaveLength(2)
    })

    it('returns 503 when the key set cannot be read again', async () => {
      expect(await signInOutcome(sign())).toEqual(good)
      serve(() => HttpResponse.error())
      shiftClock(minute)
      expect(await signInOutcome(signWithoutKeyId(first.privateKey))).toEqual(good)
      expect(await signInOutcome(signWithoutKeyId(foreign.privateKey))).toEqual(outage)
    })

    it('does not read it for a signature by another key under a published id', async () => {
      expect(await signInOutcome(sign())).toEqual(good)
      shiftClock(minute)
      expect(await signInOutcome(sign({ key: foreign.privateKey }))).toEqual(rejected)
      expect(asked).toHaveLength(1)
    })
  })

  const failures: [string, () => Response | Promise<Response>][] = [
    ['no connection', () => HttpResponse.error()],
    ['503', () => HttpResponse.json({}, { status: 503 })],
    ['an HTML page', () => HttpResponse.html('<p>Back soon</p>')],
    ['no key set', () => HttpResponse.json({ error: 'soon' })],
    ['a redirect', () => new HttpResponse(null, { status: 302, headers: { location: elsewhere } })],
  ]

  it.each(failures)(
    'returns 503 for every token when the key set was never read: %s',
    async (_what, failure) => {
      serve(failure)
      expect(await signInOutcome(sign())).toEqual(outage)
      expect(await signInOutcome(sign({ key: foreign.privateKey }))).toEqual(outage)
      expect(asked).not.toContain(elsewhere)
      expect(gateway.logLines.at(-1)).toContain('IDENTITY_JWKS_URL')
    },
  )

  it.each(failures)(
    'uses the keys for an hour when the key set cannot be read again: %s',
    async (...row) => {
      const [, failure] = row
      expect(await signInOutcome(sign())).toEqual(good)
      serve(failure)
      shiftClock(50 * minute)
      expect(await signInOutcome(sign())).toEqual(good)
      expect(await signInOutcome(sign({ key: foreign.privateKey }))).toEqual(rejected)
      expect(await signInOutcome(sign({ header: { kid: 'k2' }, key: second.privateKey }))).toEqual(
        outage,
      )
      shiftClock(61 * minute)
      expect(await signInOutcome(sign())).toEqual(outage)
      serveKeys(await published('k1', first.publicKey))
      expect(await signInOutcome(sign())).toEqual(good)
    },
  )

  it('returns 503 within the deadline while the key set hangs, and 200 to the next visitor', async () => {
    gateway.setEnv({ REQUEST_DEADLINE_MS: '250' })
    serve(() => new Promise<never>(() => {}))
    const { answer, ms } = await timed(() => signInOutcome(sign()))
    expect(answer).toEqual(outage)
    expect(ms).toBeLessThanOrEqual(250)
    serveKeys(await published('k1', first.publicKey))
    expect(await signInOutcome(sign())).toEqual(good)
  })
})
