import { SignJWT, UnsecuredJWT } from 'jose'
import { HttpResponse, http } from 'msw'
import { describe, expect, it, vi } from 'vitest'
import auth from '../../api/auth.js'
import poll from '../../api/poll.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import { signInAsGuest, startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { shiftClock } from '../support/sending.js'
import { keysOf } from '../support/stored-keys.js'
import {
  identityToken,
  loginEnv,
  loginSecret,
  verifiedEnv,
  verifiedSalesforce,
} from '../support/verified.js'

const gateway = setupGateway({
  salesforce: verifiedSalesforce,
  env: { ...verifiedEnv, ...loginEnv, LIMITS: '{"auth": [1000, "1 m"]}' },
})
const hour = 3600 * 1000

/** Sets every clock of this process, also the one of signatures. */
function moveTo(now: number) {
  vi.useFakeTimers({ toFake: ['Date'], now })
}

async function signIn(options: Parameters<typeof identityToken>[0] = {}, refreshToken?: string) {
  const body = {
    identityToken: await identityToken(options),
    ...(refreshToken && { refreshToken }),
  }
  return await request(auth, { body })
}

describe('a visitor with an identity token', () => {
  it("has the same id on every device, which is not a guest's", async () => {
    const [here, there, other] = [await signIn(), await signIn(), await signIn({ subject: 'bo' })]
    expect(here.body.user).toMatchObject({ verified: true })
    expect(there.body.user.id).toBe(here.body.user.id)
    expect(other.body.user.id).not.toBe(here.body.user.id)
    expect(here.body.user.id).not.toMatch(/^guest-/)
    expect(gateway.salesforceCalls()).toEqual([])
  })

  it('resumes the conversation on another device', async () => {
    const here = await signIn()
    const begun = await request(start, { token: here.body.token, body: {} })
    const there = await signIn()
    const resumed = await request(start, { token: there.body.token, body: {} })
    expect(resumed.status).toBe(200)
    expect(resumed.body.conversationId).toBe(begun.body.conversationId)
  })

  it('gets routing attributes from the token, which the request cannot override', async () => {
    const claims = { email: 'mina@example.org', given_name: 'Mina', other: 'x' }
    const { token } = (await signIn({ claims })).body
    const body = { routingAttributes: { _email: 'boss@example.org', Topic: 'Billing' } }
    expect((await request(start, { token, body })).status).toBe(201)
    const { requestBody } = gateway.salesforce.exchanges.at(-1) ?? {}
    expect(requestBody).toMatchObject({
      routingAttributes: { _email: 'mina@example.org', _firstName: 'Mina', Topic: 'Billing' },
    })
  })

  it('gets numbers and booleans of the token as texts, long texts cut, and nothing else', async () => {
    gateway.setEnv({ IDENTITY_ATTRIBUTES: 'tier=Tier,vip=Vip,bio=Bio,roles=Roles,gone=Gone' })
    const claims = { tier: 3, vip: true, bio: 'x'.repeat(4001), roles: ['a'], gone: null }
    const { token } = (await signIn({ claims })).body
    expect((await request(start, { token, body: {} })).status).toBe(201)
    const { requestBody } = gateway.salesforce.exchanges.at(-1) ?? {}
    expect(requestBody).toMatchObject({
      routingAttributes: { Tier: '3', Vip: 'true', Bio: 'x'.repeat(4000) },
    })
    expect(JSON.stringify(requestBody)).not.toMatch(/Roles|Gone/)
  })

  it('has an id that is safe in URLs and keys, and tells nothing of the subject', async () => {
    const { user } = (await signIn({ subject: 'mina@example.org' })).body
    expect(user.id).toMatch(/^known-[\w-]{43}$/)
  })

  it('refreshes for 30 days', async () => {
    const first = (await signIn()).body
    const again = await request(auth, { body: { refreshToken: first.refreshToken } })
    expect(again.body.user).toEqual(first.user)
    const days = (Date.parse(again.body.refreshExpiresAt) - Date.now()) / 86_400_000
    expect(Math.round(days)).toBe(30)
  })

  it('signs out on this device alone or everywhere', async () => {
    const [here, there] = [(await signIn()).body, (await signIn()).body]
    expect((await request(auth, { method: 'DELETE', token: here.token })).status).toBe(204)
    expect((await request(start, { token: here.token, body: {} })).status).toBe(401)
    expect((await request(auth, { body: { refreshToken: here.refreshToken } })).status).toBe(401)
    expect((await request(start, { token: there.token, body: {} })).status).toBe(201)
    const everywhere = { method: 'DELETE', token: there.token, query: { everywhere: 'true' } }
    const third = (await signIn()).body
    expect((await request(auth, everywhere)).status).toBe(204)
    expect((await request(start, { token: third.token, body: {} })).status).toBe(401)
    expect((await request(auth, { body: { refreshToken: third.refreshToken } })).status).toBe(401)
    shiftClock(5)
    const back = (await signIn()).body
    const resumed = await request(start, { token: back.token, body: {} })
    expect([resumed.status, resumed.body.resumed]).toEqual([200, true])
  })
})

