/**
 * Tests that the published OpenAPI document is generated from the code, is valid, and holds for
 * real answers.
 */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import health from '../api/_health.js'
import notFound from '../api/_not-found.js'
import auth from '../api/auth.js'
import end from '../api/end.js'
import poll from '../api/poll.js'
import send from '../api/send.js'
import start from '../api/start.js'
import { problems } from '../lib/problem.js'
import { endpointFiles } from '../scripts/endpoints/list.js'
import { documentText, documentUrl } from '../scripts/openapi/document.js'
import { setupGateway } from './support/gateway.js'
import { request, type TestResponse } from './support/request.js'

const gateway = setupGateway()

const exampled = z.object({ examples: z.record(z.string(), z.looseObject({})).default({}) })
const content = z.record(z.string(), exampled)
const operation = z.object({
  operationId: z.string(),
  summary: z.string(),
  security: z.array(z.unknown()).optional(),
  parameters: z.array(z.looseObject({ name: z.string().optional() })),
  requestBody: z.object({ content }).optional(),
  responses: z.record(
    z.string(),
    z.object({ content: content.default({}), headers: z.looseObject({}).default({}) }),
  ),
})
const published = readFileSync(documentUrl, 'utf8')
const document = z
  .looseObject({
    paths: z.record(z.string(), z.record(z.string(), operation)),
    components: z.object({
      schemas: z.record(z.string(), z.looseObject({})),
      examples: z.record(z.string(), z.object({ value: z.unknown() })),
    }),
  })
  .parse(JSON.parse(published))

const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }))
ajv.addSchema(JSON.parse(published), 'document')

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, found]) => ({ path, method, ...found })),
)

function escaped(segment: string): string {
  return encodeURIComponent(segment.replaceAll('~', '~0').replaceAll('/', '~1'))
}

/** Lists the places where a value departs from the schema at this place of the document. */
function complaints(place: readonly string[], value: unknown): unknown {
  const pointer = place.map(escaped).join('/')
  const validate = ajv.getSchema(`document#/${pointer}`)
  if (!validate) throw new TypeError(`The document has no ${place.join(' ')}`)
  return validate(value) ? [] : validate.errors
}

