import { decodeJwt, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  createSalesforce,
  instant,
  type SalesforceOptions,
} from '../../sandbox/salesforce/index.js'
import { violations } from '../../sandbox/salesforce/openapi.js'
import { api, callSalesforce, guestTokenPath, guestTokenRequest } from './salesforce-visitor.js'

const path = `${api}/authorization/authenticated/access-token`
const issuer = 'https://shop.example'
const jwksUrl = 'https://shop.example/jwks.json'
const keys = await generateKeyPair('RS256')
const others = await generateKeyPair('RS256')
const jwk: JWK = { ...(await exportJWK(keys.publicKey)), kid: 'k1', use: 'sig', x5c: ['MIIB'] }
const jwks = { keys: [{ ...jwk, kty: 'RSA' }] }
const verification = { keySetName: 'Shop', issuer, jwks }
const network = setupServer()

beforeAll(() => network.listen({ onUnhandledRequest: 'error' }))
afterAll(() => network.close())
afterEach(() => {
  vi.useRealTimers()
  network.resetHandlers()
})

const org = (options: SalesforceOptions = {}) =>
  createSalesforce({ authMode: 'Auth', verification, switches: instant, ...options })

type Identity = {
  sub?: string
  kid?: string | null
  issuer?: string
  alg?: string
  expires?: string
}

function identity({ sub = 'mina', kid = 'k1', alg = 'RS256', ...rest }: Identity = {}) {
  return new SignJWT()
    .setProtectedHeader({ alg, typ: 'JWT', ...(kid !== null && { kid }) })
    .setSubject(sub)
    .setIssuer(rest.issuer ?? issuer)
    .setIssuedAt()
    .setExpirationTime(rest.expires ?? '10m')
}

async function signIn(salesforce: ReturnType<typeof org>, customerIdentityToken: string) {
  const body = { ...guestTokenRequest, authorizationType: 'JWT', customerIdentityToken }
  const answer = await callSalesforce(salesforce, 'POST', path, { body })
  expect(salesforce.exchanges.flatMap(violations)).toEqual([])
  const subject: string = answer.body.context?.endUser.subject ?? ''
  return { status: answer.status, body: answer.body, token: answer.body.accessToken, subject }
}

const signed = (options: Identity = {}, key = keys.privateKey) => identity(options).sign(key)

describe('a verified user', () => {
  test('is the same subject with every token, and sees the old conversations', async () => {
    const salesforce = org()
    const first = await signIn(salesforce, await signed())
    const conversationId = '7c1e9f52-3d0b-4a7e-9b55-0e6f2a1c8d44'
    const body = { conversationId, esDeveloperName: 'Harbor_Custom_Client' }
    const created = await callSalesforce(salesforce, 'POST', `${api}/conversation`, {
      token: first.token,
      body,
    })
    expect(created.status).toBe(201)
    const second = await signIn(salesforce, await signed())
    expect(second.subject).toBe('v2/iamessage/AUTH/Shop/uid:mina')
    expect(second.token).not.toBe(first.token)
    const list = await callSalesforce(salesforce, 'GET', `${api}/conversation/list`, {
      token: second.token,
    })
    expect(list.body.conversations).toMatchObject([{ conversationId }])
    const stranger = await signIn(salesforce, await signed({ sub: 'omar' }))
    const denied = await callSalesforce(
      salesforce,
      'GET',
      `${api}/conversation/${conversationId}`,
      {
        token: stranger.token,
      },
    )
    expect(denied.status).toBe(403)
  })

  test('has a token for an hour, or as long as the switch says', async () => {
    const salesforce = org()
    const life = async () => {
      const { token } = await signIn(salesforce, await signed())
      const { iat = 0, exp = 0 } = decodeJwt(token)
      return exp - iat
    }
    expect(await life()).toBe(3_600)
    salesforce.switches.verifiedTokenLifeSeconds = 90
    expect(await life()).toBe(90)
  })

  test('may be vouched for with RS512 too', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS512')
    const key = { ...(await exportJWK(publicKey)), kty: 'RSA', kid: 'k1', x5c: ['MIIB'] }
    const salesforce = org({ verification: { ...verification, jwks: { keys: [key] } } })
    const token = await signed({ alg: 'RS512' }, privateKey)
    expect((await signIn(salesforce, token)).subject).toContain('/AUTH/')
  })

  test('can revoke the token, which nobody believes from then on', async () => {
    const salesforce = org()
    const { token } = await signIn(salesforce, await signed())
    const where = `${api}/conversation/list`
    expect((await callSalesforce(salesforce, 'GET', where, { token })).status).toBe(200)
    expect(await callSalesforce(salesforce, 'DELETE', path, { token })).toMatchObject({
      status: 204,
      body: '',
    })
    expect(await callSalesforce(salesforce, 'GET', where, { token })).toMatchObject({
      status: 401,
      body: 'Jwt verification fails',
    })
    const guest = await salesforce.mintToken()
    expect((await callSalesforce(salesforce, 'DELETE', path, { token: guest })).status).toBe(401)
  })

  test('can take an authorization link', async () => {
    const salesforce = org()
    const { token } = await signIn(salesforce, await signed())
    const answer = await callSalesforce(salesforce, 'GET', `${api}/authorization/authlink`, {
      token,
    })
    expect(answer.body).toEqual({ auth_link_key: expect.any(String) })
    expect(salesforce.exchanges.flatMap(violations)).toEqual([])
  })
})

