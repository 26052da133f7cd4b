import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { createSalesforce, instant } from '../../sandbox/salesforce/index.js'
import { dataViolations, violations } from '../../sandbox/salesforce/openapi.js'
import { openEvents, readStream, unwrap } from './salesforce-events.js'
import { advanceClock, setupSalesforce } from './salesforce-setup.js'
import {
  createGuest,
  guestTokenRequest,
  type ListedEntry,
  summaryOf,
} from './salesforce-visitor.js'

const salesforce = setupSalesforce(createSalesforce({ switches: instant }), violations)
const streams: ReturnType<typeof readStream>[] = []

afterEach(async () => {
  for (const stream of streams.splice(0)) await stream.close()
})

/** Opens a stream; `lastEventId` asks for the events since. */
async function listen(token: string, lastEventId?: number | string) {
  const headers = lastEventId === undefined ? {} : { 'last-event-id': `${lastEventId}` }
  const stream = readStream(await openEvents(salesforce, token, headers))
  streams.push(stream)
  await stream.settle()
  return stream
}

/** Opens a conversation for a guest, with a stream that starts now. */
async function visit() {
  const guest = await createGuest(salesforce)
  await guest.create()
  return { ...guest, stream: await listen(guest.token) }
}

describe('the stream', () => {
  test('pings, and carries messages in the envelope of the reference', async () => {
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
    advanceClock(6_000)
    await guest.stream.settle()
    const after = guest.stream.events().slice(before).map(unwrap)
    expect(after.at(-1)?.conversationEntry.senderDisplayName).toBe('Dana')
    expect(JSON.stringify(after)).not.toContain('five seconds')
  })

  test('carries what happens at once in one chunk', async () => {
    const guest = await createGuest(salesforce)
    await guest.create()
    const { body } = await openEvents(salesforce, guest.token)
    const reader = body?.getReader()
    await reader?.read()
    await guest.sendText('hello')
    const { value } = (await reader?.read()) ?? {}
    await reader?.cancel()
    expect(new TextDecoder().decode(value).match(/^event: /gm)?.length).toBeGreaterThan(2)
  })

  test('pings now and then', async () => {
    const guest = await visit()
    advanceClock(15_000)
    await guest.stream.settle()
    expect(guest.stream.frames().filter(({ event }) => event === 'ping')).toHaveLength(2)
  })

  test('ends with the words of the edge when the token does', async () => {
    const guest = await visit()
    advanceClock(6 * 60 * 60_000)
    await guest.stream.settle()
    expect(guest.stream.received.raw).toMatch(/Jwt is expired$/)
    expect(guest.stream.received.hasEnded).toBe(true)
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
    expect(stream.received.hasEnded).toBe(true)
    await response.body?.cancel()
  })
})