describe('the OpenAPI document', () => {
  it('is what `npm run openapi` writes', async () => {
    expect(published === (await documentText()), 'run `npm run openapi`').toBe(true)
  })

  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(JSON.parse(published))
    expect(errors).toBeUndefined()
    expect(valid).toBe(true)
  })

  it.each(Object.keys(document.components.schemas))('has a schema %s that compiles', (name) => {
    expect(ajv.getSchema(`document#/components/schemas/${name}`)).toBeTypeOf('function')
  })

  it('describes every method of every endpoint, each with a summary of its own', async () => {
    const endpoints = endpointFiles().map(({ name }) => name)
    const published = endpoints.filter((name) => document.paths[`/api/${name}`])
    const elsewhere = ['not-found', 'jwks']
    expect(
      endpoints.filter((name) => !published.includes(name) && !elsewhere.includes(name)),
    ).toEqual([])
    expect(document.paths).toHaveProperty(['/api/{endpoint}', 'get'])
    const wordless = operations.filter(({ operationId, summary }) => operationId === summary)
    expect(wordless, 'docs.summary of the method').toEqual([])
    const ids = operations.map(({ operationId }) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('has every code of a problem', () => {
    expect(Object.keys(document.components.examples)).toEqual(Object.keys(problems))
    expect(document.components.schemas.ProblemCode?.enum).toEqual(Object.keys(problems))
  })

  it('asks for a token wherever one is needed', () => {
    const open = operations.filter(({ security }) => security?.length === 0)
    expect(open.map(({ operationId }) => operationId)).toEqual(
      expect.arrayContaining(['signIn', 'health', 'notFound']),
    )
    for (const { operationId } of open) {
      expect(['signOut', 'start', 'send', 'poll', 'end']).not.toContain(operationId)
    }
  })

  it('gives examples that keep to their schemas', () => {
    for (const { path, method, requestBody, responses } of operations) {
      const bodies = Object.entries(responses).map(([status, response]) => ({
        place: ['responses', status, 'content'],
        content: response.content,
      }))
      if (requestBody) bodies.push({ place: ['requestBody', 'content'], ...requestBody })
      for (const body of bodies) {
        for (const [type, { examples }] of Object.entries(body.content)) {
          for (const { $ref, value } of Object.values(examples)) {
            const name = String($ref).split('/').at(-1) ?? ''
            const example = $ref ? document.components.examples[name]?.value : value
            const place = ['paths', path, method, ...body.place, type, 'schema']
            expect(complaints(place, example), place.join(' ')).toEqual([])
          }
        }
      }
    }
  })
})

/** Expects an answer that the document promises for this operation, headers included. */
function expectPromised(
  path: string,
  method: string,
  { status, headers, body }: TestResponse,
): void {
  const place = ['paths', path, method, 'responses', String(status)]
  const promised = document.paths[path]?.[method]?.responses[String(status)]
  expect(promised, `${place.join(' ')}: ${JSON.stringify(body)}`).toBeDefined()
  for (const name of Object.keys(promised?.headers ?? {})) {
    if (name !== 'Retry-After') expect(headers.get(name), name).not.toBeNull()
  }
  if (body === null) {
    expect(promised?.content).toEqual({})
    return
  }
  const type = headers.get('content-type') ?? ''
  expect(complaints([...place, 'content', type, 'schema'], body), JSON.stringify(body)).toEqual([])
}

describe('real answers keep to the document', () => {
  it('through a conversation', async () => {
    const signedIn = await request(auth, { body: {} })
    expectPromised('/api/auth', 'post', signedIn)
    const { token, refreshToken } = signedIn.body
    expectPromised('/api/auth', 'post', await request(auth, { body: { refreshToken } }))
    const started = await request(start, { token, body: {} })
    expectPromised('/api/start', 'post', started)
    expectPromised('/api/start', 'post', await request(start, { token, body: {} }))
    const { conversationId } = started.body
    const query = { conversationId }
    const id = randomUUID()
    const messageIds = [randomUUID()]
    const messages = [
      { id, text: 'Hello' },
      { id, text: 'Hello' },
      { messageType: 'TypingIndicator', typing: true },
      { messageType: 'ReadReceipt', messageIds },
    ]
    for (const message of messages) {
      const answer = await request(send, { token, body: { conversationId, ...message } })
      expect(answer.status).toBe(202)
      expectPromised('/api/send', 'post', answer)
    }
    const polled = await request(poll, { token, query })
    expectPromised('/api/poll', 'get', polled)
    const { cursor } = polled.body
    expectPromised('/api/poll', 'get', await request(poll, { token, query: { ...query, cursor } }))
    expectPromised('/api/poll', 'post', await request(poll, { token, body: { ...query, cursor } }))
    for (const scope of ['session', 'conversation']) {
      const ended = await request(end, { token, body: { conversationId, scope } })
      expectPromised('/api/end', 'post', ended)
    }
    expectPromised('/api/auth', 'delete', await request(auth, { method: 'DELETE', token }))
    expectPromised('/api/health', 'get', await request(health))
    expectPromised('/api/{endpoint}', 'get', await request(notFound))
  })

  it('through what goes wrong', async () => {
    gateway.setEnv({ LIMITS: '{"send":[2,"1 m"]}' })
    const { token } = (await request(auth, { body: {} })).body
    const { conversationId } = (await request(start, { token, body: {} })).body
    const query = { conversationId }
    const sendBody = (body: object) => request(send, { token, body: { conversationId, ...body } })
    const id = randomUUID()
    gateway.salesforce.fail({ operation: 'listConversationEntries', what: { status: 400 } })
    const wrong: [path: string, method: string, code: string, TestResponse][] = [
      [
        '/api/auth',
        'post',
        'refresh_rejected',
        await request(auth, { body: { refreshToken: 'x' } }),
      ],
      [
        '/api/auth',
        'post',
        'identity_rejected',
        await request(auth, { body: { identityToken: 'x' } }),
      ],
      ['/api/auth', 'delete', 'unauthenticated', await request(auth, { method: 'DELETE' })],
      ['/api/start', 'post', 'invalid_request', await request(start, { token, body: { a: 1 } })],
      ['/api/send', 'post', 'payload_too_large', await sendBody({ text: 'x'.repeat(200_000) })],
      [
        '/api/send',
        'post',
        'conversation_not_found',
        await sendBody({ conversationId: id, text: 'x' }),
      ],
      ['/api/poll', 'get', 'upstream_rejected', await request(poll, { token, query })],
      [
        '/api/poll',
        'get',
        'cursor_invalid',
        await request(poll, { token, query: { ...query, cursor: 'x' } }),
      ],
    ]
    const otherCursor = { ...query, cursor: 'x' }
    const refusedPoll = await request(poll, { token, body: otherCursor })
    wrong.push(['/api/poll', 'post', 'cursor_invalid', refusedPoll])
    await sendBody({ id, text: 'One' })
    wrong.push(['/api/send', 'post', 'id_reused', await sendBody({ id, text: 'Two' })])
    wrong.push(['/api/send', 'post', 'rate_limited', await sendBody({ text: 'Three' })])
    await request(end, { token, body: { conversationId } })
    const typing = { messageType: 'TypingIndicator', typing: true }
    wrong.push(['/api/send', 'post', 'conversation_ended', await sendBody(typing)])
    const headers = { origin: 'https://evil.example' }
    const otherVisitor = await request(health, { headers })
    wrong.push(['/api/health', 'get', 'origin_not_allowed', otherVisitor])
    gateway.redis.fault({ what: 'drop' })
    wrong.push(['/api/auth', 'post', 'store_unavailable', await request(auth, { body: {} })])
    for (const [path, method, code, answer] of wrong) {
      expect(answer.body.code).toBe(code)
      expectPromised(path, method, answer)
    }
  })
})
