import { generateKeyPairSync } from 'node:crypto'
import { SignJWT } from 'jose'
import { describe, expect, test, vi } from 'vitest'
import { createSalesforce } from '../../sandbox/salesforce/index.js'
import { requestViolations } from '../../sandbox/salesforce/openapi.js'
import {
  api,
  assertion,
  authorization,
  authorize,
  callSalesforce,
  clientId,
  createGuide,
  exchange,
  guide,
  jwtBearer,
  loginUrl,
  orgId,
  privateKey as ours,
  startConversation,
  textOf,
} from './guide-visitor.js'
import { noon, setupSalesforce } from './salesforce-setup.js'

const salesforce = setupSalesforce(createGuide())
const nowSeconds = noon / 1000

describe('the login', () => {
  test('gives an access token for an assertion of the connected app', async () => {
    expect(await exchange(salesforce, await assertion())).toMatchObject({
      status: 200,
      body: { access_token: expect.any(String) },
    })
    expect(salesforce.exchanges.at(-1)).toMatchObject({
      operationId: 'exchangeAssertion',
      requestBody: { grant_type: jwtBearer },
    })
    expect(salesforce.exchanges.flatMap(requestViolations)).toEqual([])
  })

  test.each([
    ['of another app', { iss: 'somebody' }],
    ['for an org id of 18 characters', { sub: `${orgId}DEF` }],
    ['for another org', { sub: '00DZZ0000000XyZ' }],
    ['for another audience', { aud: `${loginUrl}/` }],
    ['that is over', { iat: nowSeconds - 300, exp: nowSeconds }],
    ['that lives for longer than five minutes', { exp: nowSeconds + 301 }],
    ['that ends before it begins', { iat: nowSeconds + 600, exp: nowSeconds + 300 }],
    ['without its time', { iat: undefined }],
    ['without its end', { exp: undefined }],
  ])('refuses an assertion %s', async (_what, claims) => {
    const answer = await exchange(salesforce, await assertion(claims))
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })

  test('refuses an assertion that another key or algorithm signed, and what is none', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const claims = { iss: clientId, sub: orgId, aud: loginUrl, iat: nowSeconds }
    const symmetric = await new SignJWT({ ...claims, exp: nowSeconds + 60 })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from(guide.publicKey.export({ type: 'spki', format: 'pem' })))
    const otherHash = await new SignJWT({ ...claims, exp: nowSeconds + 60 })
      .setProtectedHeader({ alg: 'RS512' })
      .sign(ours)
    const anotherKey = await assertion({}, privateKey)
    for (const forged of [anotherKey, symmetric, otherHash, 'nonsense']) {
      const answer = await exchange(salesforce, forged)
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    }
  })

  test('refuses another grant, and a body that is no form', async () => {
    expect(await exchange(salesforce, await assertion(), 'password')).toMatchObject({
      status: 400,
      body: { error: 'unsupported_grant_type' },
    })
    const body = { grant_type: jwtBearer, assertion: await assertion() }
    expect(
      await callSalesforce(salesforce, 'POST', '/services/oauth2/token', { body }),
    ).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    })
    expect(salesforce.exchanges.flatMap(requestViolations)).toHaveLength(1)
  })

  test('takes the public key as PEM, too, and is needed', async () => {
    const publicKey = guide.publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const other = createSalesforce({ api: 'guide', guide: { ...guide, publicKey } })
    expect((await exchange(other, await assertion())).status).toBe(200)
    expect(() => createSalesforce({ api: 'guide' })).toThrow(TypeError)
  })
})

describe('the authorization', () => {
  test('gives a token for one visitor, the host that was asked, and a life in seconds', async () => {
    salesforce.switches.guestTokenLifeSeconds = 900
    expect(await authorize(salesforce, { origin: 'http://127.0.0.1:4000' })).toEqual({
      status: 200,
      body: {
        accessToken: expect.any(String),
        context: { url: '127.0.0.1:4000', esDeveloperName: 'Harbor_Custom_Client' },
        expiresIn: 900,
      },
    })
  })

  test('names another host when switched', async () => {
    salesforce.switches.contextUrl = 'elsewhere.example'
    const { body } = await authorize(salesforce)
    expect(body.context.url).toBe('elsewhere.example')
  })

  test.each([
    ['an org id of 18 characters', { orgId: `${orgId}DEF` }],
    ['another org', { orgId: '00DZZ0000000XyZ' }],
    ['another deployment', { esDeveloperName: 'Nobody' }],
    ['another version', { capabilitiesVersion: '2' }],
    ['a property that nobody knows', { context: {} }],
  ])('refuses %s', async (_what, change) => {
    const body = { ...authorization, ...change }
    expect((await authorize(salesforce, { body })).status).toBe(400)
  })

  test('believes only the access token of the login, and only that of a visitor afterwards', async () => {
    const { token, path } = await startConversation(salesforce)
    const { body } = await exchange(salesforce, await assertion())
    expect((await authorize(salesforce, { token: undefined })).status).toBe(401)
    expect((await authorize(salesforce, { token: 'nonsense' })).status).toBe(401)
    expect((await authorize(salesforce, { token })).status).toBe(401)
    const asLogin = { token: body.access_token }
    expect((await callSalesforce(salesforce, 'GET', `${path}/messages`, asLogin)).status).toBe(401)
  })
})

describe('a token', () => {
  test('ends when it said it would', async () => {
    salesforce.switches.guestTokenLifeSeconds = 60
    const visitor = await startConversation(salesforce)
    vi.setSystemTime(noon + 59_000)
    expect((await visitor.post(textOf('still here'))).status).toBe(200)
    vi.setSystemTime(noon + 60_000)
    expect((await visitor.post(textOf('too late'))).status).toBe(401)
  })

  test.each(['expireTokens', 'revokeTokens'] as const)(
    'of either kind is over when all are (%s), and a new one reaches the conversation',
    async (verb) => {
      const visitor = await startConversation(salesforce)
      await visitor.say('before')
      const { body } = await exchange(salesforce, await assertion())
      salesforce[verb]()
      const old = { token: body.access_token }
      expect((await authorize(salesforce, old)).status).toBe(401)
      expect((await visitor.post(textOf('refused'))).status).toBe(401)
      const fresh = { token: (await authorize(salesforce)).body.accessToken, body: textOf('after') }
      expect(
        (await callSalesforce(salesforce, 'POST', `${visitor.path}/message`, fresh)).status,
      ).toBe(200)
      const { token } = fresh
      const { body: list } = await callSalesforce(salesforce, 'GET', `${visitor.path}/messages`, {
        token,
      })
      expect(JSON.stringify(list)).toMatch(/before.*after/)
    },
  )

  test('reaches no conversation that is not there', async () => {
    const { token } = await startConversation(salesforce)
    const path = `${api}/conversation/conv_unknown`
    const body = textOf('hello')
    expect(
      (await callSalesforce(salesforce, 'POST', `${path}/message`, { token, body })).status,
    ).toBe(404)
    expect((await callSalesforce(salesforce, 'GET', `${path}/messages`, { token })).status).toBe(
      404,
    )
    expect((await callSalesforce(salesforce, 'POST', `${path}/end`, { token })).status).toBe(404)
  })
})
