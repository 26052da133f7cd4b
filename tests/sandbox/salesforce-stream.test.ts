import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createSalesforce, instant } from '../../sandbox/salesforce/index.js'
import { dataViolations, violations } from '../../sandbox/salesforce/openapi.js'
import { openEvents, readStream, unwrap } from './salesforce-events.js'
import { createGuest } from './salesforce-visitor.js'

const salesforce = createSalesforce({ switches: instant })
const streams: ReturnType<typeof readStream>[] = []

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-24T12:00:00.000Z') })
})

afterEach(async () => {
  for (const stream of streams.splice(0)) await stream.close()
  vi.useRealTimers()
  expect(salesforce.exchanges.flatMap(violations)).toEqual([])
  salesforce.reset()
})

const pass = (ms: number) => vi.setSystemTime(Date.now() + ms)

/** An open stream; `lastEventId` asks for what happened since. */
async function listen(token: string, lastEventId?: number | string) {
  const headers = lastEventId === undefined ? {} : { 'last-event-id': `${lastEventId}` }
  const stream = readStream(await openEvents(salesforce, token, headers))
  streams.push(stream)
  await stream.settle()
  return stream
}

/** A guest with an open conversation and a stream that starts now. */
async function visit() {
  const guest = await createGuest(salesforce)
  await guest.create()
  return { ...guest, stream: await listen(guest.token) }
}

describe('the stream', () => {
  test('pings, and carries what is said, in the envelope of the reference', async () => {
    const guest = await visit()
    await guest.sendText('hello')
    await guest.stream.settle()
    expect(guest.stream.frames()[0]).toEqual({ id: 0, event: 'ping', data: '0' })
    const messages = guest.stream.events().filter(({ event }) => event === 'CONVERSATION_MESSAGE')
    expect(messages.map(unwrap)).toMatchObject([
      {
        conversationId: guest.conversationId,
        conversationEntry: { entryType: 'Message', senderDisplayName: 'Guest' },
        payload: { abstractMessage: { staticContent: { text: 'hello' } } },
      },
      { conversationEntry: { senderDisplayName: 'Harbor Assistant' } },
    ])
    const data = guest.stream.events().map((event) => JSON.parse(event.data))
    expect(data.flatMap((it) => dataViolations('SseEventData', it))).toEqual([])
    const payloads = guest.stream.events().map((event) => unwrap(event).payload)
    expect(payloads.flatMap((it) => dataViolations('EntryPayload', it))).toEqual([])
    const ids = guest.stream.events().map(({ id }) => id)
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b))
  })

  test('names every event as the reference does', async () => {
    const guest = await createGuest(salesforce)
    const stream = await listen(guest.token)
    await guest.create()
    await guest.sendText('transfer')
    await guest.close()
    await stream.settle()
    expect(new Set(stream.events().map(({ event }) => event))).toEqual(
      new Set([
        'CONVERSATION_ROUTING_RESULT',
        'CONVERSATION_ROUTING_WORK_RESULT',
        'CONVERSATION_SESSION_STATUS_CHANGED',
        'CONVERSATION_PARTICIPANT_CHANGED',
        'CONVERSATION_MESSAGE',
        'CONVERSATION_DELIVERY_ACKNOWLEDGEMENT',
        'CONVERSATION_READ_ACKNOWLEDGEMENT',
        'CONVERSATION_TYPING_STARTED_INDICATOR',
        'CONVERSATION_TYPING_STOPPED_INDICATOR',
        'CONVERSATION_QUEUE_POSITION',
        'CONVERSATION_CLOSE_CONVERSATION',
      ]),
    )
  })

  test('repeats nothing old unless asked from an event on', async () => {
    const guest = await visit()
    expect(guest.stream.events()).toEqual([])
    await guest.sendText('hello')
    await guest.stream.settle()
    const [first, ...rest] = guest.stream.events()
    const again = await listen(guest.token, first?.id)
    expect(again.events()).toEqual(rest)
    const oddly = await listen(guest.token, 'yesterday')
    expect(oddly.events()).toEqual([])
  })

  test('gives the greeting after the event that the token names', async () => {
    const guest = await createGuest(salesforce)
    const { accessToken, lastEventId } = (
      await guest.call('GET', '/authorization/continuation-access-token')
    ).body
    await guest.create()
    const stream = await listen(accessToken, lastEventId)
    expect(stream.events().at(-1)?.event).toBe('CONVERSATION_MESSAGE')
  })

  test('carries all conversations of the subject, and nobody else’s', async () => {
    const guest = await visit()
    const stranger = await visit()
    const second = randomUUID()
    await guest.create({ conversationId: second })
    await stranger.sendText('not for you')
    await guest.stream.settle()
    const conversationIds = guest.stream.events().map((event) => unwrap(event).conversationId)
    expect(new Set(conversationIds)).toEqual(new Set([second]))
  })

  test('tells receipts with the id of the message, and no list shows them', async () => {
    const guest = await visit()
    const id = randomUUID()
    await guest.sendText('hello', id)
    await guest.stream.settle()
    const read = guest.stream.events().find(({ event }) => event.includes('READ'))
    expect(read && unwrap(read)).toMatchObject({
      conversationEntry: { relatedRecords: [id] },
      payload: { acknowledgedConversationEntryIdentifier: id, recipient: { role: 'Chatbot' } },
    })
    const listed = await guest.list({ limit: '50' })
    const hidden = listed.filter(({ entryType }) => /Typing|Acknowledgement/.test(entryType))
    expect(hidden).toEqual([])
  })

  test('tells a thing when it happens, and not what was taken back', async () => {
    const guest = await visit()
    await guest.sendText('slow')
    await guest.stream.settle()
    const before = guest.stream.events().length
    salesforce.agentJoins(guest.conversationId)
    pass(6_000)
    await guest.stream.settle()
    const after = guest.stream.events().slice(before).map(unwrap)
    expect(after.at(-1)?.conversationEntry.senderDisplayName).toBe('Dana')
    expect(JSON.stringify(after)).not.toContain('five seconds')
  })

  test('pings now and then', async () => {
    const guest = await visit()
    pass(15_000)
    await guest.stream.settle()
    expect(guest.stream.frames().filter(({ event }) => event === 'ping')).toHaveLength(2)
  })

  test('ends with the words of the edge when the token does', async () => {
    const guest = await visit()
    pass(6 * 60 * 60_000)
    await guest.stream.settle()
    expect(guest.stream.heard.raw).toMatch(/Jwt is expired$/)
    expect(guest.stream.heard.hasEnded).toBe(true)
  })

  test('ends for a reader who goes away', async () => {
    const guest = await createGuest(salesforce)
    const caller = new AbortController()
    const response = await openEvents(salesforce, guest.token)
    const aborted = await salesforce.handle(
      new Request('https://harbor.my.salesforce-scrt.com/eventrouter/v1/sse', {
        headers: { authorization: `Bearer ${guest.token}`, 'x-org-id': salesforce.orgId },
        signal: caller.signal,
      }),
    )
    const stream = readStream(aborted)
    caller.abort()
    await stream.settle()
    expect(stream.heard.hasEnded).toBe(true)
    await response.body?.cancel()
  })
})

