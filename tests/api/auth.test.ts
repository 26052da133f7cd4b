import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import auth from '../../api/auth.js'
import poll from '../../api/poll.js'
import start from '../../api/start.js'
import { signInAsGuest } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { atGateway } from '../support/gateways.js'
import { request } from '../support/request.js'
import { holdRequests } from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'
import { keysOf } from '../support/stored-keys.js'

const gateway = setupGateway()
simulateEachTest()

const minute = 60_000
const from = (remoteAddress: string) => request(auth, { body: {}, remoteAddress })

describe('auth of a new guest', () => {
  it('returns an access token, a refresh token and an id without a Salesforce call', async () => {
    const { status, headers, body } = await request(auth, { body: {} })
    expect(status).toBe(200)
    expect(body).toEqual({
      token: expect.any(String),
      tokenType: 'Bearer',
      expiresIn: expect.any(Number),
      expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      refreshToken: expect.any(String),
      refreshExpiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      user: { id: expect.any(String), verified: false },
    })
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('set-cookie')).toBeNull()
    expect(gateway.salesforceCalls()).toEqual([])
  })

  it('issues an access token for 900 seconds', async () => {
    const { body } = await request(auth, { body: {} })
    expect(body.expiresIn).toBe(900)
    const left = Date.parse(body.expiresAt) - Date.now()
    expect(left).toBeGreaterThan(14.9 * minute)
    expect(left).toBeLessThanOrEqual(15 * minute)
  })

  it('allows refreshes for 24 hours while there is no conversation', async () => {
    const { body } = await request(auth, { body: {} })
    const hours = (Date.parse(body.refreshExpiresAt) - Date.now()) / minute / 60
    expect(hours).toBeCloseTo(24, 1)
  })

  it.each([
    ['no body at all', { method: 'POST' }],
    ['an empty text', { method: 'POST', body: '' }],
    ['an empty object', { body: {} }],
  ])('returns 200 for %s', async (_what, options) => {
    expect(await request(auth, options)).toMatchObject({
      status: 200,
      body: { tokenType: 'Bearer' },
    })
  })

  it('creates another visitor on each call', async () => {
    const [one, other] = [await signInAsGuest(), await signInAsGuest()]
    expect(one.user.id).not.toBe(other.user.id)
    expect(one.token).not.toBe(other.token)
    expect(one.refreshToken).not.toBe(other.refreshToken)
  })
})

describe('auth without acceptable credentials', () => {
  it('returns 401 identity_rejected for an identity token while only guests are served', async () => {
    const answer = await request(auth, { body: { identityToken: 'eyJhbGciOiJub25lIn0.e30.' } })
    expect(answer).toMatchObject({ status: 401, body: { code: 'identity_rejected' } })
    expect(gateway.salesforceCalls()).toEqual([])
  })

  it('leaves a refresh token valid that was sent with a bad identity token', async () => {
    const { refreshToken } = await signInAsGuest()
    const merge = await request(auth, { body: { identityToken: 'nonsense', refreshToken } })
    expect(merge).toMatchObject({ status: 401, body: { code: 'identity_rejected' } })
    expect(await request(auth, { body: { refreshToken } })).toMatchObject({ status: 200 })
  })

  it('returns 403 anonymous_disabled where guests are not allowed', async () => {
    gateway.setEnv({ ALLOW_ANONYMOUS: 'false' })
    const answer = await request(auth, { body: {} })
    const body = { code: 'anonymous_disabled', retryable: false }
    expect(answer).toMatchObject({ status: 403, body })
    expect(answer.body.token).toBeUndefined()
    expect(gateway.salesforceCalls()).toEqual([])
  })
})

