import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import poll from '../../api/poll.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import { signInAsGuest, startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { createRecorder } from '../support/spans.js'

const gateway = setupGateway()
let recorder: ReturnType<typeof createRecorder>

beforeEach(() => {
  recorder = createRecorder()
  recorder.register()
})
afterEach(() => recorder.unregister())

/** Returns the spans that end during some work, the one of a request after those below it. */
async function spansOf(work: () => Promise<unknown>) {
  recorder.ended.length = 0
  await work()
  return recorder.ended
}

describe('spans', () => {
  it('are one for each request, with one below it for each call to Redis and Salesforce', async () => {
    const visitor = await startConversation()
    const spans = await spansOf(() => visitor.poll())
    const requestSpan = spans.at(-1)
    expect(requestSpan).toMatchObject({
      name: 'GET /api/poll',
      kind: SpanKind.SERVER,
      parentId: undefined,
      attributes: { 'http.request.method': 'GET', 'http.route': '/api/poll' },
      status: { code: SpanStatusCode.UNSET },
    })
    expect(requestSpan?.attributes['http.response.status_code']).toBe(200)
    const below = spans.slice(0, -1)
    const { redis, salesforce } = JSON.parse(gateway.logLines.at(-1) ?? '')
    expect(below.filter(({ name }) => name === 'redis')).toHaveLength(redis.requests)
    expect(below.filter(({ name }) => name === 'salesforce')).toHaveLength(salesforce.requests)
    for (const span of below) {
      expect(span).toMatchObject({ kind: SpanKind.CLIENT, parentId: requestSpan?.id })
    }
  })

  it('belong to the right one of several concurrent requests', async () => {
    const visitors = [
      await startConversation(),
      await startConversation(),
      await startConversation(),
    ]
    const spans = await spansOf(() => Promise.all(visitors.map((visitor) => visitor.poll())))
    const requests = spans.filter(({ kind }) => kind === SpanKind.SERVER)
    const counts = requests.map(({ id }) => spans.filter(({ parentId }) => parentId === id).length)
    expect(requests).toHaveLength(3)
    expect(Math.min(...counts)).toBeGreaterThan(0)
    expect(counts.reduce((all, count) => all + count, 3)).toBe(spans.length)
  })

  it('carry the id of the log line and the code of the problem', async () => {
    const { token } = await signInAsGuest()
    const spans = await spansOf(() =>
      request(poll, {
        token,
        headers: { 'x-request-id': 'my-id' },
        query: { conversationId: 'no' },
      }),
    )
    expect(spans).toHaveLength(1)
    expect(spans[0]).toMatchObject({
      attributes: {
        'miaw.request_id': 'my-id',
        'http.response.status_code': 400,
        'error.type': 'invalid_request',
      },
      status: { code: SpanStatusCode.UNSET },
    })
  })

  it('have the status ERROR for a failed call to Redis and for its request', async () => {
    const visitor = await startConversation()
    gateway.redis.fault({ what: 'drop' })
    const [redis, requestSpan] = await spansOf(() => visitor.poll())
    expect(redis).toMatchObject({ name: 'redis', status: { code: SpanStatusCode.ERROR } })
    expect(requestSpan).toMatchObject({
      attributes: { 'http.response.status_code': 503, 'error.type': 'store_unavailable' },
      status: { code: SpanStatusCode.ERROR },
    })
  })

  it.each(['1.0.0', '1.4.1', '1.99.0'])(
    'are recorded, below the active span, by an SDK with version %s of the API',
    async (version) => {
      const visitor = await startConversation()
      const spanContext = { traceId: '2'.repeat(32), spanId: '3'.repeat(16), traceFlags: 1 }
      recorder.unregister()
      recorder.registerAs(version, trace.setSpanContext(ROOT_CONTEXT, spanContext))
      const spans = await spansOf(() => visitor.poll())
      const requestSpan = spans.at(-1)
      expect(requestSpan).toMatchObject({ name: 'GET /api/poll', parentId: spanContext.spanId })
      expect(spans.length).toBeGreaterThan(2)
      for (const { parentId } of spans.slice(0, -1)) expect(parentId).toBe(requestSpan?.id)
    },
  )

  it('contain no made-up method', async () => {
    const spans = await spansOf(() => request(send, { method: 'MY-SECRET' }))
    expect(spans[0]).toMatchObject({ name: '_OTHER /api/send' })
    expect(JSON.stringify(spans)).not.toContain('MY-SECRET')
  })

  it('contain no token, text, attribute, address or error message', async () => {
    const visitor = await startConversation({ routingAttributes: { topic: 'my-private-topic' } })
    await visitor.send('my private text')
    await visitor.poll()
    gateway.redis.fault({ what: { status: 500 } })
    await visitor.send('my private text')
    gateway.salesforce.fail({ operation: 'sendMessage', what: 'nonsense' })
    await visitor.send('my private text')
    await request(start, {
      token: visitor.token,
      remoteAddress: '203.0.113.77',
      headers: { 'user-agent': 'my-private-browser' },
      body: {},
    })
    const all = JSON.stringify(recorder.ended)
    const conversation = visitor.conversationId
    const secrets = [visitor.token, 'eyJ', 'private', '203.0.113', '192.0.2', conversation]
    for (const secret of [...secrets, visitor.user.id]) expect(all).not.toContain(secret)
    expect(recorder.otherCalls).toEqual([])
  })
})