it('auth ends the session of one device when its refresh token was stolen', async () => {
  const [here, there] = [(await signIn()).body, (await signIn()).body]
  const { body } = await request(auth, { body: { refreshToken: here.refreshToken } })
  await request(auth, { body: { refreshToken: body.refreshToken } })
  const stolen = await request(auth, { body: { refreshToken: here.refreshToken } })
  expect([stolen.status, stolen.body.code]).toEqual([401, 'refresh_rejected'])
  expect((await request(start, { token: here.token, body: {} })).status).toBe(401)
  expect((await request(start, { token: there.token, body: {} })).status).toBe(201)
  expect((await request(auth, { body: { refreshToken: there.refreshToken } })).status).toBe(200)
})

describe('a guest who signs in', () => {
  it("keeps the conversation, which goes on as the verified visitor's", async () => {
    const guest = await startConversation()
    await guest.send('I am still a guest')
    const known = await signIn({}, guest.refreshToken)
    expect(known.body.user.verified).toBe(true)
    const { token } = known.body
    const { conversationId } = guest
    const resumed = await request(start, { token, body: {} })
    expect(resumed.body).toMatchObject({ conversationId, resumed: true })
    const page = await request(poll, { token, query: { conversationId } })
    expect(JSON.stringify(page.body.messages)).toContain('I am still a guest')
    moveTo(Date.now() + 2 * hour)
    const refreshed = await request(auth, { body: { refreshToken: known.body.refreshToken } })
    const message = { conversationId, text: 'Now I am known' }
    const answer = await request(send, { token: refreshed.body.token, body: message })
    expect([answer.status, answer.body.code]).toEqual([202, undefined])
  })

  it('loses both guest tokens, and the conversation belongs to the verified visitor', async () => {
    const guest = await startConversation()
    const { token } = (await signIn({}, guest.refreshToken)).body
    const refused = await guest.poll()
    expect([refused.status, refused.body.code]).toEqual([401, 'unauthenticated'])
    expect((await request(auth, { body: { refreshToken: guest.refreshToken } })).status).toBe(401)
    const { conversationId } = guest
    const resumedByOwner = await request(start, { token, body: { conversationId, resume: false } })
    expect(resumedByOwner.body).toMatchObject({ conversationId, resumed: true })
    expect((await keysOf(gateway, '*family*')).join()).not.toContain(guest.user.id)
  })

  it('signs in again after a lost answer', async () => {
    const guest = await startConversation()
    const once = await signIn({}, guest.refreshToken)
    const twice = await signIn({}, guest.refreshToken)
    expect([once.status, twice.status]).toEqual([200, 200])
    const resumed = await request(start, { token: twice.body.token, body: {} })
    expect(resumed.body.conversationId).toBe(guest.conversationId)
  })

  it('cannot be merged into a second visitor', async () => {
    const guest = await startConversation()
    await signIn({}, guest.refreshToken)
    const thief = await signIn({ subject: 'thief' }, guest.refreshToken)
    expect([thief.status, thief.body.code]).toEqual([401, 'refresh_rejected'])
  })

  it.each([
    ['made up', async () => 'made-up'],
    ['of a known visitor', async () => String((await signIn()).body.refreshToken)],
    [
      'used before',
      async () => {
        const { refreshToken } = await signInAsGuest()
        await request(auth, { body: { refreshToken } })
        shiftClock(31_000)
        return refreshToken
      },
    ],
  ])('gets 401 refresh_rejected with a refresh token that is %s', async (_, token) => {
    const { status, body } = await signIn({ subject: 'new' }, await token())
    expect([status, body.code]).toEqual([401, 'refresh_rejected'])
    expect(gateway.salesforceCalls()).toEqual([])
  })
})

