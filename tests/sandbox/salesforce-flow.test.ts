import { randomUUID } from 'node:crypto'
import { decodeJwt } from 'jose'
import { setupServer } from 'msw/node'
import { describe, expect, test } from 'vitest'
import { createSalesforce, instant } from '../../sandbox/salesforce/index.js'
import { violations } from '../../sandbox/salesforce/openapi.js'
import { advanceClock, noon, setupSalesforce } from './salesforce-setup.js'
import {
  api,
  baseUrl,
  createGuest,
  guestTokenPath,
  guestTokenRequest,
} from './salesforce-visitor.js'

const salesforce = setupSalesforce(createSalesforce({ switches: instant }), violations)
const greeting = 'Chatbot: Hello, I am the Harbor Assistant. How can I help you?'

describe('the smallest working flow', () => {
  test('works over fetch with the msw handlers', async () => {
    const server = setupServer(...salesforce.handlers(baseUrl))
    server.listen({ onUnhandledRequest: 'error' })
    const post = (path: string, body: unknown, headers = {}) =>
      fetch(`${baseUrl}${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      })
    const answer = await post(guestTokenPath, guestTokenRequest)
    const { accessToken } = JSON.parse(await answer.text())
    const authorization = `Bearer ${accessToken}`
    const conversationId = randomUUID()
    const esDeveloperName = guestTokenRequest.esDeveloperName
    const created = await post(
      `${api}/conversation`,
      { conversationId, esDeveloperName },
      { authorization },
    )
    expect(created.status).toBe(201)
    salesforce.fail({ operation: 'listConversationEntries', what: 'drop' })
    salesforce.fail({ operation: 'listConversationEntries', what: 'hang' })
    const list = () =>
      fetch(`${baseUrl}${api}/conversation/${conversationId}/entries`, {
        headers: { authorization },
        signal: AbortSignal.timeout(200),
      })
    await expect(list()).rejects.toThrow(TypeError)
    await expect(list()).rejects.toThrow('timeout')
    expect((await list()).status).toBe(200)
    server.close()
  })

  test('goes from token to close', async () => {
    const guest = await createGuest(salesforce)
    expect((await guest.create({ language: 'en_US', routingAttributes: {} })).status).toBe(201)
    const id = randomUUID()
    const sent = await guest.sendText('hello', id)
    expect(sent.status).toBe(202)
    expect(sent.body).toEqual({
      conversationEntries: [{ id, clientTimestamp: noon }],
    })
    expect((await guest.list())[1]).toMatchObject({
      entryType: 'Message',
      identifier: id,
      senderDisplayName: 'Guest',
      sender: { role: 'EndUser', subject: guest.subject },
    })
    expect((await guest.close()).status).toBe(204)
    expect((await guest.sendText('anybody?')).status).toBe(403)
    expect((await guest.status()).status).toBe(200)
    expect((await guest.list()).length).toBeGreaterThan(0)
  })

  test('gives a token that names the guest and the org', async () => {
    const guest = await createGuest(salesforce)
    const seconds = noon / 1000
    expect(decodeJwt(guest.token)).toMatchObject({
      sub: guest.subject,
      iss: 'iamessage',
      apiVersion: 'v2',
      orgId: '00DZZ0000000AbC',
      iat: seconds,
      exp: seconds + 6 * 60 * 60,
    })
    expect(guest.subject).toMatch(/^v2\/iamessage\/UNAUTH\/NA\/uid:[0-9a-f-]{36}$/)
  })

  test('takes typing and receipts, and lists neither', async () => {
    const guest = await createGuest(salesforce)
    await guest.create()
    const before = await guest.list()
    const where = `/conversation/${guest.conversationId}`
    const typing = { entryType: 'TypingStartedIndicator', id: randomUUID() }
    const ack = { id: randomUUID(), entryType: 'Read', conversationEntryId: before[0]?.identifier }
    expect((await guest.call('POST', `${where}/entry`, { body: typing })).status).toBe(200)
    const acknowledged = await guest.call('POST', `${where}/acknowledge-entries`, {
      body: { acks: [ack] },
    })
    expect(acknowledged.status).toBe(200)
    expect(await guest.list()).toEqual(before)
  })

  test('stores and echoes choices and forms', async () => {
    const guest = await createGuest(salesforce)
    await guest.create()
    const inReplyToMessageId = randomUUID()
    const { esDeveloperName } = guestTokenRequest
    const choice = {
      id: randomUUID(),
      messageType: 'ChoicesResponseMessage',
      inReplyToMessageId,
      choicesResponse: {
        formatType: 'Selections',
        selectedOptions: [
          { optionIdentifier: 'b1', optionTitle: { itemType: 'TitleItem', title: 'Busan' } },
        ],
      },
    }
    const value = { valueType: 'TextValue', textValue: 'HRBU1234567' }
    const form = {
      id: randomUUID(),
      messageType: 'FormResponseMessage',
      inReplyToMessageId,
      formResponse: {
        formatType: 'Inputs',
        inputValues: [{ inputValueType: 'SingleInputValue', inputId: 'in-1', value }],
      },
    }
    for (const message of [choice, form]) {
      const where = `/conversation/${guest.conversationId}/message`
      const answer = await guest.call('POST', where, { body: { message, esDeveloperName } })
      expect(answer.status).toBe(202)
    }
    const listed = await guest.list()
    expect(listed.find(({ identifier }) => identifier === choice.id)?.entryPayload).toMatchObject({
      abstractMessage: { ...choice, references: null },
    })
    expect(listed.find(({ identifier }) => identifier === form.id)?.entryPayload).toMatchObject({
      abstractMessage: form,
    })
  })
})

describe('the scripted bot', () => {
  test('is routed, joins and greets as the reference tells', async () => {
    salesforce.switches.botDelayMs = 600
    const guest = await createGuest(salesforce)
    await guest.create()
    expect(await guest.timeline()).toEqual(['RoutingResult', 'RoutingWorkResult'])
    expect((await guest.status()).body).toMatchObject({ routingStatus: 'INITIAL' })
    advanceClock(600)
    expect(await guest.timeline()).toEqual([
      'RoutingResult',
      'RoutingWorkResult',
      'SessionStatusChanged',
      'ParticipantChanged',
      greeting,
    ])
    const payloads = (await guest.list({ direction: 'FromStart' })).map((it) => it.entryPayload)
    expect(payloads).toMatchObject([
      { routingType: 'Initial', failureType: 'None' },
      { workType: 'Assigned' },
      { sessionStatusPrev: 'Waiting', sessionStatus: 'Active' },
      { entries: [{ operation: 'add', participant: { role: 'Chatbot' } }] },
      { abstractMessage: { messageType: 'StaticContentMessage' } },
    ])
    expect((await guest.status()).body).toMatchObject({ routingStatus: 'ROUTED' })
  })

  test('answers every text after its delay', async () => {
    salesforce.switches.botDelayMs = 600
    const guest = await createGuest(salesforce)
    await guest.create()
    advanceClock(1_000)
    await guest.sendText('my ship is late')
    advanceClock(599)
    expect((await guest.timeline()).at(-1)).toBe('EndUser: my ship is late')
    advanceClock(1)
    expect((await guest.timeline()).at(-1)).toMatch(/^Chatbot: You said “my ship is late”/)
  })

  test('tells its words when asked for help', async () => {
    const guest = await createGuest(salesforce)
    await guest.create()
    await guest.sendText('Help')
    expect((await guest.timeline()).at(-1)).toMatch(
      /^Chatbot: I know: bye, end, .*help, burst, .*markdown, envelope, unknown\.$/,
    )
  })

  test('bursts into twenty messages, some in the same millisecond', async () => {
    const guest = await createGuest(salesforce)
    await guest.create()
    await guest.sendText('burst')
    advanceClock(10)
    const burst = (await guest.list({ limit: '20' })).reverse()
    expect(burst.at(0)?.entryPayload.abstractMessage?.staticContent?.text).toBe('Message 1 of 20')
    expect(burst).toHaveLength(20)
    expect(new Set(burst.map(({ transcriptedTimestamp }) => transcriptedTimestamp)).size).toBe(5)
  })

  test('takes five seconds for the word “slow”', async () => {
    const guest = await createGuest(salesforce)
    await guest.create()
    await guest.sendText('slow')
    advanceClock(4_999)
    expect((await guest.timeline()).at(-1)).toBe('EndUser: slow')
    advanceClock(1)
    expect((await guest.timeline()).at(-1)).toBe('Chatbot: That took me five seconds.')
  })

  test('says nothing more once the conversation is closed', async () => {
    const guest = await createGuest(salesforce)
    await guest.create()
    await guest.sendText('slow')
    await guest.close()
    advanceClock(10_000)
    expect((await guest.timeline()).slice(-4)).toEqual([
      'EndUser: slow',
      'ParticipantChanged',
      'SessionStatusChanged',
      'CloseConversation',
    ])
  })

  test('hands over to Dana, who then answers in its place', async () => {
    const guest = await createGuest(salesforce)
    await guest.create()
    await guest.sendText('agent')
    await guest.sendText('thank you')
    const entries = (await guest.list({ direction: 'FromStart' })).slice(6)
    expect(entries.map(({ entryPayload }) => entryPayload)).toMatchObject([
      { entryType: 'RoutingResult', routingType: 'Transfer' },
      { entries: [{ operation: 'remove', participant: { role: 'Chatbot' } }] },
      { workType: 'Assigned' },
      { workType: 'Accepted' },
      { entries: [{ operation: 'add', participant: { role: 'Agent' }, displayName: 'Dana' }] },
      { entryType: 'Message' },
      { entryType: 'Message' },
      { entryType: 'Message' },
    ])
    expect((await guest.timeline()).slice(-2)).toEqual([
      'EndUser: thank you',
      'Agent: You said “thank you”. Is there more I can do?',
    ])
    expect((await guest.status()).body).toMatchObject({ routingStatus: 'ROUTED' })
  })

  test.each(['bye', 'end'])(
    'leaves at “%s”, and the next message opens a new session',
    async (word) => {
      const guest = await createGuest(salesforce)
      await guest.create()
      await guest.sendText(word)
      const [ended, left] = (await guest.list()).map(({ entryPayload }) => entryPayload)
      expect(left).toMatchObject({ entries: [{ operation: 'remove' }] })
      expect(ended).toMatchObject({ sessionStatus: 'Ended', sessionEndedByRole: 'Chatbot' })
      expect((await guest.status()).body).toMatchObject({ routingStatus: 'NEEDS_ROUTING' })
      expect((await guest.sendText('wait')).status).toBe(202)
      expect((await guest.timeline()).slice(-7)).toEqual([
        'EndUser: wait',
        'RoutingResult',
        'RoutingWorkResult',
        'SessionStatusChanged',
        'ParticipantChanged',
        greeting,
        expect.stringMatching(/^Chatbot: You said “wait”/),
      ])
      const [, again] = await guest.list({ entryTypeFilter: 'SessionStatusChanged' })
      expect(again?.entryPayload.sessionId).toBe(ended?.sessionId)
      expect((await guest.status()).body).toMatchObject({ routingStatus: 'ROUTED' })
    },
  )
})