describe('what only streams carry', () => {
  /** Opens a conversation of a client that names this version, and its stream. */
  async function visitWith(capabilitiesVersion: string) {
    const guest = await createGuest(salesforce, { ...guestTokenRequest, capabilitiesVersion })
    await guest.create()
    return { ...guest, stream: await listen(guest.token) }
  }

  /** Returns the entries of a type on a stream, after checking each against the document. */
  async function streamed({ stream }: Awaited<ReturnType<typeof visit>>, entryType: string) {
    await stream.settle()
    const found = stream.events().map((event) => ({ event, ...unwrap(event) }))
    expect(found.flatMap(({ payload }) => dataViolations('EntryPayload', payload))).toEqual([])
    return found.filter(({ conversationEntry }) => conversationEntry.entryType === entryType)
  }

  const tokensOf = (entries: Awaited<ReturnType<typeof streamed>>) =>
    entries.map(({ payload: { streamingToken } }) => streamingToken)

  test('is progress, as a text of the bot', async () => {
    const guest = await visit()
    salesforce.progress(guest.conversationId, 'Looking up your order')
    const [progress] = await streamed(guest, 'ProgressIndicator')
    expect(progress?.event.event).toBe('CONVERSATION_PROGRESS_INDICATOR')
    expect(progress?.conversationEntry.senderDisplayName).toBe('Harbor Assistant')
    expect(progress?.payload.progressIndicator).toEqual({
      indicatorType: 'ProgressUpdateIndicator',
      timestamp: Date.now(),
      progressMessage: { formatType: 'Text', text: 'Looking up your order' },
    })
  })

  test('is the place in the queue', async () => {
    const guest = await visit()
    await guest.sendText('queue')
    const places = await streamed(guest, 'QueuePosition')
    expect(places.map(({ payload: { position } }) => position)).toEqual([3, 2, 1])
    const listed = await guest.list({ limit: '50' })
    expect(listed.some(({ entryType }) => entryType === 'QueuePosition')).toBe(false)
  })

  test('is a bot’s text in pieces, in order, before the message that they make up', async () => {
    const guest = await visitWith('63')
    await guest.sendText('stream')
    const entries = await streamed(guest, 'StreamingToken')
    const tokens = tokensOf(entries)
    expect(entries[0]?.event.event).toBe('CONVERSATION_STREAMING_TOKEN')
    expect(tokens.map(({ sequenceNumber }) => sequenceNumber)).toEqual([1, 2, 3, 4, 5, 6])
    expect(tokens.at(-1)).toMatchObject({
      tokenType: 'StreamingTokenValidation',
      result: { valid: true },
    })
    const [message] = await guest.list()
    expect(message?.identifier).toBe(tokens[0]?.targetMessageIdentifier)
    expect(summaryOf(message as ListedEntry)).toBe(
      `Chatbot: ${tokens.map(({ token }) => token?.text ?? '').join('')}`,
    )
    expect(message?.identifier).toMatch(/^\d{13}-REQ-\d+$/)
  })

  test('is a text out of order, or one that is taken back', async () => {
    const guest = await visitWith('66')
    await guest.sendText('shuffled')
    const shuffled = tokensOf(await streamed(guest, 'StreamingToken'))
    expect(shuffled.map(({ sequenceNumber }) => sequenceNumber)).toEqual([2, 1, 4, 3, 5])
    await guest.sendText('invalid')
    const invalid = tokensOf(await streamed(guest, 'StreamingToken')).slice(5)
    expect(invalid.at(-1)?.result.valid).toBe(false)
    expect((await guest.timeline()).at(-1)).toBe('Chatbot: I cannot answer that.')
  })

  test('comes in pieces only for a client of version 63, a renewed token’s included', async () => {
    const guest = await visitWith('62')
    await guest.sendText('stream')
    expect(await streamed(guest, 'StreamingToken')).toEqual([])
    const modern = await visitWith('63')
    const { body } = await modern.call('GET', '/authorization/continuation-access-token')
    const stream = await listen(body.accessToken)
    salesforce.streamText(modern.conversationId, { pieces: ['Hello'] })
    expect(await streamed({ ...modern, stream }, 'StreamingToken')).toHaveLength(1)
  })
})

describe('the switches of streams', () => {
  test('replay none, or all, whatever Last-Event-Id says', async () => {
    const guest = await visit()
    await guest.sendText('hello')
    await guest.stream.settle()
    const [first] = guest.stream.events()
    salesforce.switches.stream.replay = 'none'
    expect((await listen(guest.token, first?.id)).events()).toEqual([])
    salesforce.switches.stream.replay = 'everything'
    const all = (await listen(guest.token)).events()
    expect(all[0]?.event).toBe('CONVERSATION_ROUTING_RESULT')
    expect(all.slice(-guest.stream.events().length)).toEqual(guest.stream.events())
  })

  test('refuse an opening with 503', async () => {
    const guest = await createGuest(salesforce)
    salesforce.switches.stream.opening = 'refused'
    expect((await openEvents(salesforce, guest.token)).status).toBe(503)
  })

  test('leave an opening without an answer', async () => {
    const guest = await createGuest(salesforce)
    salesforce.switches.stream.opening = 'hanging'
    const opening = openEvents(salesforce, guest.token)
    const first = await Promise.race([opening, sleep(80).then(() => 'nothing')])
    expect(first).toBe('nothing')
  })

  test('cut a stream after a time', async () => {
    salesforce.switches.stream.endsAfterMs = 1_000
    const guest = await visit()
    expect(guest.stream.received.hasEnded).toBe(false)
    advanceClock(1_000)
    await guest.stream.settle()
    expect(guest.stream.received.hasEnded).toBe(true)
  })

  test('cut a stream after a number of events', async () => {
    salesforce.switches.stream.endsAfterEvents = 2
    const guest = await visit()
    await guest.sendText('hello')
    await guest.stream.settle()
    expect(guest.stream.events()).toHaveLength(2)
    expect(guest.stream.received.hasEnded).toBe(true)
  })

  test('close the earlier stream of a subject for the later one', async () => {
    const guest = await visit()
    const beside = await listen(guest.token)
    expect(guest.stream.received.hasEnded).toBe(false)
    salesforce.switches.stream.replacesEarlier = true
    await beside.settle()
    expect(guest.stream.received.hasEnded).toBe(true)
    expect(beside.received.hasEnded).toBe(false)
  })
})

describe('a stream is refused', () => {
  test('without an org, by the service’s words', async () => {
    const guest = await createGuest(salesforce)
    const response = await openEvents(salesforce, guest.token, { 'x-org-id': '' })
    expect(await response.json()).toEqual({
      message: 'OrgId is required',
      errorCode: 'BAD_REQUEST',
    })
  })

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
