import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { GatewayError } from '../../lib/problem.js'
import { createScope, runInScope, setDeadline } from '../../lib/request.js'
import { createEnhancedChat } from '../../lib/salesforce/enhanced-chat/client.js'
import type { OutgoingMessage } from '../../lib/salesforce/messaging.js'

const url = 'https://harbor.my.salesforce-scrt.com'
const network = setupServer()
beforeAll(() => network.listen({ onUnhandledRequest: 'error' }))
afterEach(() => network.resetHandlers())
afterAll(() => network.close())

const messaging = createEnhancedChat({
  url,
  orgId: '00DZZ0000000AbC',
  deployment: 'Harbor_Custom_Client',
  capabilitiesVersion: '1',
  signer: null,
  settleMs: 10,
  streamIdleMs: 100,
})
const conversationRef = { token: 'a.b.c', conversationId: '7c1e9f52-3d0b-4a7e-9b55-0e6f2a1c8d44' }
const outgoing: OutgoingMessage = {
  id: '0a9d1f7e-5a52-4f5b-8f39-3a0d5f0c9b12',
  messageType: 'StaticContentMessage',
  text: 'Hello',
}

/** Answers every request to Salesforce the same way; returns the requests received. */
function answer(make: () => Response): Request[] {
  const requests: Request[] = []
  network.use(
    http.all(`${url}/*`, ({ request }) => {
      requests.push(request.clone())
      return make()
    }),
  )
  return requests
}

/** Returns the outcome of a call within a request that has little time. */
function outcomeOf(call: () => Promise<unknown>) {
  return runInScope(createScope(), async () => {
    setDeadline(250)
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      const { effect, retryAfterMs } = error.details
      return [error.code, effect, retryAfterMs]
    }
  })
}

const calls = {
  sendMessage: () => messaging.sendMessage(conversationRef, outgoing, null),
  list: () => messaging.listConversationEntries(conversationRef, { order: 'newestFirst' }, 4000),
  open: () =>
    messaging.createConversation(conversationRef, { routingAttributes: {}, language: null }),
  end: () => messaging.closeConversation(conversationRef),
  routing: () => messaging.retrieveConversationRoutingStatus(conversationRef),
  type: () => messaging.addTypingIndicator(conversationRef, outgoing.id, 'started'),
  acknowledge: () =>
    messaging.acknowledgeEntries(conversationRef, [
      { id: outgoing.id, messageId: outgoing.id, kind: 'read' },
    ]),
  createToken: () => messaging.createToken('guest'),
}