describe('auth with an identity token', () => {
  const secret = new TextEncoder().encode(loginSecret)
  const claims = { iss: loginEnv.IDENTITY_ISSUER, aud: loginEnv.IDENTITY_AUDIENCE, sub: 'mina' }
  const now = () => Math.floor(Date.now() / 1000)
  const sign = (payload: object, alg = 'HS256', key = secret) =>
    new SignJWT({ ...claims, iat: now(), exp: now() + 600, ...payload })
      .setProtectedHeader({ alg })
      .sign(key)

  it.each([
    ['not a token', async () => 'nonsense'],
    ['not signed', async () => new UnsecuredJWT({ ...claims, exp: now() + 600 }).encode()],
    [
      'signed with another secret',
      () => sign({}, 'HS256', new TextEncoder().encode('x'.repeat(40))),
    ],
    ['of another issuer', () => sign({ iss: 'https://evil.example' })],
    ['for another audience', () => sign({ aud: 'shop' })],
    ['without a subject', () => sign({ sub: undefined })],
    ['with an empty subject', () => sign({ sub: '' })],
    ['without an expiry', () => sign({ exp: undefined })],
    ['expired', () => sign({ iat: now() - 700, exp: now() - 60 })],
    ['good for more than a day', () => sign({ exp: now() + 25 * 3600 })],
    ['good for years, without a beginning', () => sign({ iat: undefined, exp: now() + 10 ** 8 })],
    ['not good yet', () => sign({ nbf: now() + 600 })],
  ])('returns 401 identity_rejected when it is %s', async (_, token) => {
    const { status, body } = await request(auth, { body: { identityToken: await token() } })
    expect([status, body.code]).toEqual([401, 'identity_rejected'])
  })

  it('returns 401 identity_rejected where no login is configured', async () => {
    const none = { IDENTITY_SECRET: '', IDENTITY_ISSUER: '', IDENTITY_AUDIENCE: '' }
    gateway.setEnv(none)
    expect((await signIn()).body.code).toBe('identity_rejected')
  })

  it("verifies by the login's key set and returns 503 while that cannot be read", async () => {
    const jwksUrl = 'https://login.example/jwks.json'
    const { privateKey, publicKey } = await crypto.subtle.generateKey(
      { name: 'ECDSA', namedCurve: 'P-256' },
      true,
      ['sign', 'verify'],
    )
    const jwk = await crypto.subtle.exportKey('jwk', publicKey)
    const token = await new SignJWT({ ...claims, iat: now(), exp: now() + 600 })
      .setProtectedHeader({ alg: 'ES256', kid: 'login-1' })
      .sign(privateKey)
    gateway.setEnv({ IDENTITY_SECRET: '', IDENTITY_JWKS_URL: jwksUrl })
    gateway.network.use(http.get(jwksUrl, () => HttpResponse.json({}, { status: 503 })))
    const outage = await request(auth, { body: { identityToken: token } })
    expect([outage.status, outage.body.code]).toEqual([503, 'upstream_unavailable'])
    const keys = [{ ...jwk, kid: 'login-1', alg: 'ES256' }]
    gateway.network.use(http.get(jwksUrl, () => HttpResponse.json({ keys })))
    const answer = await request(auth, { body: { identityToken: token } })
    expect([answer.status, answer.body.user?.verified]).toEqual([200, true])
    const confused = await sign({}, 'HS256', new TextEncoder().encode(JSON.stringify(jwk)))
    const forged = await request(auth, { body: { identityToken: confused } })
    expect([forged.status, forged.body.code]).toEqual([401, 'identity_rejected'])
  })
})
