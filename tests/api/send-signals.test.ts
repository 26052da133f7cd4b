/** Tests which typing indicators and receipts the gateway passes on to Salesforce. */
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import send from '../../api/send.js'
import type { FaultInput } from '../../sandbox/salesforce/index.js'
import { signInAsGuest, startConversation, textsOf } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { expectNoSalesforceCalls, expectProblem, shiftClock } from '../support/sending.js'
import { keysOf } from '../support/stored-keys.js'

const gateway = setupGateway()

const uuidV4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Starts a conversation of a visitor who sends typing indicators and receipts. */
async function signallingVisitor() {
  const visitor = await startConversation()
  const { conversationId, token } = visitor
  const signal = (body: object) => request(send, { token, body: { conversationId, ...body } })
  return {
    ...visitor,
    signal,
    type: (typing: boolean, more: object = {}) =>
      signal({ messageType: 'TypingIndicator', typing, ...more }),
    receipt: (messageIds: unknown, more: object = {}) =>
      signal({ messageType: 'ReadReceipt', messageIds, ...more }),
    /** Returns the signals that Salesforce stored: `Started`, `Stopped`, `Read`, `Delivery`. */
    storedSignals: () =>
      gateway.salesforce
        .conversation(conversationId)
        .visitorSignals.map(({ entryType }) => entryType.replace(/Typing|Indicator/g, '')),
  }
}

/** Returns the request bodies that Salesforce received for an operation. */
function bodiesOf(operation: string): unknown[] {
  return gateway.salesforce.exchanges
    .filter(({ operationId }) => operationId === operation)
    .map(({ requestBody }) => requestBody)
}

describe('send of a typing indicator', () => {
  it('passes it on and returns 202 with the same fields as for a message', async () => {
    const { type, conversationId } = await signallingVisitor()
    const id = randomUUID()
    const answer = await type(true, { id })
    expect(answer.status).toBe(202)
    expect(answer.body).toEqual({
      id,
      conversationId,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      duplicate: false,
    })
    expect(bodiesOf('addTypingIndicator')).toEqual([{ entryType: 'TypingStartedIndicator', id }])
  })

  it('makes an id when none is given', async () => {
    const { type } = await signallingVisitor()
    const { body } = await type(true)
    expect(body.id).toMatch(uuidV4)
    expect(bodiesOf('addTypingIndicator')).toMatchObject([{ id: body.id }])
  })

  it('passes a stop on once, and only after a start', async () => {
    const { type, storedSignals } = await signallingVisitor()
    for (const typing of [false, true, false, false]) {
      expect((await type(typing)).status).toBe(202)
    }
    expect(storedSignals()).toEqual(['Started', 'Stopped'])
  })

  it('passes a start on at most once in three seconds', async () => {
    const { type, storedSignals } = await signallingVisitor()
    const started: number[] = []
    for (const atMs of [0, 1000, 2000, 4500, 6000, 8500]) {
      shiftClock(atMs)
      expect((await type(true)).status).toBe(202)
      started.push(storedSignals().length)
    }
    expect(started).toEqual([1, 1, 1, 2, 2, 3])
  })

  it('passes a stop on 20 s after the start', async () => {
    const { type, storedSignals } = await signallingVisitor()
    await type(true)
    shiftClock(20_000)
    await type(false)
    expect(storedSignals()).toEqual(['Started', 'Stopped'])
  })

  it('passes a start on at once after a stop', async () => {
    const { type, storedSignals } = await signallingVisitor()
    for (const typing of [true, false, true]) await type(typing)
    expect(storedSignals()).toEqual(['Started', 'Stopped', 'Started'])
  })

  it('passes one of eight concurrent starts on, and one of eight concurrent stops', async () => {
    const { type, storedSignals } = await signallingVisitor()
    const answers = await Promise.all(Array.from({ length: 8 }, () => type(true)))
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(202))
    expect(storedSignals()).toEqual(['Started'])
    await Promise.all(Array.from({ length: 8 }, () => type(false)))
    expect(storedSignals()).toEqual(['Started', 'Stopped'])
  })

  it('passes concurrent starts of two conversations on', async () => {
    const [one, other] = [await signallingVisitor(), await signallingVisitor()]
    await Promise.all([one.type(true), other.type(true)])
    expect([one.storedSignals(), other.storedSignals()]).toEqual([['Started'], ['Started']])
  })

  it('makes two Redis requests, and its keys expire within a minute', async () => {
    const { type } = await signallingVisitor()
    await type(true)
    const { requests } = gateway.redis.counts
    await type(true)
    expect(gateway.redis.counts.requests - requests).toBe(2)
    const keys = await keysOf(gateway, '*typing*')
    expect(keys).toHaveLength(2)
    for (const key of keys) {
      const lifeMs = Number(await gateway.redisBackend.execute(['PTTL', key]))
      expect(lifeMs).toBeGreaterThan(0)
      expect(lifeMs).toBeLessThanOrEqual(60_000)
    }
  })
})

