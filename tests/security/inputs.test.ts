/** Tests bodies and headers that no known frontend sends. */
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import availability from '../../api/_availability.js'
import conversations from '../../api/_conversations.js'
import health from '../../api/_health.js'
import jwks from '../../api/_jwks.js'
import notFound from '../../api/_not-found.js'
import transcript from '../../api/_transcript.js'
import auth from '../../api/auth.js'
import end from '../../api/end.js'
import poll from '../../api/poll.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import upload from '../../api/upload.js'
import { readEnv } from '../../lib/config/env.js'
import { signInAsGuest, startConversation } from '../support/conversation.js'
import { redisUrl, salesforceUrl, setupGateway } from '../support/gateway.js'
import { request, type TestResponse } from '../support/request.js'
import { cpuMillisecondsOf } from '../support/time-taken.js'
import { createFile, createForm, png } from '../support/uploads.js'

const gateway = setupGateway({
  salesforce: { attachments: { endUserToAgent: true, maxFileSize: 5 } },
})

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
const nestedObjects = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`

function expectRefused(answer: TestResponse): void {
  expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
}

describe('JSON input', () => {
  const posts = { auth, start, send, end }

  it.each(Object.entries(posts))(
    'is refused quickly at %s when it is nested deeply',
    async (_name, endpoint) => {
      const { token } = await signInAsGuest()
      const bodies = [
        nested(60_000),
        nestedObjects(20_000),
        `{"text": ${nested(60_000)}}`,
        `{"routingAttributes": ${nestedObjects(20_000)}}`,
        `{"identityToken": ${nested(60_000)}}`,
      ]
      for (const body of bodies) {
        const takenMs = await cpuMillisecondsOf(async () =>
          expectRefused(await request(endpoint, { token, body })),
        )
        expect(takenMs).toBeLessThan(1500)
      }
      expect(gateway.salesforceCalls()).toEqual([])
    },
  )

  it('returns 413 above 128 KB at any depth', async () => {
    expect((await request(auth, { body: nested(100_000) })).status).toBe(413)
  })

  it('uses the last of two equal properties in every check', async () => {
    const [owner, otherVisitor] = [await startConversation(), await startConversation()]
    const twice = (first: string, last: string) =>
      request(send, {
        token: otherVisitor.token,
        body: `{"conversationId":"${first}","text":"Only once","conversationId":"${last}"}`,
      })
    expect((await twice(otherVisitor.conversationId, owner.conversationId)).status).toBe(404)
    expect((await twice(owner.conversationId, otherVisitor.conversationId)).status).toBe(202)
    const { entryLog } = gateway.salesforce.conversation(owner.conversationId)
    expect(JSON.stringify(entryLog)).not.toContain('Only once')
  })

  const polluting = [
    '{"__proto__":{"verified":true}}',
    '{"constructor":{"prototype":{"verified":true}}}',
    '{"routingAttributes":{"__proto__":{"polluted":"yes"}}}',
    '{"\\u005f_proto__":{"polluted":true}}',
    '{"prototype":{"polluted":true}}',
  ]

  it.each(polluting)('changes no shared prototype: %s', async (body) => {
    const { token } = await signInAsGuest()
    for (const endpoint of Object.values(posts))
      expectRefused(await request(endpoint, { token, body }))
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
    expect(Reflect.get({}, 'verified')).toBeUndefined()
  })

  it.each([
    '{"__proto__": [1, "1 m"]}',
    '{"constructor": [1, "1 m"]}',
    '{"send": {"__proto__": [1, "1 m"]}}',
  ])('of the environment changes no shared prototype: LIMITS=%s', (LIMITS) => {
    const complete = {
      SALESFORCE_MESSAGING_URL: salesforceUrl,
      SALESFORCE_ORG_ID: '00DZZ0000000AbCDEF',
      SALESFORCE_DEPLOYMENT: 'Harbor',
      UPSTASH_REDIS_REST_URL: redisUrl,
      UPSTASH_REDIS_REST_TOKEN: 'redis-token',
      SESSION_SECRET: 'a-secret-of-at-least-thirty-two-bytes',
    }
    try {
      const { limits } = readEnv({ ...complete, LIMITS })
      expect(limits).toEqual(readEnv(complete).limits)
    } catch (error) {
      expect(String(error)).toContain('LIMITS must be')
    }
    expect(Reflect.get({}, 0)).toBeUndefined()
  })
})

describe("an address in a caller's request", () => {
  const hosts = new Set<string>()
  const note = ({ request }: { request: Request }) => hosts.add(new URL(request.url).host)
  beforeEach(() => {
    hosts.clear()
    gateway.network.events.on('request:start', note)
  })
  afterEach(() => gateway.network.events.removeListener('request:start', note))

  it('is never requested, in any place of the input', async () => {
    const evil = 'http://evil.example/ping'
    const headers = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
      'x-original-url': evil,
      'x-rewrite-url': evil,
      referer: evil,
      forwarded: 'host=evil.example',
    }
    await request(auth, { body: { identityToken: evil }, headers })
    await request(auth, { body: { refreshToken: evil, challenge: evil }, headers })
    const attributes = { url: evil, _callback: evil }
    const { token, conversationId, ...visitor } = await startConversation({
      routingAttributes: attributes,
    })
    await visitor.send(`${evil} <img src="${evil}"> [x](${evil})`)
    const form = createForm({
      conversationId,
      text: `See ${evil}`,
      file: createFile({ name: evil, content: png }),
    })
    expect((await request(upload, { token, form, headers })).status).toBe(202)
    const page = await visitor.poll()
    await request(poll, {
      token,
      query: { conversationId, cursor: evil },
      headers,
      url: 'http://evil.example/api/poll',
    })
    await request(poll, {
      token,
      query: { conversationId, cursor: String(page.body.cursor) },
      headers,
    })
    await request(end, { token, body: { conversationId }, headers, url: 'http://evil.example/x' })
    const known = [salesforceUrl, redisUrl].map((url) => new URL(url).host)
    expect([...hosts].sort()).toEqual(known.sort())
  })
})

describe('every answer of every endpoint', () => {
  it('has headers against sniffing, framing and referrers', async () => {
    const { token, refreshToken } = await signInAsGuest()
    const conversationId = randomUUID()
    const answers = [
      await request(auth, { body: { refreshToken } }),
      await request(auth, { body: 'x'.repeat(200_000) }),
      await request(start, { token, body: {} }),
      await request(send, { token, body: { conversationId, text: 'Hello' } }),
      await request(poll, { token, query: { conversationId } }),
      await request(end, { token, body: 'x', headers: { 'content-type': 'text/html' } }),
      await request(upload, { token, body: '' }),
      await request(transcript, { token, query: { conversationId } }),
      await request(conversations, { token }),
      await request(availability),
      await request(jwks),
      await request(health),
      await request(notFound),
      await request(auth, { method: 'PATCH' }),
      await request(start, { method: 'OPTIONS', headers: { origin: 'https://shop.example' } }),
      await request(start, { method: 'OPTIONS', headers: { origin: 'null' } }),
    ]
    gateway.redis.fault({ what: 'drop', times: 9 })
    answers.push(await request(auth, { body: {} }))
    gateway.redis.clearFaults()
    gateway.setEnv({ SESSION_SECRET: '' })
    answers.push(await request(start, { token, body: {} }))
    expect(answers.at(-2)?.status).toBe(503)
    expect(answers.at(-1)?.status).toBe(500)
    for (const { status, headers } of answers) {
      expect(headers.get('x-content-type-options'), String(status)).toBe('nosniff')
      expect(headers.get('x-frame-options')).toBe('SAMEORIGIN')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('strict-transport-security')).toMatch(/max-age=\d{8}/)
      const isForEveryPage = headers.get('access-control-allow-origin') === '*'
      expect(headers.get('vary') ?? '').toMatch(isForEveryPage ? /^$/ : /\bOrigin\b/)
      expect(headers.get('cache-control')).toMatch(/no-store|max-age=300\b|s-maxage=30\b/)
      for (const name of ['x-powered-by', 'server', 'set-cookie']) {
        expect(headers.get(name), name).toBeNull()
      }
      expect(headers.get('content-type') ?? 'application/json').toMatch(/json/)
    }
  })
})
