import { describe, expect, test } from 'vitest'
import { createSalesforce, instant } from '../../sandbox/salesforce/index.js'
import { openEvents, readStream } from './salesforce-events.js'
import { advanceClock, setupSalesforce } from './salesforce-setup.js'
import {
  baseUrl,
  callSalesforce,
  createGuest,
  guestTokenPath,
  guestTokenRequest,
} from './salesforce-visitor.js'

const salesforce = setupSalesforce(createSalesforce({ switches: instant }))

async function control(path: string, body?: unknown) {
  const request = new Request(`${baseUrl}/__sandbox${path}`, {
    method: 'POST',
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return (await salesforce.handleControl(request)).status
}

/** Calls each action once as code, once over HTTP. */
const both = (code: (id: string) => void, path: string, body?: unknown) =>
  [
    ['in code', async (id: string) => code(id)],
    ['over HTTP', async (id: string) => void (await control(`/conversations/${id}${path}`, body))],
  ] as const

async function visit() {
  const guest = await createGuest(salesforce)
  await guest.create()
  return guest
}

describe('an agent', () => {
  test.each(both((id) => salesforce.agentLeaves(id), '/agent-leaves'))(
    'leaves the visitor in the queue, %s',
    async (_how, act) => {
      const guest = await visit()
      await act(guest.conversationId)
      expect((await guest.timeline()).slice(-2)).toEqual(['RoutingResult', 'ParticipantChanged'])
      expect((await guest.status()).body.routingStatus).toBe('TRANSFER')
      await guest.sendText('anybody?')
      expect((await guest.timeline()).at(-1)).toBe('EndUser: anybody?')
    },
  )

  test.each(both((id) => salesforce.transfer(id), '/transfers', { displayName: 'Lee' }))(
    'transfers to another, %s',
    async (_how, act) => {
      const guest = await visit()
      await act(guest.conversationId)
      expect((await guest.timeline()).at(-1)).toMatch(/^Agent: Hello, this is Lee/)
    },
  )

  test.each(both((id) => salesforce.burst(id, 8), '/bursts', { count: 8 }))(
    'says many things at once, %s',
    async (_how, act) => {
      const guest = await visit()
      await act(guest.conversationId)
      advanceClock(10)
      expect((await guest.timeline()).at(-1)).toBe('Chatbot: Message 8 of 8')
    },
  )

  test.each(both((id) => salesforce.agentTypes(id, 'Stopped'), '/typing', { state: 'Stopped' }))(
    'types on the stream alone, %s',
    async (_how, act) => {
      const guest = await visit()
      const before = await guest.timeline()
      const stream = readStream(await openEvents(salesforce, guest.token))
      await stream.settle()
      await act(guest.conversationId)
      await stream.settle()
      await stream.close()
      expect(stream.events().map(({ event }) => event)).toEqual([
        'CONVERSATION_TYPING_STOPPED_INDICATOR',
      ])
      expect(await guest.timeline()).toEqual(before)
    },
  )
})

describe('what only streams tell', () => {
  const pieces = ['We are ', 'open.']
  test.each([
    ['progress', { text: 'Looking' }, ['CONVERSATION_PROGRESS_INDICATOR']],
    ['queue-positions', { position: 2 }, ['CONVERSATION_QUEUE_POSITION']],
    [
      'streamed-texts',
      { pieces, isValid: true },
      [...Array(3).fill('CONVERSATION_STREAMING_TOKEN'), 'CONVERSATION_MESSAGE'],
    ],
  ])('is called over HTTP by %s', async (path, body, expected) => {
    const capabilitiesVersion = '66'
    const guest = await createGuest(salesforce, { ...guestTokenRequest, capabilitiesVersion })
    await guest.create()
    const stream = readStream(await openEvents(salesforce, guest.token))
    await stream.settle()
    const status = await control(`/conversations/${guest.conversationId}/${path}`, body)
    await stream.settle()
    await stream.close()
    expect([200, 204]).toContain(status)
    expect(stream.events().map(({ event }) => event)).toEqual(expected)
  })
})

describe('a supervisor and a removal', () => {
  test('happen over HTTP', async () => {
    const guest = await visit()
    const where = `/conversations/${guest.conversationId}`
    expect(await control(`${where}/supervisor-visits`)).toBe(204)
    expect((await guest.status()).body.routingStatus).toBe('ROUTED')
    expect(await control(`${where}/removals`)).toBe(204)
    expect((await guest.status()).body.routingStatus).toBe('NEEDS_ROUTING')
  })
})

describe('an outage', () => {
  test.each([
    ['in code', async () => salesforce.outage(5_000)],
    ['over HTTP', async () => void (await control('/outages', { forMs: 5_000 }))],
  ])('lasts for its time and then is over, %s', async (_how, begin) => {
    await begin()
    const take = async () =>
      (await callSalesforce(salesforce, 'POST', guestTokenPath, { body: guestTokenRequest })).status
    expect([await take(), await take()]).toEqual([503, 503])
    advanceClock(5_000)
    expect(await take()).toBe(200)
  })
})

describe('the expiry of tokens', () => {
  test('can be brought about for one subject, or for all', async () => {
    const first = await visit()
    const second = await visit()
    salesforce.expireTokens(first.subject)
    expect(await first.status()).toMatchObject({ status: 401, body: 'Jwt is expired' })
    expect((await second.status()).status).toBe(200)
    expect(await control('/token-expiry')).toBe(204)
    expect((await second.status()).status).toBe(401)
    expect((await (await visit()).status()).status).toBe(200)
  })
})
