import { randomUUID } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import { createSalesforce, instant } from '../../sandbox/salesforce/index.js'
import {
  requestViolations,
  responseViolations,
  violations,
} from '../../sandbox/salesforce/openapi.js'
import { noon, setupSalesforce } from './salesforce-setup.js'
import {
  baseUrl,
  callSalesforce,
  createGuest,
  guestTokenPath,
  guestTokenRequest,
} from './salesforce-visitor.js'

const salesforce = setupSalesforce(createSalesforce({ switches: instant }), violations)

/** Sends one request to the sandbox's own endpoints. */
async function control(method: string, path: string, body?: unknown) {
  const response = await salesforce.handleControl(
    new Request(`${baseUrl}/__sandbox${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  )
  const text = await response.text()
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
}

describe('a fault', () => {
  test('happens as often as it was set, and only for its operation', async () => {
    const guest = await createGuest(salesforce)
    await guest.create()
    const what = { status: 503, headers: { 'retry-after': '7' } }
    salesforce.fail({ operation: 'sendMessage', times: 2, what })
    expect((await guest.status()).status).toBe(200)
    const first = await guest.sendText('one')
    expect(first).toMatchObject({ status: 503, body: { message: 'Injected 503' } })
    expect(first.headers.get('retry-after')).toBe('7')
    expect((await guest.sendText('two')).status).toBe(503)
    expect((await guest.sendText('three')).status).toBe(202)
  })

  test('can be a single 503 to a token request', async () => {
    const operation = 'generateAccessTokenForUnauthenticatedUser'
    salesforce.fail({ operation, what: { status: 503 } })
    const body = guestTokenRequest
    const take = async () =>
      (await callSalesforce(salesforce, 'POST', guestTokenPath, { body })).status
    expect([await take(), await take()]).toEqual([503, 200])
  })

  test('before the effect leaves nothing behind, after it everything', async () => {
    const guest = await createGuest(salesforce)
    await guest.create()
    salesforce.fail({ operation: 'sendMessage', when: 'before', what: { status: 500 } })
    await guest.sendText('lost')
    salesforce.fail({ operation: 'sendMessage', when: 'after', what: { status: 500 } })
    expect((await guest.sendText('kept')).status).toBe(500)
    const timeline = await guest.timeline()
    expect(timeline).not.toContain('EndUser: lost')
    expect(timeline).toContain('EndUser: kept')
  })

  test.each([
    ['html', 'text/html;charset=utf-8', /^<!doctype html>/],
    ['nonsense', 'application/json', /unexpected/],
    ['empty', 'application/json', /^$/],
  ] as const)('can answer %s', async (what, type, body) => {
    const guest = await createGuest(salesforce)
    salesforce.fail({ operation: '*', what })
    const request = new Request(`${baseUrl}${guest.path}`)
    const response = await salesforce.handle(request)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe(type)
    expect(await response.text()).toMatch(body)
  })

  test('can answer with a text of its own', async () => {
    const guest = await createGuest(salesforce)
    const what = { status: 401, body: 'Jwt is expired', headers: { 'content-type': 'text/plain' } }
    salesforce.fail({ operation: 'createConversation', what })
    expect(await guest.create()).toMatchObject({ status: 401, body: 'Jwt is expired' })
  })

  test('can drop the connection', async () => {
    const guest = await createGuest(salesforce)
    salesforce.fail({ operation: 'createConversation', what: 'drop' })
    expect((await guest.create()).status).toBe(0)
    expect(salesforce.exchanges.at(-1)).toMatchObject({ status: null, faulty: true })
    expect((await guest.create()).status).toBe(201)
  })

  test('can hang until the caller gives up', async () => {
    const guest = await createGuest(salesforce)
    salesforce.fail({ operation: 'retrieveConversationRoutingStatus', what: 'hang' })
    const caller = new AbortController()
    const request = new Request(`${baseUrl}${guest.path}`, { signal: caller.signal })
    const hanging = salesforce.handle(request)
    caller.abort()
    expect((await hanging).type).toBe('error')
  })

  test('that happens no times is a mistake of the test', () => {
    expect(() => salesforce.fail({ operation: '*', times: 0, what: 'drop' })).toThrow(/times/)
  })
})

describe('the validator', () => {
  test('sees wrong bodies, queries, statuses and paths', async () => {
    const guest = await createGuest(salesforce)
    await guest.create()
    const [token] = salesforce.exchanges
    if (!token) throw new Error('nothing was heard')
    expect(violations(token)).toEqual([])
    expect(requestViolations({ ...token, requestBody: {} })).toHaveLength(1)
    expect(requestViolations({ ...token, query: { orgId: 'x' } })).toHaveLength(1)
    expect(requestViolations({ ...token, operationId: null })).toHaveLength(1)
    expect(responseViolations({ ...token, responseBody: {} })).toHaveLength(1)
    expect(responseViolations({ ...token, responseType: 'text/html' })).toHaveLength(1)
    expect(responseViolations({ ...token, status: 418 })).toHaveLength(1)
  })
})

describe('the clock', () => {
  test('of Salesforce can differ from ours, and every answer tells', async () => {
    salesforce.switches.clockSkewMs = -90_000
    const guest = await createGuest(salesforce)
    const created = await guest.create()
    expect(created.headers.get('date')).toBe('Tue, 24 Nov 2026 11:58:30 GMT')
    const [newest] = await guest.list()
    expect(newest?.transcriptedTimestamp).toBe(noon - 90_000)
  })
})

describe('the controls', () => {
  test('read, change and reset the switches', async () => {
    const patch = { botDelayMs: 50, limits: { messagesPerMinute: null } }
    expect((await control('PATCH', '/switches', patch)).body).toMatchObject({
      botDelayMs: 50,
      visibilityLagMs: 0,
      limits: { messagesPerMinute: null, tokensPerMinute: 200 },
    })
    expect((await control('GET', '/switches')).body.botDelayMs).toBe(50)
    expect(salesforce.switches.botDelayMs).toBe(50)
    expect((await control('DELETE', '/switches')).body).toMatchObject({
      botDelayMs: 0,
      limits: { messagesPerMinute: 22 },
    })
  })

  test.each([
    ['PATCH', '/switches', { botDelay: 1 }],
    ['PATCH', '/switches', { bounds: 'open' }],
    ['POST', '/faults', { operation: 'sendMessages', what: 'drop' }],
    ['POST', '/faults', { operation: 'sendMessage', what: 'explode' }],
  ])('refuse %s %s %o', async (method, path, body) => {
    const answer = await control(method, path, body)
    expect(answer.status).toBe(400)
    expect(answer.body.message).toMatch(/→ at|Unrecognized key/)
  })

  test('take faults and forget them', async () => {
    const fault = { operation: 'sendMessage', what: { status: 500 } }
    expect((await control('POST', '/faults', fault)).body).toMatchObject([
      { ...fault, times: 1, when: 'before' },
    ])
    expect((await control('DELETE', '/faults')).body).toEqual([])
    expect((await control('GET', '/faults')).body).toEqual([])
  })

  test('let an agent join, speak and leave', async () => {
    const guest = await createGuest(salesforce)
    await guest.create()
    const where = `/conversations/${guest.conversationId}`
    expect((await control('GET', '/conversations')).body).toEqual([guest.conversationId])
    const joined = await control('POST', `${where}/agent-joins`, { displayName: 'Lee' })
    expect(joined.status).toBe(204)
    const choices = {
      formatType: 'Buttons',
      text: 'Which port?',
      optionItems: [
        {
          itemType: 'TitleOptionItem',
          optionIdentifier: 'b1',
          titleItem: { itemType: 'TitleItem', title: 'Busan' },
        },
      ],
    }
    const indicator = {
      indicatorType: 'ProgressUpdateIndicator',
      timestamp: noon,
      progressMessage: { formatType: 'Text', text: 'Looking it up' },
    }
    const entries = [
      { text: 'One moment' },
      { message: { messageType: 'ChoicesMessage', choices }, from: 'Chatbot' },
      { payload: { entryType: 'ProgressIndicator', progressIndicator: indicator } },
      { text: 'Still there?', from: 'System', afterMs: 1_000 },
    ]
    expect((await control('POST', `${where}/entries`, { entries })).status).toBe(200)
    expect((await guest.timeline()).slice(-4)).toEqual([
      'Agent: Hello, this is Lee. How can I help you?',
      'Agent: One moment',
      'Message',
      'ProgressIndicator',
    ])
    expect((await guest.list())[2]?.senderDisplayName).toBe('Lee')
    vi.setSystemTime(noon + 1_000)
    expect((await guest.timeline()).at(-1)).toBe('System: Still there?')
    expect((await control('GET', where)).body.state).toMatchObject({ routingStatus: 'ROUTED' })
    expect((await control('POST', `${where}/session-ends`)).status).toBe(204)
    expect((await guest.list())[0]?.entryPayload).toMatchObject({ sessionEndedByRole: 'Agent' })
    expect((await guest.status()).body.routingStatus).toBe('NEEDS_ROUTING')
  })

  test('tell what was heard, revoke tokens and reset everything', async () => {
    const guest = await createGuest(salesforce)
    await guest.create()
    expect((await control('GET', '/exchanges')).body).toHaveLength(2)
    expect((await control('DELETE', '/tokens')).status).toBe(204)
    expect((await guest.status()).status).toBe(401)
    expect((await control('DELETE', '')).status).toBe(204)
    expect(salesforce.exchanges).toEqual([])
    expect(() => salesforce.conversation(guest.conversationId)).toThrow(TypeError)
  })

  test('are not found under other names', async () => {
    expect((await control('GET', '/nothing')).status).toBe(404)
    expect((await control('GET', `/conversations/${randomUUID()}`)).status).toBe(404)
  })
})

test('the code verbs do the same as the controls', async () => {
  const guest = await createGuest(salesforce)
  await guest.create()
  salesforce.agentJoins(guest.conversationId)
  salesforce.inject(guest.conversationId, [{ text: 'Ahoy' }])
  salesforce.endSession(guest.conversationId, 'Agent')
  expect((await guest.timeline()).slice(-4)).toEqual([
    'Agent: Hello, this is Dana. How can I help you?',
    'Agent: Ahoy',
    'ParticipantChanged',
    'SessionStatusChanged',
  ])
  const [first] = salesforce.conversation(guest.conversationId).entryLog
  expect(first).toMatchObject({
    happensAt: noon,
    visibleAt: noon,
    entry: { entryType: 'RoutingResult' },
  })
})