describe('auth within its limit of 20 calls a minute', () => {
  it('counts down in the headers of every answer', async () => {
    const first = await from('198.51.100.7')
    expect(first.headers.get('ratelimit-policy')).toBe('"auth";q=20;w=60')
    expect(first.headers.get('ratelimit')).toMatch(/^"auth";r=19;t=\d+$/)
    const second = await from('198.51.100.7')
    expect(second.headers.get('ratelimit')).toMatch(/^"auth";r=18;t=\d+$/)
  })

  it('returns 429 with the time to wait for the 21st call of an address', async () => {
    for (let call = 0; call < 20; call++) {
      expect((await from('198.51.100.7')).status).toBe(200)
    }
    const refused = await from('198.51.100.7')
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited', retryable: true } })
    expect(refused.headers.get('ratelimit-policy')).toBe('"auth";q=20;w=60')
    expect(refused.headers.get('ratelimit')).toMatch(/^"auth";r=0;t=\d+$/)
    const { retryAfterMs } = refused.body
    expect(retryAfterMs).toBeGreaterThan(0)
    expect(retryAfterMs).toBeLessThanOrEqual(minute)
    expect(refused.headers.get('retry-after')).toBe(String(Math.ceil(retryAfterMs / 1000)))
    expect(gateway.salesforceCalls()).toEqual([])
    expect(await from('198.51.100.8')).toMatchObject({ status: 200 })
  })

  it.each([
    ['one IPv6 network', '2001:db8:1:2::1', '2001:db8:1:2:ffff::9', 429],
    ['the same address written in full', '2001:db8:1:2::1', '2001:0DB8:1:2:0:0:0:1', 429],
    ['two IPv6 networks', '2001:db8:1:2::1', '2001:db8:1:3::1', 200],
    ['an IPv4 address and its IPv6 form', '198.51.100.7', '::ffff:198.51.100.7', 429],
    ['an IPv4 address and its IPv6 form in hex', '198.51.100.7', '0:0:0:0:0:FFFF:c633:6407', 429],
    ['an IPv4 address and its form behind NAT64', '198.51.100.7', '64:ff9b::198.51.100.7', 429],
    ['two IPv4 addresses behind NAT64', '64:ff9b::198.51.100.7', '64:ff9b::198.51.100.8', 200],
    ['an address with a zone', 'fe80::1', 'fe80::1%eth0', 429],
  ])('counts %s: %s then %s → %i', async (_what, one, other, status) => {
    gateway.setEnv({ LIMITS: '{"auth": [1, "1 m"]}' })
    expect((await from(one)).status).toBe(200)
    expect((await from(other)).status).toBe(status)
  })

  it.each([
    ['socket', { 'x-real-ip': '1.1.1.1', 'x-forwarded-for': '1.1.1.1' }, 429],
    ['vercel', { 'x-forwarded-for': '1.1.1.1' }, 429],
    ['vercel', { 'x-real-ip': '1.1.1.1' }, 200],
    ['forwarded:1', { 'x-forwarded-for': '1.1.1.1, 192.0.2.9' }, 429],
    ['forwarded:1', { 'x-forwarded-for': '192.0.2.9, 1.1.1.1' }, 200],
    ['forwarded:2', { 'x-forwarded-for': '1.1.1.1, 192.0.2.9, 192.0.2.10' }, 429],
    ['forwarded:1', { 'x-real-ip': '1.1.1.1', 'x-forwarded-for': '192.0.2.9' }, 429],
  ])(
    'reads with CLIENT_ADDRESS=%s no header that the caller can write: %j → %i',
    async (...row) => {
      const [source, headers, status] = row
      gateway.setEnv({ CLIENT_ADDRESS: source, LIMITS: '{"auth": [1, "1 m"]}' })
      const usual = { 'x-real-ip': '192.0.2.9', 'x-forwarded-for': '192.0.2.9' }
      const forwarded = source === 'forwarded:2' ? '192.0.2.9, 192.0.2.10' : '192.0.2.9'
      const usualHeaders = { ...usual, 'x-forwarded-for': forwarded }
      expect((await request(auth, { body: {}, headers: usualHeaders })).status).toBe(200)
      const merged = source === 'vercel' ? { 'x-real-ip': '192.0.2.9', ...headers } : headers
      expect((await request(auth, { body: {}, headers: merged })).status).toBe(status)
    },
  )

  it.each([
    ['198.51.100.7:5678', '198.51.100.7:61000', 429],
    ['198.51.100.7', '198.51.100.7:61000', 429],
    ['198.51.100.7:5678', '198.51.100.8:5678', 200],
    ['[2001:db8:1:2::1]:443', '2001:db8:1:2::9', 429],
    ['[2001:db8:1:2::1]:443', '[2001:db8:1:3::1]:443', 200],
    ['"[2001:db8:1:2::1]:443"', '"[2001:db8:1:3::1]:443"', 200],
    ['"[2001:db8:1:2::1]"', '[2001:db8:1:2::1]', 429],
  ])('counts %s and then %s as the proxy wrote them: %i', async (first, second, status) => {
    gateway.setEnv({ CLIENT_ADDRESS: 'forwarded:1', LIMITS: '{"auth": [1, "1 m"]}' })
    const forwarded = (address: string) =>
      request(auth, { body: {}, headers: { 'x-forwarded-for': `1.1.1.1, ${address}` } })
    expect((await forwarded(first)).status).toBe(200)
    expect((await forwarded(second)).status).toBe(status)
  })

  it('says once in the log that addresses cannot be read, and repeats none', async () => {
    gateway.setEnv({ CLIENT_ADDRESS: 'forwarded:1' })
    for (const address of ['unknown', '_hidden', '1.2.3.4.5:6']) {
      const headers = { 'x-forwarded-for': address }
      await atGateway(0, 0, () => request(auth, { body: {}, headers }))
    }
    const notes = gateway.logLines.map((line) => JSON.parse(line).note)
    expect(notes).toEqual([expect.stringContaining('check CLIENT_ADDRESS'), undefined, undefined])
    expect(gateway.logLines.join()).not.toContain('_hidden')
  })

  it('stores no address', async () => {
    await from('203.0.113.77')
    const keys = (await keysOf(gateway)).join()
    expect(keys).toContain('limit')
    expect(keys).not.toContain('203.0.113.77')
  })

  it('takes its limit from LIMITS', async () => {
    gateway.setEnv({ LIMITS: '{"auth": [1, "10 s"]}' })
    expect((await signInAsGuest()).token).toBeTruthy()
    const refused = await request(auth, { body: { refreshToken: 'x' } })
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
    expect(refused.headers.get('ratelimit-policy')).toBe('"auth";q=1;w=10')
  })
})

