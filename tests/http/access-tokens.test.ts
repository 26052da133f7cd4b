import { randomUUID } from 'node:crypto'
import { type JWTPayload, SignJWT } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import jwks from '../../api/jwks.js'
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
const ourHeader = { alg: 'HS256', typ: 'at+jwt', kid: key?.id ?? '' }

let good = ''
let claims: JWTPayload = {}

/** What an access token says; that these claims are good is tested below. */
beforeEach(async () => {
  const issued = { iat: seconds(), exp: seconds() + 900 }
  const ours = { iss: 'miaw-gateway', aud: 'miaw-gateway/api' }
  claims = {
    ...ours,
    ...issued,
    sub: `guest-${randomUUID()}`,
    family: 'f',
    verified: false,
    since: Date.now(),
  }
  good = await sign(claims)
})

function sign(payload: JWTPayload, header: object = {}, bytes = key?.bytes ?? new Uint8Array()) {
  return new SignJWT(payload).setProtectedHeader({ ...ourHeader, ...header }).sign(bytes)
}

function without(name: string): JWTPayload {
  return Object.fromEntries(Object.entries(claims).filter(([claim]) => claim !== name))
}

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const part = (index: number) => good.split('.')[index] ?? ''
const seconds = () => Math.floor(Date.now() / 1000)

const forgeries: [string, () => string | Promise<string>][] = [
  ['expired', () => sign({ ...claims, exp: seconds() - 1, iat: seconds() - 900 })],
  ['not good yet', () => sign({ ...claims, nbf: seconds() + 600 })],
  ['alg none', () => `${encoded({ ...ourHeader, alg: 'none' })}.${part(1)}.`],
  ['alg none with a signature', () => `${encoded({ ...ourHeader, alg: 'none' })}.${part(1)}.AAAA`],
  ['alg HS512 with our key', () => sign(claims, { alg: 'HS512' })],
  ['another audience', () => sign({ ...claims, aud: 'somebody-else' })],
  ['another issuer', () => sign({ ...claims, iss: 'https://login.example' })],
  ['another type', () => sign(claims, { typ: 'JWT' })],
  ['no type', () => sign(claims, { typ: undefined })],
  ['a wrong key under our kid', () => sign(claims, {}, otherKey?.bytes)],
  ['a key of another purpose', () => signedWith('refresh')],
  ['an unknown kid', () => sign(claims, { kid: otherKey?.id })],
  ['no kid', () => sign(claims, { kid: undefined })],
  ['a kid that every object has', () => sign(claims, { kid: 'constructor' })],
  ['an unknown critical header', () => `${encoded({ ...ourHeader, crit: ['x'], x: 1 })}.e30.AAAA`],
  ['no expiry', () => sign(without('exp'))],
  ['no moment of issue', () => sign(without('iat'))],
  ['no audience', () => sign(without('aud'))],
  ['no issuer', () => sign(without('iss'))],
  ['no visitor', () => sign(without('sub'))],
  ['no family', () => sign(without('family'))],
  ['no word on being verified', () => sign(without('verified'))],
  ['an empty visitor', () => sign({ ...claims, sub: '' })],
  ['no word on when it began', () => sign(without('since'))],
  ['verified as a text', () => sign({ ...claims, verified: 'true' })],
  ['signed with a public string', () => sign(claims, {}, Buffer.from('miaw-gateway/access'))],
  ['signed with its kid', () => sign(claims, {}, Buffer.from(ourHeader.kid))],
  ['other claims under the old signature', () => `${part(0)}.${encoded(claims)}.${part(2)}A`],
  ['another visitor under the old signature', () => stolen({ ...claims, sub: 'guest-1' })],
  ['no signature', () => `${part(0)}.${part(1)}.`],
  ['two parts', () => `${part(0)}.${part(1)}`],
  ['four parts', () => `${good}.AAAA`],
  ['very long, though rightly signed', () => sign({ ...claims, more: 'x'.repeat(4000) })],
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

/** All that an access token says, under our other key. */
async function signedForSalesforce() {
  const [rsa] = readSigningKeys(verifiedEnv.SALESFORCE_SIGNING_KEY.replaceAll('\\n', '\n')) ?? []
  if (!rsa) throw new Error('The key of the tests cannot be read')
  const header = { ...ourHeader, alg: 'RS256' }
  return new SignJWT(claims).setProtectedHeader(header).sign(rsa)
}

function signedWith(purpose: string) {
  const [other] = deriveKeys(['a-secret-of-at-least-thirty-two-bytes'], purpose)
  return sign(claims, {}, other?.bytes)
}

const stolen = (payload: JWTPayload) => `${part(0)}.${encoded(payload)}.${part(2)}`

/** Every endpoint gives the one answer, and nobody behind it hears of the call. */
async function expectRefusedEverywhere(headers: Record<string, string>) {
  const before = gateway.redis.counts.requests
  const callsBefore = gateway.salesforceCalls()
  for (const call of Object.values(authenticatedCalls)) {
    const answer = await call(conversationId, { headers })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    expect(answer.body).toEqual({
      type: 'https://chat.example/problems#unauthenticated',
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

it('every endpoint but those for anybody is in the table', async () => {
  const closed = endpointMethods.filter(({ method }) => {
    return (method.contract?.guard?.who ?? 'anybody') !== 'anybody'
  })
  const names = closed.map(({ path, method }) => `${method.method} ${path}`)
  expect(Object.keys(authenticatedCalls).sort()).toEqual(names.sort())
})

describe('an access token', () => {
  it.each(forgeries)(
    'is refused at every endpoint, always in the same words: %s',
    async (...row) => {
      const [, forge] = row
      await expectRefusedEverywhere({ authorization: `Bearer ${await forge()}` })
    },
  )

  it('is refused in another scheme or in pieces, at every endpoint', async () => {
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

  it.each(['Bearer', 'bearer', 'BEARER'])('is good after the word %s', async (scheme) => {
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
})
