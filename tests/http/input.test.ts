import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import auth from '../../api/auth.js'
import end from '../../api/end.js'
import poll from '../../api/poll.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import { signInAsGuest } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { type RequestOptions, request, type TestResponse } from '../support/request.js'

const gateway = setupGateway()
const conversationId = randomUUID()

let token = ''
beforeEach(async () => {
  token = (await signInAsGuest()).token
})

const begin = (options: RequestOptions) => request(start, { token, ...options })

function expectInvalid(answer: TestResponse, ...paths: string[]): void {
  expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', retryable: false } })
  const found = answer.body.errors.map(({ path }: { path: string }) => path)
  expect(found.sort()).toEqual(paths.sort())
  expect(gateway.salesforceCalls()).toEqual([])
}

describe('a body', () => {
  it('with unknown properties is refused, and each of them is named', async () => {
    expectInvalid(await begin({ body: { resum: true, lang: 'de' } }), 'resum', 'lang')
  })

  it.each([
    ['auth', () => request(auth, { body: { refresh_token: 'x' } }), ['refresh_token']],
    [
      'send',
      () => request(send, { token, body: { conversationId, text: 'x', txt: 'y' } }),
      ['txt'],
    ],
    ['end', () => request(end, { token, body: { conversationId, reason: 'x' } }), ['reason']],
  ] as const)('with an unknown property is refused at %s', async (_endpoint, call, paths) => {
    expectInvalid(await call(), ...paths)
  })

  it.each([
    ['a list', []],
    ['a list of one', [{}]],
    ['null', null],
    ['a text', '"hello"'],
    ['a number', 7],
    ['true', true],
  ])('that is %s is refused', async (_what, body) => {
    expectInvalid(await begin({ body: typeof body === 'string' ? body : JSON.stringify(body) }), '')
  })

  it.each(['{', '{"resume": tru}', '{} {}', ' ', "{'resume': true}", '\u0000'])(
    'that is not JSON is refused: %j',
    async (body) => {
      const answer = await begin({ body })
      expectInvalid(answer, '')
      expect(answer.body.detail).toMatch(/JSON/)
    },
  )

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonx',
    'text/json',
    '',
  ])('of type "%s" is 415', async (type) => {
    const answer = await begin({ body: '{}', headers: { 'content-type': type } })
    expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } })
    expect(gateway.salesforceCalls()).toEqual([])
  })

  it.each([
    'application/json; charset=utf-8',
    'APPLICATION/JSON',
    'application/json;charset=UTF-8',
  ])('of type "%s" is read as JSON', async (type) => {
    expect((await begin({ body: '{}', headers: { 'content-type': type } })).status).toBe(201)
  })

  it.each([
    ['no body', { method: 'POST' }],
    ['an empty one', { body: '' }],
    ['an empty one of another type', { body: '', headers: { 'content-type': 'text/plain' } }],
  ])('may be left out at start: %s', async (_what, options) => {
    expect((await begin(options)).status).toBe(201)
  })

  it('is 413 above 128 KB', async () => {
    const answer = await begin({ body: JSON.stringify({ padding: 'x'.repeat(128 * 1024) }) })
    const body = { code: 'payload_too_large', retryable: false }
    expect(answer).toMatchObject({ status: 413, body })
    expect(gateway.salesforceCalls()).toEqual([])
  })

  it('is 413 above 128 KB as well when its length is not announced', async () => {
    const chunk = new TextEncoder().encode('x'.repeat(64 * 1024))
    let chunks = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        chunks += 1
        if (chunks > 100) return controller.close()
        return controller.enqueue(chunk)
      },
    })
    const type = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }
    const headers = { ...type, authorization: `Bearer ${token}` }
    const init = { method: 'POST', headers, body, duplex: 'half' } as const
    const response = await start.fetch(new Request('https://chat.example/api/start', init))
    expect(response.status).toBe(413)
    expect(chunks).toBeLessThan(10)
    await response.text()
  })

  it.each([
    ['__proto__', '{"__proto__": {"resume": false}}'],
    ['constructor', '{"constructor": {"prototype": {}}}'],
    ['toString', '{"toString": "x"}'],
    ['hasOwnProperty', '{"hasOwnProperty": 1}'],
  ])('with the property %s is refused like any unknown one', async (path, body) => {
    expectInvalid(await begin({ body }), path)
  })

  it('with the attribute __proto__ is refused', async () => {
    const body = '{"routingAttributes": {"__proto__": "x", "topic": "y"}}'
    expectInvalid(await begin({ body }), 'routingAttributes.__proto__')
  })

  it('with the attributes constructor and toString reaches Salesforce unchanged', async () => {
    const routingAttributes = { constructor: 'a', toString: 'b', valueOf: 'c' }
    expect((await begin({ body: { routingAttributes } })).status).toBe(201)
    expect(gateway.salesforce.exchanges.at(-1)?.requestBody).toMatchObject({ routingAttributes })
  })

  it('is refused without repeating a value of the caller', async () => {
    const answer = await begin({ body: { conversationId: 'my-secret', language: 'so-secret!' } })
    expectInvalid(answer, 'conversationId', 'language')
    expect(JSON.stringify(answer.body)).not.toContain('secret')
  })
})

describe('a query', () => {
  const pollWith = (search: string) =>
    request(poll, { token, url: `https://chat.example/api/poll${search}` })

  it('with an unknown name is refused, and the name is reported', async () => {
    expectInvalid(await pollWith(`?conversationId=${conversationId}&curser=x`), 'curser')
  })

  it('with a name given twice is refused, even with the same value', async () => {
    expectInvalid(await pollWith(`?conversationId=${conversationId}&limit=5&limit=5`), 'limit')
  })

  it.each(['__proto__', 'constructor'])('with the name %s is refused', async (name) => {
    expectInvalid(await pollWith(`?conversationId=${conversationId}&${name}=x`), name)
  })

  it('without conversationId is refused with the message "is required"', async () => {
    const answer = await pollWith('')
    expectInvalid(answer, 'conversationId')
    expect(answer.body.errors).toEqual([{ path: 'conversationId', message: 'is required' }])
  })

  it.each([
    ['auth', () => request(auth, { body: {}, query: { bogus: '1' } })],
    ['start', () => begin({ body: {}, query: { bogus: '1' } })],
    ['end', () => request(end, { token, body: { conversationId }, query: { bogus: '1' } })],
  ])(
    'with an unknown name is refused as well where a body is expected: %s',
    async (_endpoint, call) => {
      expectInvalid(await call(), 'bogus')
    },
  )
})