describe('DELETE /api/auth', () => {
  const signOut = (token: string, query: Record<string, string> = {}) =>
    request(auth, { method: 'DELETE', token, query })

  it('closes the conversation in Salesforce and deletes the visitor', async () => {
    const { token, refreshToken, user } = await signInAsGuest()
    const { body } = await request(start, { token, body: {} })
    expect(await signOut(token)).toMatchObject({ status: 204, body: null })
    expect(gateway.salesforceCalls().at(-1)).toBe('closeConversation 204')
    expect(gateway.salesforce.conversation(body.conversationId).endTimestamp).toBeGreaterThan(0)
    const again = await request(auth, { body: { refreshToken } })
    expect(again).toMatchObject({ status: 401, body: { code: 'refresh_rejected' } })
    const kept = await gateway.redisBackend.execute(['HKEYS', `local:visitor:{${user.id}}`])
    expect(String(kept)).toBe('gone')
  })

  it('revokes the access token', async () => {
    const { token } = await signInAsGuest()
    expect((await signOut(token)).status).toBe(204)
    for (const call of [signOut(token), request(start, { token, body: {} })]) {
      expect(await call).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
    }
    expect(gateway.salesforceCalls()).toEqual([])
  })

  it.each(['true', 'false'])('accepts ?everywhere=%s', async (everywhere) => {
    const { token } = await signInAsGuest()
    expect((await signOut(token, { everywhere })).status).toBe(204)
  })

  it.each([
    ['everywhere', { everywhere: 'yes' }],
    ['everywere', { everywere: 'true' }],
  ])('returns 400 that names the wrong query parameter %s', async (path, query) => {
    const { token } = await signInAsGuest()
    const answer = await signOut(token, query)
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    expect(answer.body.errors).toEqual([{ path, message: expect.any(String) }])
  })

  it.each([
    ['fails', { status: 503 }],
    ['hangs', 'hang'],
    ['answers a web page', 'html'],
  ] as const)(
    'returns 503 while Salesforce %s, with the guest signed out, and a repeat closes the conversation',
    async (_, what) => {
      const { token, refreshToken, user } = await signInAsGuest()
      const { conversationId } = (await request(start, { token, body: {} })).body
      gateway.setEnv({ REQUEST_DEADLINE_MS: '600' })
      gateway.salesforce.fail({ operation: 'closeConversation', times: 9, what })
      const first = await signOut(token)
      expect(first).toMatchObject({ status: 503, body: { code: 'upstream_unavailable' } })
      gateway.setEnv({ REQUEST_DEADLINE_MS: '4000' })
      for (const refused of [
        await request(start, { token, body: {} }),
        await request(poll, { token, query: { conversationId } }),
        await request(auth, { body: { refreshToken } }),
      ]) {
        expect(refused.status).toBe(401)
      }
      expect(gateway.salesforce.conversation(conversationId).endTimestamp).toBe(0)
      gateway.salesforce.clearFaults()
      expect((await signOut(token)).status).toBe(204)
      expect(gateway.salesforce.conversation(conversationId).endTimestamp).toBeGreaterThan(0)
      const kept = await gateway.redisBackend.execute(['HKEYS', `local:visitor:{${user.id}}`])
      expect(String(kept)).toBe('gone')
      expect((await signOut(token)).status).toBe(401)
    },
  )

  it('forgets the guest at the second try although Salesforce still fails, and logs it', async () => {
    const { token, user } = await signInAsGuest()
    await request(start, { token, body: {} })
    gateway.setEnv({ REQUEST_DEADLINE_MS: '600' })
    gateway.salesforce.fail({ operation: 'closeConversation', times: 99, what: { status: 503 } })
    expect((await signOut(token)).status).toBe(503)
    expect((await signOut(token)).status).toBe(204)
    expect(gateway.logLines.at(-1)).toContain('stays open there')
    const kept = await gateway.redisBackend.execute(['HKEYS', `local:visitor:{${user.id}}`])
    expect(String(kept)).toBe('gone')
  })

  it('leaves other visitors signed in', async () => {
    const [leaving, staying] = [await signInAsGuest(), await signInAsGuest()]
    await signOut(leaving.token)
    expect((await request(start, { token: staying.token, body: {} })).status).toBe(201)
  })

  it('closes a conversation whose creation was not confirmed', async () => {
    gateway.setEnv({ REQUEST_DEADLINE_MS: '400' })
    const { token } = await signInAsGuest()
    const conversationId = randomUUID()
    gateway.salesforce.fail({
      operation: 'createConversation',
      times: 9,
      when: 'after',
      what: { status: 503 },
    })
    const started = await request(start, { token, body: { conversationId } })
    expect(started).toMatchObject({ status: 503, body: { code: 'upstream_unavailable' } })
    expect((await signOut(token)).status).toBe(204)
    expect(gateway.salesforce.conversation(conversationId).endTimestamp).toBeGreaterThan(0)
  })

  it('waits for a start that is under way, ends its conversation and leaves no visitor in the store', async () => {
    const { token, user } = await signInAsGuest()
    const conversationId = randomUUID()
    const opening = holdRequests(gateway, '/conversation')
    const starting = request(start, { token, body: { conversationId } })
    await opening.asked
    const signingOut = signOut(token)
    setTimeout(opening.release, 300)
    expect((await signingOut).status).toBe(204)
    await starting
    expect(gateway.salesforce.conversation(conversationId).endTimestamp).toBeGreaterThan(0)
    const kept = await gateway.redisBackend.execute(['HKEYS', `local:visitor:{${user.id}}`])
    expect(String(kept)).toBe('gone')
  })
})
