import { describe, expect, test } from 'vitest'
import { createSalesforce, instant, preChat } from '../../sandbox/salesforce/index.js'
import { violations } from '../../sandbox/salesforce/openapi.js'
import { noon, stopClockAtNoon } from './salesforce-setup.js'
import { baseUrl, callSalesforce, createGuest, textOf } from './salesforce-visitor.js'

const query = { orgId: '00DZZ0000000AbC', esConfigName: 'Harbor_Custom_Client' }

stopClockAtNoon()

describe('the public configuration', () => {
  test('tells the pre-chat form with every field type, a hidden field and a choice list', async () => {
    const salesforce = createSalesforce({ ...preChat('Session') })
    const path = '/embeddedservice/v1/embedded-service-config'
    const { body } = await callSalesforce(salesforce, 'GET', path, { query })
    const { forms, choiceListConfig } = body.embeddedServiceConfig
    const fields: { type: string; isHidden: boolean }[] = forms[0].formFields
    expect(new Set(fields.map(({ type }) => type))).toEqual(
      new Set(['Text', 'Email', 'Number', 'Phone', 'Checkbox', 'ChoiceList']),
    )
    expect(fields.some(({ isHidden }) => isHidden)).toBe(true)
    expect(choiceListConfig.choiceList[0].choiceListValues).toHaveLength(3)
    await createGuest(salesforce)
    expect(salesforce.exchanges.flatMap(violations)).toEqual([])
  })

  test.each([
    ['another deployment', 404, { ...query, esConfigName: 'Other' }],
    ['another org', 400, { ...query, orgId: '00DZZ0000000AbD' }],
  ])('is refused for %s', async (_why, status, wrong) => {
    const salesforce = createSalesforce()
    const path = '/embeddedservice/v1/businesshours'
    expect((await callSalesforce(salesforce, 'GET', path, { query: wrong })).status).toBe(status)
  })
})

describe('business hours', () => {
  const hoursOf = async (salesforce: ReturnType<typeof createSalesforce>) => {
    const path = '/embeddedservice/v1/businesshours'
    const { body } = await callSalesforce(salesforce, 'GET', path, { query })
    expect(salesforce.exchanges.flatMap(violations)).toEqual([])
    return body.businessHoursInfo.businessHours
  }

  test('are always, unless said otherwise', async () => {
    const salesforce = createSalesforce()
    const [now] = await hoursOf(salesforce)
    expect(now.startTime).toBeLessThan(noon)
    expect(now.endTime).toBeGreaterThan(noon)
    salesforce.switches.businessHours = []
    expect(await hoursOf(salesforce)).toEqual([])
  })

  test('are the intervals of the org', async () => {
    const businessHours = [{ startTime: noon - 1, endTime: noon + 1 }]
    expect(await hoursOf(createSalesforce({ businessHours }))).toEqual(businessHours)
  })
})

describe('a transcript', () => {
  const read = async (transcripts: { allowTranscriptDownload: boolean }) => {
    const salesforce = createSalesforce({ switches: instant, ...transcripts })
    const guest = await createGuest(salesforce)
    await guest.create()
    const numbers = Array.from({ length: 205 }, (_, index) => ({ text: `line (${index})` }))
    salesforce.inject(guest.conversationId, numbers)
    const where = `/conversation/${guest.conversationId}/transcript`
    const request = { query: { esDeveloperName: 'Harbor_Custom_Client' } }
    const answer = await guest.call('GET', where, request)
    const bare = await guest.call('GET', where)
    return { answer, bare, exchanges: salesforce.exchanges }
  }

  test('is a PDF of the last 200 entries', async () => {
    const { answer, bare, exchanges } = await read({ allowTranscriptDownload: true })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/pdf')
    expect(answer.body).toMatch(/^%PDF-1\.4\n[\s\S]+%%EOF\n$/)
    expect(answer.body.match(/ Tj T\*/g)).toHaveLength(200)
    expect(answer.body).toContain('2026-11-24 12:00:00 Dana: line \\(204\\)')
    expect(answer.body).not.toContain('line \\(4\\)')
    const table = Number(/startxref\n(\d+)/.exec(answer.body)?.[1])
    expect(answer.body.slice(table, table + 4)).toBe('xref')
    expect(bare.status).toBe(400)
    expect(exchanges.slice(0, -1).flatMap(violations)).toEqual([])
  })

  test('is refused where downloads are off', async () => {
    const { answer } = await read({ allowTranscriptDownload: false })
    expect(answer.status).toBe(403)
  })
})