describe('send of receipts', () => {
  const ids = Array.from({ length: 25 }, () => randomUUID())

  it.each([
    [{}, 'Read'],
    [{ kind: 'read' }, 'Read'],
    [{ kind: 'delivered' }, 'Delivery'],
  ])('passes 25 receipts on in one Salesforce call (%j: %s)', async (more, entryType) => {
    const { receipt } = await signallingVisitor()
    const { status, body } = await receipt(ids, more)
    expect([status, body.duplicate]).toEqual([202, false])
    const acks = ids.map((conversationEntryId) => ({
      id: expect.stringMatching(uuidV4),
      entryType,
      conversationEntryId,
    }))
    expect(bodiesOf('acknowledgeEntries')).toEqual([{ acks }])
  })

  it('passes ids that are no UUIDs on as they came', async () => {
    const { receipt } = await signallingVisitor()
    const messageIds = ['1795000000000-REQ-1', 'A b/{~}', 'x'.repeat(128)]
    expect((await receipt(messageIds)).status).toBe(202)
    const acks = messageIds.map((conversationEntryId) => ({
      id: expect.stringMatching(uuidV4),
      entryType: 'Read',
      conversationEntryId,
    }))
    expect(bodiesOf('acknowledgeEntries')).toEqual([{ acks }])
  })

  it('returns 502 upstream_rejected when Salesforce knows no message of an id', async () => {
    const { receipt, poll } = await signallingVisitor()
    const body = { message: 'Unknown entry', errorCode: 'BAD_REQUEST' }
    gateway.salesforce.fail({ operation: 'acknowledgeEntries', what: { status: 400, body } })
    const answer = await receipt(['1795000000000-REQ-1'])
    expectProblem(answer, 502, 'upstream_rejected')
    expect(JSON.stringify(answer.body)).not.toContain('Unknown entry')
    expect((await poll()).status).toBe(200)
  })

  it('uses the same ids for a repeat, and other ids for another kind', async () => {
    const { receipt } = await signallingVisitor()
    const [id] = ids
    for (const kind of ['read', 'read', 'delivered']) await receipt([id, id], { kind })
    const bodies = bodiesOf('acknowledgeEntries')
    expect(bodies[0]).toEqual(bodies[1])
    const { visitorSignals } = gateway.salesforce.conversation(
      String(gateway.salesforce.exchanges.at(-1)?.path.split('/').at(-2)),
    )
    expect(visitorSignals).toHaveLength(3)
    expect(new Set(visitorSignals.map((signal) => signal.id)).size).toBe(2)
  })

  it('accepts the message ids of a poll, and no later poll shows the receipts', async () => {
    const { receipt, poll, type } = await signallingVisitor()
    const before = (await poll()).body
    await type(true)
    const { status } = await receipt(before.messages.map(({ id }: { id: string }) => id))
    expect(status).toBe(202)
    expect(textsOf((await poll()).body)).toEqual(textsOf(before))
  })
})

