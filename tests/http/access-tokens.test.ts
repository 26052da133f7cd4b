import { randomUUID } from 'node:crypto'
import { type JWTPayload, SignJWT } from 'jose'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import conversations from '../../api/_conversations.js'
import jwks from '../../api/_jwks.js'
import auth from '../../api/auth.js'
import poll from '../../api/poll.js'
import start from '../../api/start.js'
import { readSigningKeys } from '../../lib/config/pem.js'
import { deriveKeys } from '../../lib/sealing.js'
import { endpointMethods } from '../../scripts/openapi/methods.js'
import { authenticatedCalls } from '../security/authenticated-calls.js'
import { signInAsGuest, startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { identityToken, loginEnv, verifiedEnv, verifiedSalesforce } from '../support/verified.js'

const gateway = setupGateway({
  salesforce: verifiedSalesforce,
  env: { ...verifiedEnv, ...loginEnv, LIMITS: '{"auth": [1000, "1 m"]}' },
})

const conversationId = randomUUID()

const [key] = deriveKeys(['a-secret-of-at-least-thirty-two-bytes'], 'access')
const [otherKey] = deriveKeys(['another-secret-of-at-least-32-bytes'], 'access')
const validHeader = { alg: 'HS256', typ: 'at+jwt', kid: key?.id ?? '' }

let good = ''
let claims: JWTPayload = {}

/** Signs a valid access token; tests below send it to show that it is accepted. */
beforeEach(async () => {
  // By its first answer of the store a gateway learns the time.
  await signInAsGuest()
  await signInAsGuest()
  const issued = { iat: seconds(), exp: seconds() + 900 }
  claims = {
    iss: 'miaw-gateway',
    aud: 'miaw-gateway/api',
    ...issued,
    sub: `guest-${randomUUID()}`,
    family: 'f',
    verified: false,
    since: Date.now(),
  }
  good = await sign(claims)
})

function sign(payload: JWTPayload, header: object = {}, bytes = key?.bytes ?? new Uint8Array()) {
  return new SignJWT(payload).setProtectedHeader({ ...validHeader, ...header }).sign(bytes)
}

function without(name: string): JWTPayload {
  return Object.fromEntries(Object.entries(claims).filter(([claim]) => claim !== name))
}

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const part = (index: number) => good.split('.')[index] ?? ''
const seconds = () => Math.floor(Date.now() / 1000)

const forgeries: [string, () => string | Promise<string>][] = [
  ['expired', () => sign({ ...claims, exp: seconds() - 1, iat: seconds() - 900 })],
  ['not valid yet', () => sign({ ...claims, nbf: seconds() + 600 })],
  ['alg none', () => `${encoded({ ...validHeader, alg: 'none' })}.${part(1)}.`],
  [
    'alg none with a signature',
    () => `${encoded({ ...validHeader, alg: 'none' })}.${part(1)}.AAAA`,
  ],
  ['alg HS512 with the right key', () => sign(claims, { alg: 'HS512' })],
  ['another audience', () => sign({ ...claims, aud: 'another-service' })],
  ['another issuer', () => sign({ ...claims, iss: 'https://login.example' })],
  ['another type', () => sign(claims, { typ: 'JWT' })],
  ['no type', () => sign(claims, { typ: undefined })],
  ['a wrong key under the right kid', () => sign(claims, {}, otherKey?.bytes)],
  ['a key of another purpose', () => signedWith('refresh')],
  ['an unknown kid', () => sign(claims, { kid: otherKey?.id })],
  ['no kid', () => sign(claims, { kid: undefined })],
  ['a kid that every object has', () => sign(claims, { kid: 'constructor' })],
  [
    'an unknown critical header',
    () => `${encoded({ ...validHeader, crit: ['x'], x: 1 })}.e30.AAAA`,
  ],
  ['no expiry', () => sign(without('exp'))],
  ['no moment of issue', () => sign(without('iat'))],
  ['no audience', () => sign(without('aud'))],
  ['no issuer', () => sign(without('iss'))],
  ['no visitor', () => sign(without('sub'))],
  ['no family', () => sign(without('family'))],
  ['no claim verified', () => sign(without('verified'))],
  ['an empty visitor', () => sign({ ...claims, sub: '' })],
  ['no claim since', () => sign(without('since'))],
  ['verified as a text', () => sign({ ...claims, verified: 'true' })],
  ['signed with a public string', () => sign(claims, {}, Buffer.from('miaw-gateway/access'))],
  ['signed with its kid', () => sign(claims, {}, Buffer.from(validHeader.kid))],
  ['other claims under the old signature', () => `${part(0)}.${encoded(claims)}.${part(2)}A`],
  ['another visitor under the old signature', () => stolen({ ...claims, sub: 'guest-1' })],
  ['no signature', () => `${part(0)}.${part(1)}.`],
  ['two parts', () => `${part(0)}.${part(1)}`],
  ['four parts', () => `${good}.AAAA`],
  ['very long with a valid signature', () => sign({ ...claims, more: 'x'.repeat(4000) })],
  ['very long nonsense', () => `${'A'.repeat(50_000)}.A.A`],
  ['nonsense', () => 'nonsense'],
  ['two tokens', () => `${good}, ${good}`],
  ['the refresh token', async () => (await signInAsGuest()).refreshToken],
  ["a token of Salesforce's", () => gateway.salesforce.mintToken()],
  ['a token of the login', () => identityToken()],
  ['RS256 with the key that is published', signedForSalesforce],
  ['HS256 with the published key as the secret', async () => sign(claims, {}, await publicKey())],
  [
    'the cursor of a poll',
    async () => String((await (await startConversation()).poll()).body.cursor),
  ],
  [
    'the cursor as a claim',
    async () => `${part(0)}.${(await (await startConversation()).poll()).body.cursor}.A`,
  ],
]

async function publicKey() {
  const [published] = (await request(jwks)).body.keys
  return Buffer.from(JSON.stringify(published))
}

/** Signs the claims of an access token with the key for Salesforce. */
async function signedForSalesforce() {
  const [rsa] = readSigningKeys(verifiedEnv.SALESFORCE_SIGNING_KEY.replaceAll('\\n', '\n')) ?? []
  if (!rsa) throw new Error('The key of the tests cannot be read')
  const header = { ...validHeader, alg: 'RS256' }
  return new SignJWT(claims).setProtectedHeader(header).sign(rsa)
}

function signedWith(purpose: string) {
  const [other] = deriveKeys(['a-secret-of-at-least-thirty-two-bytes'], purpose)
  return sign(claims, {}, other?.bytes)
}

const stolen = (payload: JWTPayload) => `${part(0)}.${encoded(payload)}.${part(2)}`

/** Expects the same 401 from every endpoint without a request to the store or to Salesforce. */
async function expectRefusedEverywhere(headers: Record<string, string>) {
  const before = gateway.redis.counts.requests
  const callsBefore = gateway.salesforceCalls()
  for (const call of Object.values(authenticatedCalls)) {
    const answer = await call(conversationId, { headers })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    expect(answer.body).toEqual({
      type: '/problems#unauthenticated',
      title: 'A valid token is needed',
      status: 401,
      code: 'unauthenticated',
      retryable: false,
      requestId: answer.headers.get('x-request-id'),
    })
  }
  expect(gateway.redis.counts.requests - before, 'requests to the store').toBe(0)
  expect(gateway.salesforceCalls()).toEqual(callsBefore)
}

it('every method that is not open to anybody is in the list of authenticated calls', () => {
  const closed = endpointMethods.filter(
    ({ method: { contract } }) => contract?.input && contract.guard?.who !== 'anybody',
  )
  const names = closed.map(({ path, method }) => `${method.method} ${path}`)
  expect(Object.keys(authenticatedCalls).sort()).toEqual(names.sort())
})

describe('an access token', () => {
  it.each(forgeries)('is refused at every endpoint with the same 401: %s', async (...row) => {
    const [, forge] = row
    await expectRefusedEverywhere({ authorization: `Bearer ${await forge()}` })
  })

  it('is refused at every endpoint in another scheme, another syntax or a cookie', async () => {
    const schemes = ['', 'Bearer', 'Bearer ', `Basic ${good}`, `Token ${good}`, good]
    for (const authorization of [
      ...schemes,
      `Bearer${good}`,
      `Bearer "${good}"`,
      `Bearer: ${good}`,
      `Bearer  ${good}`,
      `Bearer ${good} x`,
      `Bearer ${good}, Bearer ${good}`,
      `Basic eDp5, Bearer ${good}`,
      `Bearer token=${good}`,
      `Bearer\u00a0${good}`,
    ]) {
      await expectRefusedEverywhere({ authorization })
    }
    await expectRefusedEverywhere({})
    await expectRefusedEverywhere({ cookie: `token=${good}` })
  })

  it.each(['Bearer', 'bearer', 'BEARER'])('is accepted after the scheme %s', async (scheme) => {
    const answer = await request(start, {
      body: {},
      headers: { authorization: `${scheme} ${good}` },
    })
    expect(answer.status).toBe(201)
  })

  it('is not read from the query', async () => {
    const answer = await request(poll, { query: { conversationId, token: good } })
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'token' }] } })
  })

  it('is accepted until its expiresAt, and is refused from then on', async () => {
    const { body } = await request(auth, { body: {} })
    const call = () => request(conversations, { token: String(body.token) })
    const expiresAt = Date.parse(String(body.expiresAt))
    vi.useFakeTimers({ toFake: ['Date'], now: expiresAt - 1000 })
    expect((await call()).status).toBe(200)
    // The shared clock may be behind by half of the second that an answer of Redis takes at most.
    vi.setSystemTime(expiresAt + 500)
    expect(await call()).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
  })
})
