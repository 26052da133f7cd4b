/** Tests `/api/messaging/auth`, as the page of Salesforce's community guide calls it. */
import { describe, expect, it } from 'vitest'
import auth from '../../api/auth.js'
import end from '../../api/end.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import { signInAsGuest, startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { type RequestOptions, request, type TestResponse } from '../support/request.js'

const gateway = setupGateway()

const home = 'https://chat.example/api'
const url = `${home}/messaging/auth`
const deploymentId = 'Harbor_Custom_Client'
const text = { 'content-type': 'text/plain;charset=UTF-8' }
const asText = (body: unknown, options: RequestOptions = {}) =>
  request(auth, { url, body: JSON.stringify(body), headers: text, ...options })

function expectRefused(answer: TestResponse, status: number, code: string): void {
  expect(answer).toMatchObject({ status, body: { code, retryable: false } })
  expect(answer.body.token).toBeUndefined()
  expect(gateway.redis.counts.requests).toBe(0)
  expect(gateway.salesforceCalls()).toEqual([])
}

function expectInvalid(answer: TestResponse, path: string): void {
  expectRefused(answer, 400, 'invalid_request')
  expect(answer.body.errors).toEqual([{ path, message: expect.any(String) }])
}

describe('POST /api/messaging/auth', () => {
  it('accepts a string body with the content type that a browser sets', async () => {
    const options = { method: 'POST', body: JSON.stringify({ deploymentId }) }
    const response = await auth.fetch(new Request(url, options), { remoteAddress: '192.0.2.1' })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ tokenType: 'Bearer', user: { verified: false } })
    expect(gateway.salesforceCalls()).toEqual([])
  })

  it('accepts a Blob body without a content type', async () => {
    const body = new Blob([JSON.stringify({ deploymentId })])
    const httpRequest = new Request(url, { method: 'POST', body })
    expect(httpRequest.headers.get('content-type')).toBeNull()
    const response = await auth.fetch(httpRequest, { remoteAddress: '192.0.2.1' })
    expect(response.status).toBe(200)
    await response.text()
  })

  it.each(['text/plain', 'TEXT/PLAIN', 'text/plain; charset=utf-8', 'application/json', ''])(
    'accepts the content type "%s"',
    async (type) => {
      const answer = await asText({ deploymentId }, { headers: { 'content-type': type } })
      expect(answer).toMatchObject({ status: 200, body: { tokenType: 'Bearer' } })
    },
  )

  it.each([
    ['an empty body', ''],
    ['an empty object', '{}'],
  ])('accepts %s', async (_what, body) => {
    expect(await request(auth, { url, body, headers: text })).toMatchObject({ status: 200 })
  })

  it('accepts a refresh token beside the deployment', async () => {
    const { refreshToken, user } = await signInAsGuest()
    const answer = await asText({ deploymentId, refreshToken })
    expect(answer).toMatchObject({ status: 200, body: { user } })
  })

  it('returns a token that starts a conversation', async () => {
    const { token } = (await asText({ deploymentId })).body
    const answer = await request(start, { url: `${home}/messaging/start`, token, body: {} })
    expect(answer.status).toBe(201)
  })
})

describe('POST /api/messaging/auth with the wrong deploymentId', () => {
  it.each([
    ['another name', 'Another_Deployment'],
    ['the configured name in lower case', 'harbor_custom_client'],
    ['an empty text', ''],
    ['a number', 7],
    ['null', null],
    ['a list with the configured name', [deploymentId]],
  ])('returns 400 with what to do and without the configured name for %s', async (_what, named) => {
    for (const type of ['text/plain', 'application/json']) {
      const headers = { 'content-type': type }
      const answer = await asText({ deploymentId: named }, { headers })
      expectInvalid(answer, 'deploymentId')
      expect(answer.body.detail).toMatch(/SALESFORCE_DEPLOYMENT.*left out/)
      expect(JSON.stringify(answer.body)).not.toMatch(/harbor_custom_client|Another/i)
    }
  })
})