describe('CORS', () => {
  const salesforce = createSalesforce({ allowedOrigins: ['https://shop.example'] })
  const preflight = (origin: string) =>
    salesforce.handle(
      new Request(`${baseUrl}/eventrouter/v1/sse`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'GET',
          'access-control-request-headers': 'authorization,cache-control,last-event-id,x-org-id',
        },
      }),
    )

  test('lets a page of an allowed origin do all that the sample client does', async () => {
    const { status, headers } = await preflight('https://shop.example')
    expect(status).toBe(204)
    expect(headers.get('access-control-allow-origin')).toBe('https://shop.example')
    expect(headers.get('access-control-allow-methods')).toContain('DELETE')
    const allowed = headers.get('access-control-allow-headers')?.split(', ')
    expect(allowed).toEqual([
      'authorization',
      'content-type',
      'cache-control',
      'last-event-id',
      'x-org-id',
    ])
    const request = new Request(`${baseUrl}/nothing`, {
      headers: { origin: 'https://shop.example' },
    })
    const answer = await salesforce.handle(request)
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://shop.example')
  })

  test('lets no other page, and preflights are not heard as calls', async () => {
    const exchangesBefore = salesforce.exchanges.length
    const { headers } = await preflight('https://else.example')
    expect(headers.has('access-control-allow-origin')).toBe(false)
    expect(salesforce.exchanges).toHaveLength(exchangesBefore)
  })
})

describe('a new messaging session', () => {
  const send = async (change: object) => {
    const salesforce = createSalesforce({ switches: instant, ...preChat('Session') })
    const guest = await createGuest(salesforce)
    await guest.create()
    const where = `/conversation/${guest.conversationId}/message`
    const before = salesforce.conversation(guest.conversationId).session.id
    await guest.endSession()
    const body = { ...textOf('hello again'), ...change }
    const { status } = await guest.call('POST', where, { body })
    const { session, routingAttributes } = salesforce.conversation(guest.conversationId)
    return { status, before, after: session.id, routingAttributes, timeline: guest.timeline }
  }

  test('needs the flag and the answers of the form', async () => {
    expect((await send({})).status).toBe(417)
    expect((await send({ isNewMessagingSession: true })).status).toBe(417)
    const routingAttributes = { _firstName: 'Mina' }
    const opened = await send({ isNewMessagingSession: true, routingAttributes })
    expect(opened.status).toBe(202)
    expect(opened.routingAttributes).toEqual(routingAttributes)
    expect(opened.after).toMatch(/^0Mw/)
    expect(opened.after).not.toBe(opened.before)
    expect((await opened.timeline()).filter((line) => line.includes('I am the'))).toHaveLength(2)
  })

  test('is not begun by the flag on the first message, whose attributes count', async () => {
    const salesforce = createSalesforce({ switches: instant })
    const guest = await createGuest(salesforce)
    await guest.create()
    const before = salesforce.conversation(guest.conversationId).session.id
    const routingAttributes = { _firstName: 'Mina' }
    const body = { ...textOf('hello'), isNewMessagingSession: true, routingAttributes }
    await guest.call('POST', `/conversation/${guest.conversationId}/message`, { body })
    const conversation = salesforce.conversation(guest.conversationId)
    expect(conversation.session.id).toBe(before)
    expect(conversation.routingAttributes).toEqual(routingAttributes)
    expect((await guest.timeline()).slice(-2)).toEqual([
      'EndUser: hello',
      'Chatbot: You said “hello”. Is there more I can do?',
    ])
  })

  test('is refused with 403 to a message that does not ask for one, where switched so', async () => {
    const salesforce = createSalesforce({ switches: instant })
    const guest = await createGuest(salesforce)
    await guest.create()
    salesforce.endSession(guest.conversationId, 'Agent')
    salesforce.switches.messageWithoutSession = 'refused'
    expect(await guest.sendText('still there?')).toMatchObject({
      status: 403,
      body: { message: expect.any(String), errorCode: 'FORBIDDEN' },
    })
    const body = { ...textOf('still there?'), isNewMessagingSession: true, routingAttributes: {} }
    const where = `/conversation/${guest.conversationId}/message`
    expect((await guest.call('POST', where, { body })).status).toBe(202)
  })

  test('replaces one that still runs', async () => {
    const salesforce = createSalesforce({ switches: instant })
    const guest = await createGuest(salesforce)
    await guest.create()
    await guest.sendText('hello')
    const before = salesforce.conversation(guest.conversationId).session.id
    const body = { ...textOf('start over'), isNewMessagingSession: true, routingAttributes: {} }
    await guest.call('POST', `/conversation/${guest.conversationId}/message`, { body })
    expect(salesforce.conversation(guest.conversationId).session.id).not.toBe(before)
    const statuses = await guest.list({ entryTypeFilter: 'SessionStatusChanged' })
    expect(statuses.map(({ entryPayload }) => entryPayload.sessionStatus)).toEqual([
      'Active',
      'Ended',
      'Active',
    ])
  })
})

test('closing is listed unless switched off', async () => {
  for (const listsCloseConversation of [true, false]) {
    const salesforce = createSalesforce({ switches: { ...instant, listsCloseConversation } })
    const guest = await createGuest(salesforce)
    await guest.create()
    await guest.close()
    const closings = await guest.list({ entryTypeFilter: 'CloseConversation' })
    expect(closings).toHaveLength(listsCloseConversation ? 1 : 0)
  }
})