describe('a refusal', () => {
  type Row = [
    status: number,
    headers: Record<string, string>,
    code: string,
    effect: string,
    retry?: number,
  ]
  const refusals: Row[] = [
    [400, {}, 'upstream_rejected', 'none'],
    [401, {}, 'conversation_lost', 'none'],
    [403, {}, 'conversation_lost', 'none'],
    [404, {}, 'conversation_lost', 'none'],
    [413, {}, 'upstream_rejected', 'none'],
    [302, { location: 'https://evil.example' }, 'upstream_rejected', 'none'],
    [429, { 'retry-after': '3' }, 'rate_limited', 'none', 3000],
    [429, {}, 'rate_limited', 'none', 5000],
    [429, { 'retry-after': 'soon' }, 'rate_limited', 'none', 5000],
    [429, { 'retry-after': '1, 1' }, 'rate_limited', 'none', 5000],
    [429, { 'retry-after': '-1' }, 'rate_limited', 'none', 5000],
    [429, { 'retry-after': '99999999' }, 'rate_limited', 'none', 3_600_000],
    [429, { 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' }, 'rate_limited', 'none', 3_600_000],
    [500, {}, 'upstream_unavailable', 'unknown'],
    [503, { 'retry-after': '60' }, 'upstream_unavailable', 'unknown', 60_000],
  ]
  it.each(refusals)('%i %o means %s, effect %s', async (status, headers, code, effect, retry) => {
    answer(() => new HttpResponse('Jwt is expired', { status, headers }))
    const { createToken: _, ...inConversation } = calls
    for (const call of Object.values(inConversation)) {
      expect(await outcomeOf(call)).toEqual([code, effect, retry])
    }
  })

  it.each([401, 403, 404])('of a token with %i is no lost conversation', async (status) => {
    answer(() => new HttpResponse(null, { status }))
    expect(await outcomeOf(calls.createToken)).toEqual(['upstream_rejected', 'none', undefined])
  })

  it('417 asks for a new session, but only of a message', async () => {
    answer(() => new HttpResponse(null, { status: 417 }))
    expect(await outcomeOf(calls.sendMessage)).toEqual(['prechat_required', 'none', undefined])
    expect(await outcomeOf(calls.end)).toEqual(['upstream_rejected', 'none', undefined])
  })

  it('by date tells when to come back', async () => {
    const date = new Date(Date.now() + 30_000).toUTCString()
    answer(() => new HttpResponse(null, { status: 429, headers: { 'retry-after': date } }))
    const [code, , retryAfterMs] = [await outcomeOf(calls.list)].flat()
    expect(code).toBe('rate_limited')
    expect(Number(retryAfterMs)).toBeGreaterThan(27_000)
    expect(Number(retryAfterMs)).toBeLessThanOrEqual(30_000)
  })

  it('is unclear when the connection was cut', async () => {
    answer(() => HttpResponse.error())
    expect(await outcomeOf(calls.sendMessage)).toEqual([
      'upstream_unavailable',
      'unknown',
      undefined,
    ])
  })
})

describe('an answer that is none', () => {
  const bodies: [name: string, make: () => Response][] = [
    ['a web page', () => HttpResponse.html('<p>Soon')],
    ['nothing', () => new HttpResponse('')],
    ['null', () => HttpResponse.json(null)],
    ['a list', () => HttpResponse.json([])],
    ['JSON of another kind', () => HttpResponse.json({ unexpected: [true] })],
  ]
  it.each(bodies)('is not taken for success: %s', async (_, make) => {
    answer(make)
    for (const name of ['sendMessage', 'list', 'createToken'] as const) {
      expect([name, await outcomeOf(calls[name])]).toEqual([
        name,
        ['upstream_rejected', 'unknown', undefined],
      ])
    }
    expect(await outcomeOf(calls.routing)).toBe('unknown')
  })
})

describe('success', () => {
  it.each([
    ['open', 200],
    ['open', 201],
    ['end', 200],
    ['end', 202],
    ['end', 204],
  ] as const)('of %s is the status %i, with a body or without', async (name, status) => {
    for (const body of status === 204 ? [null] : [null, '', '{}']) {
      answer(() => new HttpResponse(body, { status }))
      expect(await outcomeOf(calls[name])).toBe(
        name === 'open' ? conversationRef.conversationId : undefined,
      )
    }
  })

  it.each([200, 201, 202])('of a message is the status %i', async (status) => {
    const conversationEntries = [{ id: outgoing.id, clientTimestamp: 5 }]
    answer(() => HttpResponse.json({ conversationEntries }, { status }))
    expect(await outcomeOf(calls.sendMessage)).toEqual({ at: 5, listedAs: outgoing.id })
  })

  it('of closing a conversation is asked for without a body, announced or sent', async () => {
    const requests = answer(() => new HttpResponse(null, { status: 204 }))
    await messaging.closeConversation(conversationRef)
    const [request] = requests
    expect(request?.headers.get('content-type')).toBeNull()
    expect(await request?.text()).toBe('')
  })
})

describe('the life of a token', () => {
  it.each([60, 360, 4320])('of a guest is what its exp says: %i minutes', async (minutes) => {
    const exp = Math.floor(Date.now() / 1000) + minutes * 60
    const claims = Buffer.from(JSON.stringify({ exp })).toString('base64url')
    const accessToken = `e30.${claims}.x`
    answer(() => HttpResponse.json({ accessToken, context: { endUser: { subject: 'v2/x' } } }))
    expect(await messaging.createToken('guest')).toMatchObject({ expiresAt: exp * 1000 })
  })
})

describe('a list whose payloads are texts', () => {
  it('is read like one whose payloads are objects', async () => {
    const payload = {
      entryType: 'Message',
      id: '1795000000000-REQ-1',
      abstractMessage: {
        messageType: 'StaticContentMessage',
        id: '1795000000000-REQ-1',
        staticContent: { formatType: 'Text', text: 'Hello' },
      },
    }
    const entryOf = (entryPayload: unknown) => ({
      entryType: 'Message',
      identifier: '1795000000000-REQ-1',
      sender: { role: 'Chatbot' },
      transcriptedTimestamp: 5,
      entryPayload,
    })
    const conversationEntries = [entryOf(payload), entryOf(JSON.stringify(payload))]
    answer(() => HttpResponse.json({ conversationEntries }))
    const request = { order: 'newestFirst' } as const
    const { entries } = await messaging.listConversationEntries(conversationRef, request, 4000)
    const [object, text] = entries
    expect(object?.message).toMatchObject({ id: '1795000000000-REQ-1', text: 'Hello' })
    expect(text).toEqual(object)
  })
})

describe('a message that was accepted', () => {
  const accepted = (clientTimestamp: unknown) => () =>
    HttpResponse.json(
      { conversationEntries: [{ id: outgoing.id, clientTimestamp }] },
      { status: 202 },
    )

  it('has Salesforce’s time', async () => {
    answer(accepted(1_795_000_012_345))
    expect(await outcomeOf(calls.sendMessage)).toEqual({
      at: 1_795_000_012_345,
      listedAs: outgoing.id,
    })
  })

  it.each([1.5, -1, 9e15, 1e300])(
    'has a valid time, or is rejected, when Salesforce stamps it %s',
    async (time) => {
      answer(accepted(time))
      const outcome = await outcomeOf(calls.sendMessage)
      const parsed = z.object({ at: z.number() }).safeParse(outcome)
      if (parsed.success) expect(new Date(parsed.data.at).toISOString()).toMatch(/^\d{4}-/)
      else expect(outcome).toEqual(['upstream_rejected', 'unknown', undefined])
    },
  )

  it('is sent with all that a new session needs, and nothing else without one', async () => {
    const requests = answer(accepted(1))
    await messaging.sendMessage(conversationRef, outgoing, null)
    await messaging.sendMessage(conversationRef, outgoing, {
      routingAttributes: { a: 'b' },
      language: null,
    })
    const [plain, opening] = await Promise.all(requests.map((request) => request.json()))
    const message = {
      id: outgoing.id,
      messageType: 'StaticContentMessage',
      staticContent: { formatType: 'Text', text: 'Hello' },
    }
    expect(plain).toEqual({ message, esDeveloperName: 'Harbor_Custom_Client' })
    expect(opening).toEqual({
      message,
      esDeveloperName: 'Harbor_Custom_Client',
      isNewMessagingSession: true,
      routingAttributes: { a: 'b' },
      language: 'en_US',
    })
  })
})

describe('routing', () => {
  it.each([
    ['INITIAL', 'queue'],
    ['TRANSFER', 'queue'],
    ['NEEDS_ROUTING', 'none'],
    ['ROUTED', 'unknown'],
    ['SOMETHING_NEW', 'unknown'],
  ])('%s means %s', async (routingStatus, means) => {
    answer(() =>
      HttpResponse.json({ conversationId: conversationRef.conversationId, routingStatus }),
    )
    expect(await outcomeOf(calls.routing)).toBe(means)
  })
})

describe('a list', () => {
  const entry = (identifier: unknown) => ({
    entryType: 'Note',
    identifier,
    sender: { role: 'System' },
    transcriptedTimestamp: 5,
    entryPayload: {},
  })

  it('is full when Salesforce filled it, entries that cannot be read included', async () => {
    const conversationEntries = Array.from({ length: 50 }, (_, index) =>
      entry(index ? `${index}` : null),
    )
    answer(() => HttpResponse.json({ conversationEntries }))
    expect(
      await messaging.listConversationEntries(conversationRef, { order: 'newestFirst' }, 4000),
    ).toMatchObject({
      full: true,
    })
    conversationEntries.pop()
    const page = await messaging.listConversationEntries(
      conversationRef,
      { order: 'newestFirst' },
      4000,
    )
    expect(page.full).toBe(false)
    expect(page.entries).toHaveLength(48)
  })

  it('carries Salesforce’s clock', async () => {
    const date = 'Sun, 01 Nov 2026 10:00:00 GMT'
    answer(() => HttpResponse.json({ conversationEntries: [] }, { headers: { date } }))
    const { now } = await messaging.listConversationEntries(
      conversationRef,
      {
        order: 'newestFirst',
      },
      4000,
    )
    expect(now).toBe(Date.parse(date))
  })

  it.each([
    [{ order: 'newestFirst' }, 'limit=50&direction=FromEnd'],
    [{ order: 'newestFirst', endTimestamp: 7 }, 'limit=50&direction=FromEnd&endTimestamp=7'],
    [{ order: 'oldestFirst' }, 'limit=50&direction=FromStart'],
    [{ order: 'oldestFirst', startTimestamp: 7 }, 'limit=50&direction=FromStart&startTimestamp=7'],
  ] as const)('%o asks for %s', async (request, query) => {
    const requests = answer(() => HttpResponse.json({ conversationEntries: [] }))
    await messaging.listConversationEntries(conversationRef, request, 4000)
    expect(requests.map((sent) => sent.url)).toEqual([
      `${url}/iamessage/api/v2/conversation/${conversationRef.conversationId}/entries?${query}`,
    ])
  })
})