describe('POST /api/messaging/auth, as strict as any endpoint,', () => {
  it('returns 400 that names an unknown property', async () => {
    expectInvalid(await asText({ deploymentId, orgId: '00D' }), 'orgId')
  })

  it.each([
    ['__proto__', '{"__proto__": {"deploymentId": "x"}}', '__proto__'],
    ['text that is not JSON', 'hello', ''],
    ['a list', '[]', ''],
    ['null', 'null', ''],
    ['a text', '"hello"', ''],
  ])('returns 400 for a text/plain body that is %s', async (_what, body, path) => {
    expectInvalid(await request(auth, { url, body, headers: text }), path)
  })

  it('returns 413 for a text/plain body above 128 KB', async () => {
    const answer = await asText({ deploymentId: 'x'.repeat(128 * 1024) })
    expectRefused(answer, 413, 'payload_too_large')
  })

  it.each(['application/x-www-form-urlencoded', 'text/html', 'text/json', 'text/plainer'])(
    'returns 415 for the content type "%s"',
    async (type) => {
      const answer = await asText({ deploymentId }, { headers: { 'content-type': type } })
      expectRefused(answer, 415, 'unsupported_media_type')
    },
  )

  it('is the only endpoint under the prefix that accepts text/plain', async () => {
    const { token, conversationId } = await startConversation()
    const calls = [
      { endpoint: start, path: 'start', body: { resume: true } },
      { endpoint: send, path: 'send', body: { conversationId, text: 'Hello' } },
      { endpoint: end, path: 'end', body: { conversationId } },
    ]
    const before = gateway.salesforceCalls()
    for (const { endpoint, path, body } of calls) {
      const options = { url: `${home}/messaging/${path}`, token, body: JSON.stringify(body) }
      const answer = await request(endpoint, { ...options, headers: text })
      expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } })
    }
    expect(gateway.salesforceCalls()).toEqual(before)
  })

  it('is the only endpoint under the prefix that accepts a deploymentId', async () => {
    const { token } = await signInAsGuest()
    const options = { url: `${home}/messaging/start`, token, body: { deploymentId } }
    const errors = [{ path: 'deploymentId', message: 'is not a known property' }]
    expect(await request(start, options)).toMatchObject({ status: 400, body: { errors } })
    expect(gateway.salesforceCalls()).toEqual([])
  })

  it('returns 403 without CORS headers to a foreign origin that needs no preflight', async () => {
    const headers = { ...text, origin: 'https://evil.example' }
    const answer = await asText({ deploymentId }, { headers })
    expectRefused(answer, 403, 'origin_not_allowed')
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('returns CORS headers to an allowed origin', async () => {
    const origin = 'https://shop.example'
    const answer = await asText({ deploymentId }, { headers: { ...text, origin } })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin)
  })

  it('shares the rate limit of /api/auth', async () => {
    gateway.setEnv({ LIMITS: '{"auth":[2,"1 m"]}' })
    expect((await request(auth, { url: `${home}/auth`, body: {} })).status).toBe(200)
    expect((await asText({ deploymentId })).status).toBe(200)
    expect(await asText({ deploymentId })).toMatchObject({ body: { code: 'rate_limited' } })
  })
})

describe('POST /api/auth without the prefix', () => {
  it('returns 415 for a text/plain body', async () => {
    const answer = await asText({}, { url: `${home}/auth` })
    expectRefused(answer, 415, 'unsupported_media_type')
  })

  it('returns 400 for deploymentId as an unknown property', async () => {
    const answer = await request(auth, { url: `${home}/auth`, body: { deploymentId } })
    expectInvalid(answer, 'deploymentId')
    expect(answer.body.errors[0].message).toBe('is not a known property')
  })

  it.each(['https://chat.example/other/api/messaging/auth', `${home}/messagingauth`])(
    'returns 415 for a text/plain body at the similar path %s',
    async (other) => {
      const answer = await asText({}, { url: other })
      expectRefused(answer, 415, 'unsupported_media_type')
    },
  )
})
