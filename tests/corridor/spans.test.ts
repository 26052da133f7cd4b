import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import poll from '../../api/poll.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import { knock } from '../support/knock.js'
import { createRecorder } from '../support/spans.js'
import { arrive, visit } from '../support/visit.js'
import { openWorld } from '../support/world.js'

const world = openWorld()
let recorder: ReturnType<typeof createRecorder>

beforeEach(() => {
  recorder = createRecorder()
  recorder.register()
})
afterEach(() => recorder.unregister())

/** The spans of what happens now, those of requests last. */
async function spansOf(work: () => Promise<unknown>) {
  recorder.ended.length = 0
  await work()
  return recorder.ended
}

describe('spans', () => {
  it('are one for a request, and below it one for each call to Redis and Salesforce', async () => {
    const visitor = await visit()
    const spans = await spansOf(() => visitor.poll())
    const request = spans.at(-1)
    expect(request).toMatchObject({
      name: 'GET /api/poll',
      kind: SpanKind.SERVER,
      parentId: undefined,
      attributes: { 'http.request.method': 'GET', 'http.route': '/api/poll' },
      status: { code: SpanStatusCode.UNSET },
    })
    expect(request?.attributes['http.response.status_code']).toBe(200)
    const below = spans.slice(0, -1)
    const { redis, salesforce } = JSON.parse(world.lines.at(-1) ?? '')
    expect(below.filter(({ name }) => name === 'redis')).toHaveLength(redis.requests)
    expect(below.filter(({ name }) => name === 'salesforce')).toHaveLength(salesforce.requests)
    for (const span of below) {
      expect(span).toMatchObject({ kind: SpanKind.CLIENT, parentId: request?.id })
    }
  })

  it('belong to their own request when several are served at once', async () => {
    const visitors = [await visit(), await visit(), await visit()]
    const spans = await spansOf(() => Promise.all(visitors.map((visitor) => visitor.poll())))
    const requests = spans.filter(({ kind }) => kind === SpanKind.SERVER)
    const counts = requests.map(({ id }) => spans.filter(({ parentId }) => parentId === id).length)
    expect(requests).toHaveLength(3)
    expect(Math.min(...counts)).toBeGreaterThan(0)
    expect(counts.reduce((all, count) => all + count, 3)).toBe(spans.length)
  })

  it('carry the id of the log line, and the code of what went wrong', async () => {
    const { token } = await arrive()
    const spans = await spansOf(() =>
      knock(poll, { token, headers: { 'x-request-id': 'my-id' }, query: { conversationId: 'no' } }),
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

  it('are errors where we or others failed', async () => {
    const visitor = await visit()
    world.redis.fault({ what: 'drop' })
    const [redis, request] = await spansOf(() => visitor.poll())
    expect(redis).toMatchObject({ name: 'redis', status: { code: SpanStatusCode.ERROR } })
    expect(request).toMatchObject({
      attributes: { 'http.response.status_code': 503, 'error.type': 'store_unavailable' },
      status: { code: SpanStatusCode.ERROR },
    })
  })

  it('hold no method that a caller made up', async () => {
    const spans = await spansOf(() => knock(send, { method: 'MY-SECRET' }))
    expect(spans[0]).toMatchObject({ name: '_OTHER /api/send' })
    expect(JSON.stringify(spans)).not.toContain('MY-SECRET')
  })

  it('hold no token, no text, no attribute, no address and no message of an error', async () => {
    const visitor = await visit({ routingAttributes: { topic: 'my-private-topic' } })
    await visitor.say('my private text')
    await visitor.poll()
    world.redis.fault({ what: { status: 500 } })
    await visitor.say('my private text')
    world.salesforce.fail({ operation: 'sendMessage', what: 'nonsense' })
    await visitor.say('my private text')
    await knock(start, {
      token: visitor.token,
      remoteAddress: '203.0.113.77',
      headers: { 'user-agent': 'my-private-browser' },
      body: {},
    })
    const all = JSON.stringify(recorder.ended)
    const conversation = visitor.conversationId
    const secrets = [visitor.token, 'eyJ', 'private', '203.0.113', '192.0.2', conversation]
    for (const secret of [...secrets, visitor.user.id]) expect(all).not.toContain(secret)
    expect(recorder.more).toEqual([])
  })
})