describe('a stream is refused', () => {
  test.each([
    ['without an org', { 'x-org-id': '' }],
    ['for another org', { 'x-org-id': '00DZZ0000000AbD' }],
    ['for 18 characters of the org', { 'x-org-id': '00DZZ0000000AbCEAU' }],
  ])('%s', async (_why, headers) => {
    const guest = await createGuest(salesforce)
    expect((await openEvents(salesforce, guest.token, headers)).status).toBe(400)
  })

  test('for a token that is over', async () => {
    const token = await salesforce.mintToken({ expiresAtSeconds: 1 })
    const response = await openEvents(salesforce, token)
    expect(response.status).toBe(401)
    expect(await response.text()).toBe('Jwt is expired')
  })
})

describe('the visitor’s own typing and receipts', () => {
  test('are kept for tests to see', async () => {
    const guest = await visit()
    const where = `/conversation/${guest.conversationId}`
    const typing = { entryType: 'TypingStartedIndicator', id: randomUUID() }
    const ack = { id: randomUUID(), entryType: 'Read', conversationEntryId: randomUUID() }
    await guest.call('POST', `${where}/entry`, { body: typing })
    await guest.call('POST', `${where}/acknowledge-entries`, { body: { acks: [ack] } })
    const { visitorSignals } = salesforce.conversation(guest.conversationId)
    expect(visitorSignals).toEqual([
      { at: Date.now(), ...typing },
      { at: Date.now(), ...ack },
    ])
  })
})
