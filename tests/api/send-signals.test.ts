/** Typing and receipts through the endpoint: what Salesforce hears of them, and what it does not. */
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import send from '../../api/send.js'
import type { FaultInput } from '../../sandbox/salesforce/index.js'
import { signInAsGuest, startConversation, textsOf } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { expectNoSalesforceCalls, expectProblem, shiftClock } from '../support/sending.js'

const gateway = setupGateway()

const uuidV4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** A visitor who types and reads. */
async function typist() {
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
    /** What Salesforce noted of this visitor: `Started`, `Stopped`, `Read`, `Delivery`. */
    noted: () =>
      gateway.salesforce
        .conversation(conversationId)
        .visitorSignals.map(({ entryType }) => entryType.replace(/Typing|Indicator/g, '')),
  }
}

/** The bodies that Salesforce was sent by one operation. */
function bodiesOf(operation: string): unknown[] {
  return gateway.salesforce.exchanges
    .filter(({ operationId }) => operationId === operation)
    .map(({ requestBody }) => requestBody)
}

describe('typing', () => {
  it('is passed on and answered like a message', async () => {
    const { type, conversationId } = await typist()
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

  it('gets an id of ours when none is given', async () => {
    const { type } = await typist()
    const { body } = await type(true)
    expect(body.id).toMatch(uuidV4)
    expect(bodiesOf('addTypingIndicator')).toMatchObject([{ id: body.id }])
  })

  it('that stops is told once, and only after a start', async () => {
    const { type, noted } = await typist()
    for (const typing of [false, true, false, false]) {
      expect((await type(typing)).status).toBe(202)
    }
    expect(noted()).toEqual(['Started', 'Stopped'])
  })

  it('is told at most once in three seconds', async () => {
    const { type, noted } = await typist()
    const started: number[] = []
    for (const atMs of [0, 1000, 2000, 4500, 6000, 8500]) {
      shiftClock(atMs)
      expect((await type(true)).status).toBe(202)
      started.push(noted().length)
    }
    expect(started).toEqual([1, 1, 1, 2, 2, 3])
  })

  it('that stops long after it was told is told as well', async () => {
    const { type, noted } = await typist()
    await type(true)
    shiftClock(20_000)
    await type(false)
    expect(noted()).toEqual(['Started', 'Stopped'])
  })

  it('that stops lets the next start pass at once', async () => {
    const { type, noted } = await typist()
    for (const typing of [true, false, true]) await type(typing)
    expect(noted()).toEqual(['Started', 'Stopped', 'Started'])
  })

  it('is told once, however many tabs tell it at the same moment', async () => {
    const { type, noted } = await typist()
    const answers = await Promise.all(Array.from({ length: 8 }, () => type(true)))
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(202))
    expect(noted()).toEqual(['Started'])
    await Promise.all(Array.from({ length: 8 }, () => type(false)))
    expect(noted()).toEqual(['Started', 'Stopped'])
  })

  it('in one conversation says nothing of another', async () => {
    const [one, other] = [await typist(), await typist()]
    await Promise.all([one.type(true), other.type(true)])
    expect([one.noted(), other.noted()]).toEqual([['Started'], ['Started']])
  })

  it('uses two Redis requests and leaves nothing in Redis for ever', async () => {
    const { type } = await typist()
    await type(true)
    const { requests } = gateway.redis.counts
    await type(true)
    expect(gateway.redis.counts.requests - requests).toBe(2)
    const keys = [await gateway.redisBackend.execute(['KEYS', '*typing*'])].flat()
    expect(keys).toHaveLength(2)
    for (const key of keys) {
      const lifeMs = Number(await gateway.redisBackend.execute(['PTTL', String(key)]))
      expect(lifeMs).toBeGreaterThan(0)
      expect(lifeMs).toBeLessThanOrEqual(60_000)
    }
  })
})

describe('receipts', () => {
  const ids = Array.from({ length: 25 }, () => randomUUID())

  it.each([
    [{}, 'Read'],
    [{ kind: 'read' }, 'Read'],
    [{ kind: 'delivered' }, 'Delivery'],
  ])('of all the messages travel in one call (%j: %s)', async (more, entryType) => {
    const { receipt } = await typist()
    const { status, body } = await receipt(ids, more)
    expect([status, body.duplicate]).toEqual([202, false])
    const acks = ids.map((conversationEntryId) => ({
      id: expect.stringMatching(uuidV4),
      entryType,
      conversationEntryId,
    }))
    expect(bodiesOf('acknowledgeEntries')).toEqual([{ acks }])
  })

  it('are the same again when they are repeated, and others for another kind', async () => {
    const { receipt } = await typist()
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

  it('can be given of what a poll delivers, and show in no poll', async () => {
    const { receipt, poll, type } = await typist()
    const before = (await poll()).body
    await type(true)
    const { status } = await receipt(before.messages.map(({ id }: { id: string }) => id))
    expect(status).toBe(202)
    expect(textsOf((await poll()).body)).toEqual(textsOf(before))
  })
})

describe('refusals', () => {
  const uuid = randomUUID()
  const typing = { messageType: 'TypingIndicator', typing: true }
  const receipt = { messageType: 'ReadReceipt', messageIds: [uuid] }
  const wrong: [name: string, body: object, path: string][] = [
    ['typing without saying so', { messageType: 'TypingIndicator' }, 'typing'],
    ['typing by text', { ...typing, typing: 'true' }, 'typing'],
    ['typing with a text', { ...typing, text: 'Hello' }, 'text'],
    ['an id that is none', { ...typing, id: 'x' }, 'id'],
    ['receipts of nothing', { messageType: 'ReadReceipt' }, 'messageIds'],
    ['receipts of no message', { ...receipt, messageIds: [] }, 'messageIds'],
    ['26 receipts', { ...receipt, messageIds: Array(26).fill(uuid) }, 'messageIds'],
    ['a receipt of no id', { ...receipt, messageIds: ['x'] }, 'messageIds.0'],
    ['receipts of another kind', { ...receipt, kind: 'seen' }, 'kind'],
  ]
  it.each(wrong)('names what is wrong: %s', async (_, body, path) => {
    const { signal } = await typist()
    const answer = await expectNoSalesforceCalls(gateway, () => signal(body))
    expectProblem(answer, 400, 'invalid_request')
    expect(answer.body.errors).toMatchObject([{ path }])
  })

  it.each([typing, receipt])('nobody signals in an ended conversation (%j)', async (body) => {
    const { signal, end } = await typist()
    await end()
    expectProblem(
      await expectNoSalesforceCalls(gateway, () => signal(body)),
      410,
      'conversation_ended',
    )
  })

  it.each([typing, receipt])('nor in one whose token is over (%j)', async (body) => {
    gateway.salesforce.switches.guestTokenLifeSeconds = 60
    const { signal } = await typist()
    shiftClock(61_000)
    expectProblem(
      await expectNoSalesforceCalls(gateway, () => signal(body)),
      410,
      'conversation_lost',
    )
  })

  it.each([typing, receipt])('nor in that of somebody else (%j)', async (body) => {
    const { conversationId, noted } = await typist()
    const { token } = await signInAsGuest()
    for (const id of [conversationId, randomUUID()]) {
      const options = { token, body: { ...body, conversationId: id } }
      expectProblem(
        await expectNoSalesforceCalls(gateway, () => request(send, options)),
        404,
        'conversation_not_found',
      )
    }
    expect(noted()).toEqual([])
  })

  it('are counted apart from messages, sixty a minute', async () => {
    const { type, send } = await typist()
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

describe('trouble', () => {
  const broken: [what: FaultInput['what'], status: number, code: string][] = [
    [{ status: 500 }, 503, 'upstream_unavailable'],
    [{ status: 429, headers: { 'retry-after': '7' } }, 429, 'rate_limited'],
    [{ status: 400 }, 502, 'upstream_rejected'],
    ['html', 502, 'upstream_rejected'],
    ['drop', 503, 'upstream_unavailable'],
  ]
  it.each(broken)('of Salesforce (%j) is told, and the same call passes later', async (...row) => {
    const [what, status, code] = row
    const { type, receipt, noted } = await typist()
    gateway.salesforce.fail({ operation: 'addTypingIndicator', what })
    expectProblem(await type(true), status, code)
    expect((await type(true)).status).toBe(202)
    gateway.salesforce.fail({ operation: 'addTypingIndicator', what })
    expectProblem(await type(false), status, code)
    expect((await type(false)).status).toBe(202)
    expect(noted()).toEqual(['Started', 'Stopped'])
    gateway.salesforce.fail({ operation: 'acknowledgeEntries', what, times: 9 })
    expectProblem(await receipt([randomUUID()]), status, code)
  })

  it('that is short does not keep receipts back', async () => {
    const { receipt, noted } = await typist()
    gateway.salesforce.fail({ operation: 'acknowledgeEntries', what: { status: 503 } })
    expect((await receipt([randomUUID()])).status).toBe(202)
    expect(noted()).toEqual(['Read'])
  })

  it.each([401, 403, 404])('a %i means that the conversation is lost', async (status) => {
    const { type, poll } = await typist()
    gateway.salesforce.fail({ operation: '*', times: 2, what: { status } })
    expectProblem(await type(true), 410, 'conversation_lost')
    expectProblem(await expectNoSalesforceCalls(gateway, () => poll()), 410, 'conversation_lost')
  })

  it.each([1, 2])('of the store at request %i is told, and nothing is passed on', async (nth) => {
    const { type, noted } = await typist()
    if (nth > 1) gateway.redis.fault({ times: nth - 1, what: { slowMs: 0 } })
    gateway.redis.fault({ what: 'drop' })
    expectProblem(
      await expectNoSalesforceCalls(gateway, () => type(true)),
      503,
      'store_unavailable',
    )
    gateway.redis.clearFaults()
    await type(true)
    expect(noted()).toEqual(['Started'])
  })
})