describe('a broken chain of trust', () => {
  const { x5c: _, ...bare } = jwk
  const broken: [string, SalesforceOptions, () => Promise<string>][] = [
    ['another issuer', {}, () => signed({ issuer: 'https://else.example' })],
    ['an unknown kid', {}, () => signed({ kid: 'k2' })],
    ['no kid', {}, () => signed({ kid: null })],
    ['another key', {}, () => signed({}, others.privateKey)],
    ['an expired token', {}, () => signed({ expires: '-1m' })],
    ['no JWT at all', {}, async () => 'mina'],
    [
      'a key without certificate',
      { verification: { ...verification, jwks: { keys: [{ ...bare, kty: 'RSA' }] } } },
      () => signed(),
    ],
    [
      'a key set that nobody serves',
      { verification: { keySetName: 'Shop', issuer, jwksUrl } },
      () => signed(),
    ],
  ]

  test.each(broken)('makes a silent guest: %s', async (_why, options, token) => {
    network.use(http.get(jwksUrl, () => HttpResponse.error()))
    const { status, subject } = await signIn(org(options), await token())
    expect(status).toBe(200)
    expect(subject).toMatch(/^v2\/iamessage\/UNAUTH\/NA\/uid:/)
  })

  test.each(broken)('is an error when switched so: %s', async (_why, options, token) => {
    network.use(http.get(jwksUrl, () => HttpResponse.error()))
    const salesforce = org({ ...options, switches: { verifiedFailure: 'error' } })
    const { status, body } = await signIn(salesforce, await token())
    expect([400, 401]).toContain(status)
    expect(body).toMatchObject({ message: expect.stringContaining('customer identity token') })
  })

  test('needs no certificate when lenient', async () => {
    const keySet = { ...verification, jwks: { keys: [{ ...bare, kty: 'RSA' }] } }
    const salesforce = org({ verification: keySet, switches: { strict: false } })
    expect((await signIn(salesforce, await signed())).subject).toContain('/AUTH/')
  })

  test('is what a channel has without a key set', async () => {
    const salesforce = createSalesforce({ authMode: 'Auth' })
    expect((await signIn(salesforce, await signed())).subject).toContain('/UNAUTH/')
  })
})

test('a key set at a URL is fetched when needed, and again after a few seconds', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  let fetched = 0
  const serve = () => {
    fetched += 1
    return HttpResponse.json(jwks)
  }
  network.use(http.get(jwksUrl, serve))
  const salesforce = org({ verification: { keySetName: 'Shop', issuer, jwksUrl } })
  for (const expected of [1, 1, 2]) {
    expect((await signIn(salesforce, await signed())).subject).toContain('/AUTH/Shop/')
    expect(fetched).toBe(expected)
    vi.setSystemTime(Date.now() + 3_000)
  }
})

test('a channel answers only the one way of knowing its users', async () => {
  const guests = createSalesforce({ verification })
  expect((await signIn(guests, await signed())).status).toBe(400)
  const answer = await callSalesforce(org(), 'POST', guestTokenPath, { body: guestTokenRequest })
  expect(answer.status).toBe(400)
})
