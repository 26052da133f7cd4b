import { randomUUID } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import jwks from '../../api/_jwks.js'
import auth from '../../api/auth.js'
import start from '../../api/start.js'
import { makeSigningKey } from '../../scripts/signing-keys.js'
import { signInAsGuest, startConversation, textsOf } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { patient, shiftClock } from '../support/sending.js'
import { verifiedEnv, verifiedSalesforce } from '../support/verified.js'

const gateway = setupGateway({
  salesforce: verifiedSalesforce,
  env: { ...verifiedEnv, ...patient },
})
/** Moves every clock of this process, that of signatures too. */
function moveTo(now: number) {
  vi.useFakeTimers({ toFake: ['Date'], now })
}

const tokens = () =>
  gateway
    .salesforceCalls()
    .filter((each) => each.startsWith('generateAccessTokenForAuthenticatedUser'))

describe('an anonymous visitor whom Salesforce knows', () => {
  it('has a conversation that does not end with a token', async () => {
    const visitor = await startConversation()
    expect(visitor.started.expiresAt).toBeNull()
    const { body } = await visitor.poll()
    expect(body.conversation).toMatchObject({ status: 'open', handledBy: 'bot', expiresAt: null })
    expect(gateway.salesforceCalls()).not.toContain('generateAccessTokenForUnauthenticatedUser 200')
  })

  it('goes on after the token has ended, with one renewal however many ask', async () => {
    gateway.salesforce.switches.verifiedTokenLifeSeconds = 300
    const visitor = await startConversation()
    const { cursor } = (await visitor.poll()).body
    moveTo(Date.now() + 250_000)
    const polls = await Promise.all(Array.from({ length: 20 }, () => visitor.poll({ cursor })))
    expect(polls.map(({ status }) => status)).toEqual(polls.map(() => 200))
    expect(tokens()).toHaveLength(2)
    expect((await visitor.send('Still here')).status).toBe(202)
    expect(textsOf((await visitor.poll({ cursor })).body)).toContain('Still here')
    expect(tokens()).toHaveLength(2)
  })

  it('goes on when Salesforce no longer believes the token, without the visitor noticing', async () => {
    const visitor = await startConversation()
    const { cursor } = (await visitor.poll()).body
    gateway.salesforce.revokeTokens()
    shiftClock(1500)
    const polls = await Promise.all(Array.from({ length: 5 }, () => visitor.poll({ cursor })))
    expect(polls.map(({ status }) => status)).toEqual(polls.map(() => 200))
    expect(tokens()).toHaveLength(2)
  })

  it('gets a problem when even a fresh token is refused, and keeps the conversation', async () => {
    const visitor = await startConversation()
    gateway.salesforce.fail({
      operation: 'listConversationEntries',
      times: 2,
      what: { status: 401, body: 'Jwt is expired' },
    })
    const { status, body } = await visitor.poll()
    expect([status, body.code]).toEqual([502, 'upstream_rejected'])
    expect((await visitor.poll()).status).toBe(200)
  })

  it('goes on with the same conversation when the secret that sealed the token is gone', async () => {
    const visitor = await startConversation()
    gateway.setEnv({ SESSION_SECRET: 'another-secret-of-at-least-thirty-two-bytes' })
    expect((await visitor.poll()).status, 'the visitor is new to us').toBe(401)
    gateway.setEnv({ SESSION_SECRET: 'a-secret-of-at-least-thirty-two-bytes' })
    const sealedBy = 'another-secret-of-at-least-thirty-two-bytes'
    gateway.setEnv({ SESSION_SECRET: `${sealedBy},a-secret-of-at-least-thirty-two-bytes` })
    expect((await visitor.poll()).status).toBe(200)
  })

  it('starts a second conversation with the token at hand', async () => {
    const visitor = await startConversation()
    expect((await visitor.start({ resume: false })).status).toBe(201)
    expect(tokens()).toHaveLength(1)
  })

  it('is forgotten on sign-out, and the token is taken back', async () => {
    const { token } = await startConversation()
    expect((await request(auth, { method: 'DELETE', token })).status).toBe(204)
    expect(gateway.salesforceCalls()).toEqual(
      expect.arrayContaining(['closeConversation 204', 'revokeToken 204']),
    )
    expect((await request(start, { token, body: {} })).status).toBe(401)
  })
})

describe('a broken chain of trust', () => {
  it.each(['guest', 'error'] as const)(
    'is upstream_rejected and named in the log when Salesforce answers with %s',
    async (verifiedFailure) => {
      gateway.salesforce.switches.verifiedFailure = verifiedFailure
      gateway.setEnv({ SALESFORCE_KEY_ISSUER: 'somebody else' })
      const { token } = await signInAsGuest()
      const { status, body } = await request(start, { token, body: {} })
      expect([status, body.code]).toEqual([502, 'upstream_rejected'])
      expect(JSON.stringify(body)).not.toContain('SALESFORCE')
      expect(JSON.parse(gateway.logLines.at(-1) ?? '').note).toContain('SALESFORCE_KEY_ISSUER')
      expect(gateway.salesforceCalls().join()).not.toContain('createConversation')
    },
  )
})

describe('the key set', () => {
  it('is public, cacheable and what Salesforce needs', async () => {
    const { status, headers, body } = await request(jwks)
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('public, max-age=300')
    expect(body.keys).toEqual([
      {
        kty: 'RSA',
        kid: 'k1',
        use: 'sig',
        alg: 'RS256',
        n: expect.stringMatching(/^[\w-]{342,}$/),
        e: 'AQAB',
        x5c: [expect.stringMatching(/^[A-Za-z0-9+/]+=*$/)],
      },
    ])
    expect(JSON.stringify(body)).not.toMatch(/"(d|p|q)"/)
  })

  it('is empty in guest mode', async () => {
    gateway.setEnv({ SALESFORCE_AUTH: 'guest' })
    expect((await request(jwks)).body).toEqual({ keys: [] })
  })

  it('publishes every key, the newest first, which signs', async () => {
    const next = await makeSigningKey('next')
    gateway.setEnv({
      SALESFORCE_KEY_ID: 'k2,k1',
      SALESFORCE_SIGNING_KEY: `${next.key}${verifiedEnv.SALESFORCE_SIGNING_KEY}`,
      SALESFORCE_CERTIFICATE: `${next.certificate}${verifiedEnv.SALESFORCE_CERTIFICATE}`,
    })
    const { keys } = (await request(jwks)).body
    expect(keys.map(({ kid }: { kid: string }) => kid)).toEqual(['k2', 'k1'])
    await request(start, {
      token: (await signInAsGuest()).token,
      body: { conversationId: randomUUID() },
    })
    const asked = JSON.stringify(gateway.salesforce.exchanges.at(-1)?.requestBody)
    const [, header = ''] = /"customerIdentityToken":"([^.]+)\./.exec(asked) ?? []
    expect(JSON.parse(Buffer.from(header, 'base64url').toString()).kid).toBe('k2')
  })
})