describe('send of a refused signal', () => {
  const uuid = randomUUID()
  const typing = { messageType: 'TypingIndicator', typing: true }
  const receipt = { messageType: 'ReadReceipt', messageIds: [uuid] }
  const wrong: [name: string, body: object, path: string][] = [
    ['typing without a value', { messageType: 'TypingIndicator' }, 'typing'],
    ['typing as a text', { ...typing, typing: 'true' }, 'typing'],
    ['typing with a text', { ...typing, text: 'Hello' }, 'text'],
    ['an id that is no UUID', { ...typing, id: 'x' }, 'id'],
    ['receipts without ids', { messageType: 'ReadReceipt' }, 'messageIds'],
    ['receipts with an empty list', { ...receipt, messageIds: [] }, 'messageIds'],
    ['26 receipts', { ...receipt, messageIds: Array(26).fill(uuid) }, 'messageIds'],
    ['a receipt with an empty id', { ...receipt, messageIds: [''] }, 'messageIds.0'],
    ['a receipt with an id of 129', { ...receipt, messageIds: ['x'.repeat(129)] }, 'messageIds.0'],
    ['a receipt with a line break in an id', { ...receipt, messageIds: ['a\n'] }, 'messageIds.0'],
    ['a receipt with a letter beyond ASCII', { ...receipt, messageIds: ['é'] }, 'messageIds.0'],
    ['receipts of an unknown kind', { ...receipt, kind: 'seen' }, 'kind'],
  ]
  it.each(wrong)(
    'returns 400 that names the field and makes no Salesforce call for %s',
    async (_, body, path) => {
      const { signal } = await signallingVisitor()
      const answer = await expectNoSalesforceCalls(gateway, () => signal(body))
      expectProblem(answer, 400, 'invalid_request')
      expect(answer.body.errors).toMatchObject([{ path }])
    },
  )

  it.each([typing, receipt])('returns 410 conversation_ended after the end (%j)', async (body) => {
    const { signal, end } = await signallingVisitor()
    await end()
    expectProblem(
      await expectNoSalesforceCalls(gateway, () => signal(body)),
      410,
      'conversation_ended',
    )
  })

  it.each([typing, receipt])(
    'returns 410 conversation_lost after its token expired (%j)',
    async (body) => {
      gateway.salesforce.switches.guestTokenLifeSeconds = 60
      const { signal } = await signallingVisitor()
      shiftClock(61_000)
      expectProblem(
        await expectNoSalesforceCalls(gateway, () => signal(body)),
        410,
        'conversation_lost',
      )
    },
  )

  it.each([typing, receipt])(
    "returns 404 for another visitor's conversation (%j)",
    async (body) => {
      const { conversationId, storedSignals } = await signallingVisitor()
      const { token } = await signInAsGuest()
      for (const id of [conversationId, randomUUID()]) {
        const options = { token, body: { ...body, conversationId: id } }
        expectProblem(
          await expectNoSalesforceCalls(gateway, () => request(send, options)),
          404,
          'conversation_not_found',
        )
      }
      expect(storedSignals()).toEqual([])
    },
  )

  it('returns 429 after 60 signals in a minute, which do not count as messages', async () => {
    const { type, send } = await signallingVisitor()
    const answers = []
    for (let count = 0; count < 61; count += 1) answers.push(await type(true))
    const refused = answers.pop()
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
    expect(refused?.status).toBe(429)
    expect(refused?.headers.get('ratelimit-policy')).toMatch(/^"signal";q=60;w=60$/)
    expect(refused?.headers.get('ratelimit')).toMatch(/^"signal";r=0/)
    const sent = await send('Messages go on')
    expect(sent.status).toBe(202)
    expect(sent.headers.get('ratelimit')).toMatch(/^"send";r=21/)
  })
})

describe('send of a signal when a call fails', () => {
  const broken: [what: FaultInput['what'], status: number, code: string][] = [
    [{ status: 500 }, 503, 'upstream_unavailable'],
    [{ status: 429, headers: { 'retry-after': '7' } }, 429, 'rate_limited'],
    [{ status: 400 }, 502, 'upstream_rejected'],
    ['html', 502, 'upstream_rejected'],
    ['drop', 503, 'upstream_unavailable'],
  ]
  it.each(broken)('returns an error, and the repeat succeeds, after %j → %i %s', async (...row) => {
    const [what, status, code] = row
    const { type, receipt, storedSignals } = await signallingVisitor()
    gateway.salesforce.fail({ operation: 'addTypingIndicator', what })
    expectProblem(await type(true), status, code)
    expect((await type(true)).status).toBe(202)
    gateway.salesforce.fail({ operation: 'addTypingIndicator', what })
    expectProblem(await type(false), status, code)
    expect((await type(false)).status).toBe(202)
    expect(storedSignals()).toEqual(['Started', 'Stopped'])
    gateway.salesforce.fail({ operation: 'acknowledgeEntries', what, times: 9 })
    expectProblem(await receipt([randomUUID()]), status, code)
  })

  it('passes a receipt on after one failure', async () => {
    const { receipt, storedSignals } = await signallingVisitor()
    gateway.salesforce.fail({ operation: 'acknowledgeEntries', what: { status: 503 } })
    expect((await receipt([randomUUID()])).status).toBe(202)
    expect(storedSignals()).toEqual(['Read'])
  })

  it.each([401, 403, 404])(
    'returns 410 conversation_lost after two responses with %i',
    async (status) => {
      const { type, poll } = await signallingVisitor()
      gateway.salesforce.fail({ operation: '*', times: 2, what: { status } })
      expectProblem(await type(true), 410, 'conversation_lost')
      expectProblem(await expectNoSalesforceCalls(gateway, () => poll()), 410, 'conversation_lost')
    },
  )

  it.each([1, 2])(
    'returns 503 store_unavailable and makes no Salesforce call when Redis request %i fails',
    async (nth) => {
      const { type, storedSignals } = await signallingVisitor()
      if (nth > 1) gateway.redis.fault({ times: nth - 1, what: { slowMs: 0 } })
      gateway.redis.fault({ what: 'drop' })
      expectProblem(
        await expectNoSalesforceCalls(gateway, () => type(true)),
        503,
        'store_unavailable',
      )
      gateway.redis.clearFaults()
      await type(true)
      expect(storedSignals()).toEqual(['Started'])
    },
  )
})
