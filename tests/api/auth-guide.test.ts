/** `/api/messaging/auth`, as the community guide's page calls it. */
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

describe('the call of the guide', () => {
  it('is welcome as a browser sends it when no type is set', async () => {
    const options = { method: 'POST', body: JSON.stringify({ deploymentId }) }
    const response = await auth.fetch(new Request(url, options), { remoteAddress: '192.0.2.1' })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ tokenType: 'Bearer', user: { verified: false } })
    expect(gateway.salesforceCalls()).toEqual([])
  })

  it('is welcome without any type, as a bare Blob is sent', async () => {
    const body = new Blob([JSON.stringify({ deploymentId })])
    const httpRequest = new Request(url, { method: 'POST', body })
    expect(httpRequest.headers.get('content-type')).toBeNull()
    const response = await auth.fetch(httpRequest, { remoteAddress: '192.0.2.1' })
    expect(response.status).toBe(200)
    await response.text()
  })

  it.each(['text/plain', 'TEXT/PLAIN', 'text/plain; charset=utf-8', 'application/json', ''])(
    'is welcome with the type "%s"',
    async (type) => {
      const answer = await asText({ deploymentId }, { headers: { 'content-type': type } })
      expect(answer).toMatchObject({ status: 200, body: { tokenType: 'Bearer' } })
    },
  )

  it.each([
    ['nothing', ''],
    ['an empty object', '{}'],
  ])('may say %s', async (_what, body) => {
    expect(await request(auth, { url, body, headers: text })).toMatchObject({ status: 200 })
  })

  it('may carry what every auth takes', async () => {
    const { refreshToken, user } = await signInAsGuest()
    const answer = await asText({ deploymentId, refreshToken })
    expect(answer).toMatchObject({ status: 200, body: { user } })
  })

  it('gives a token that opens a conversation', async () => {
    const { token } = (await asText({ deploymentId })).body
    const answer = await request(start, { url: `${home}/messaging/start`, token, body: {} })
    expect(answer.status).toBe(201)
  })
})

describe('a deployment that is not ours', () => {
  it.each([
    ['another', 'Another_Deployment'],
    ['ours in lower case', 'harbor_custom_client'],
    ['an empty one', ''],
    ['a number', 7],
    ['null', null],
    ['a list with ours in it', [deploymentId]],
  ])('is refused with what to do, and ours is not told: %s', async (_what, named) => {
    for (const type of ['text/plain', 'application/json']) {
      const headers = { 'content-type': type }
      const answer = await asText({ deploymentId: named }, { headers })
      expectInvalid(answer, 'deploymentId')
      expect(answer.body.detail).toMatch(/SALESFORCE_DEPLOYMENT.*left out/)
      expect(JSON.stringify(answer.body)).not.toMatch(/harbor_custom_client|Another/i)
    }
  })
})

describe('what stays strict under the prefix', () => {
  it('an unknown property is told by name', async () => {
    expectInvalid(await asText({ deploymentId, orgId: '00D' }), 'orgId')
  })

  it.each([
    ['__proto__', '{"__proto__": {"deploymentId": "x"}}', '__proto__'],
    ['what is not JSON', 'hello', ''],
    ['a list', '[]', ''],
    ['null', 'null', ''],
    ['a text', '"hello"', ''],
  ])('%s is refused in a text as well', async (_what, body, path) => {
    expectInvalid(await request(auth, { url, body, headers: text }), path)
  })

  it('a text above 128 KB is 413', async () => {
    const answer = await asText({ deploymentId: 'x'.repeat(128 * 1024) })
    expectRefused(answer, 413, 'payload_too_large')
  })

  it.each(['application/x-www-form-urlencoded', 'text/html', 'text/json', 'text/plainer'])(
    'the type "%s" is 415',
    async (type) => {
      const answer = await asText({ deploymentId }, { headers: { 'content-type': type } })
      expectRefused(answer, 415, 'unsupported_media_type')
    },
  )

  it('the other endpoints read no text', async () => {
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

  it('the other endpoints know no deployment', async () => {
    const { token } = await signInAsGuest()
    const options = { url: `${home}/messaging/start`, token, body: { deploymentId } }
    const errors = [{ path: 'deploymentId', message: 'is not a known property' }]
    expect(await request(start, options)).toMatchObject({ status: 400, body: { errors } })
    expect(gateway.salesforceCalls()).toEqual([])
  })

  it('a page of another origin is refused, though its browser asks for no preflight', async () => {
    const headers = { ...text, origin: 'https://evil.example' }
    const answer = await asText({ deploymentId }, { headers })
    expectRefused(answer, 403, 'origin_not_allowed')
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('a page of an allowed origin may read the answer', async () => {
    const origin = 'https://shop.example'
    const answer = await asText({ deploymentId }, { headers: { ...text, origin } })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin)
  })

  it('calls are counted with those of /api/auth', async () => {
    gateway.setEnv({ LIMITS: '{"auth":[2,"1 m"]}' })
    expect((await request(auth, { url: `${home}/auth`, body: {} })).status).toBe(200)
    expect((await asText({ deploymentId })).status).toBe(200)
    expect(await asText({ deploymentId })).toMatchObject({ body: { code: 'rate_limited' } })
  })
})

describe('without the prefix', () => {
  it('a text is 415', async () => {
    const answer = await asText({}, { url: `${home}/auth` })
    expectRefused(answer, 415, 'unsupported_media_type')
  })

  it('deploymentId is an unknown property', async () => {
    const answer = await request(auth, { url: `${home}/auth`, body: { deploymentId } })
    expectInvalid(answer, 'deploymentId')
    expect(answer.body.errors[0].message).toBe('is not a known property')
  })

  it.each(['https://chat.example/other/api/messaging/auth', `${home}/messagingauth`])(
    'a path that only looks like it does not count: %s',
    async (other) => {
      const answer = await asText({}, { url: other })
      expectRefused(answer, 415, 'unsupported_media_type')
    },
  )
})
