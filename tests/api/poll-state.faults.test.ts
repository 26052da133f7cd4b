import { randomUUID } from 'node:crypto'
import { HttpResponse, http } from 'msw'
import { describe, expect, it } from 'vitest'
import { entriesResponse } from '../../lib/salesforce/enhanced-chat/schemas.js'
import { startConversation, textsOf } from '../support/conversation.js'
import { salesforceUrl, setupGateway } from '../support/gateway.js'
import { expectNoSalesforceCalls, expectProblem, noLimits, shiftClock } from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'

const gateway = setupGateway({ env: noLimits })
simulateEachTest()

type Visitor = Awaited<ReturnType<typeof startConversation>>

/** Polls from the newest page on and returns a function that polls again. */
async function watch(visitor: Visitor) {
  let { cursor } = (await visitor.poll()).body
  return async () => {
    const { status, body } = await visitor.poll({ cursor })
    expect(status).toBe(200)
    cursor = body.cursor
    const fresh = (await visitor.poll({ limit: '100' })).body
    expect(fresh.conversation, 'a new reader sees the same').toEqual(body.conversation)
    return body
  }
}

function routing(fields: object) {
  return {
    payload: { entryType: 'RoutingResult', failureType: 'None', errorMessages: [], ...fields },
  }
}

describe('the participants in a poll', () => {
  it('change from the queue to the bot to an agent', async () => {
    gateway.salesforce.switches.botDelayMs = 2000
    const visitor = await startConversation()
    const pollNext = await watch(visitor)
    expect((await pollNext()).conversation).toMatchObject({ handledBy: 'queue', participants: [] })
    shiftClock(2100)
    const bot = { role: 'Chatbot', displayName: 'Harbor Assistant' }
    expect((await pollNext()).conversation).toMatchObject({ handledBy: 'bot', participants: [bot] })
    gateway.salesforce.switches.botDelayMs = 0
    await visitor.send('agent')
    const dana = { role: 'Agent', displayName: 'Dana' }
    expect((await pollNext()).conversation).toMatchObject({
      handledBy: 'agent',
      participants: [dana],
    })
  })

  it('are the queue with the estimated wait while Salesforce looks for an agent', async () => {
    const visitor = await startConversation()
    const pollNext = await watch(visitor)
    const leaves = {
      operation: 'remove',
      displayName: 'Harbor Assistant',
      participant: { role: 'Chatbot', appType: 'chatbot', subject: '0XxZZ0000000001' },
    }
    const estimatedWaitTime = { estimatedWaitTimeInSeconds: 120, isEWTRequested: true }
    gateway.salesforce.inject(visitor.conversationId, [
      routing({ routingType: 'Transfer', estimatedWaitTime }),
      { payload: { entryType: 'ParticipantChanged', entries: [leaves] } },
    ])
    expect((await pollNext()).conversation).toMatchObject({
      handledBy: 'queue',
      participants: [],
      estimatedWaitSeconds: 120,
    })
    gateway.salesforce.agentJoins(visitor.conversationId)
    expect((await pollNext()).conversation).toMatchObject({
      handledBy: 'agent',
      estimatedWaitSeconds: null,
    })
  })

  it('are none when no agent is available', async () => {
    const visitor = await startConversation()
    const pollNext = await watch(visitor)
    gateway.salesforce.endSession(visitor.conversationId, 'Chatbot')
    gateway.salesforce.inject(visitor.conversationId, [
      routing({ routingType: 'Transfer', failureType: 'RoutingError', failureReason: 'No_Agent' }),
    ])
    const { messages, conversation } = await pollNext()
    expect(conversation).toMatchObject({ status: 'open', handledBy: 'none' })
    expect(messages.at(-1)).toMatchObject({
      messageType: 'RoutingResult',
      routing: { type: 'Transfer', failure: 'No_Agent' },
    })
  })

  it.each(['Agent', 'System', 'Chatbot'])(
    'are none in an open conversation when the %s ended the session',
    async (role) => {
      const visitor = await startConversation()
      const pollNext = await watch(visitor)
      gateway.salesforce.endSession(visitor.conversationId, role)
      const { conversation, pollAfterMs, messages } = await pollNext()
      expect(conversation).toMatchObject({
        status: 'open',
        handledBy: 'none',
        participants: [],
        endedBy: role === 'Agent' ? 'Agent' : 'System',
      })
      expect(pollAfterMs).toBeGreaterThan(0)
      expect(messages.at(-1)).toMatchObject({
        messageType: 'SessionStatusChanged',
        session: { status: 'Ended', previous: 'Active', endedBy: conversation.endedBy },
      })
      await visitor.send('Wait, one more thing')
      expect((await pollNext()).conversation).toMatchObject({ handledBy: 'bot', endedBy: null })
    },
  )
})

describe('poll of an ended conversation', () => {
  it('returns the end, one more pollAfterMs and then null', async () => {
    const visitor = await startConversation()
    const { cursor } = (await visitor.poll()).body
    await visitor.send('Bye then')
    await visitor.end()
    const firstPage = (await visitor.poll({ cursor })).body
    expect(textsOf(firstPage)).toContain('Bye then')
    expect(firstPage.conversation).toMatchObject({
      status: 'ended',
      handledBy: 'none',
      participants: [],
      endedBy: 'EndUser',
    })
    expect(firstPage.pollAfterMs).not.toBeNull()
    shiftClock(2500)
    const last = (await visitor.poll({ cursor: firstPage.cursor })).body
    expect(last).toMatchObject({ messages: [], hasMore: false, pollAfterMs: null })
    expect((await visitor.poll()).body.conversation.status).toBe('ended')
  })

  it('returns the remaining pages before it stops', async () => {
    const visitor = await startConversation()
    const { cursor } = (await visitor.poll()).body
    for (const text of ['1', '2', '3']) await visitor.send(text)
    await visitor.end()
    shiftClock(5000)
    const page = (await visitor.poll({ cursor, limit: '2' })).body
    expect(page).toMatchObject({ hasMore: true, pollAfterMs: 0 })
  })

  it('returns the end that a close entry of Salesforce reports', async () => {
    const visitor = await startConversation()
    const pollNext = await watch(visitor)
    const { conversationId } = visitor
    gateway.salesforce.inject(conversationId, [
      { payload: { entryType: 'CloseConversation', conversationIdentifier: conversationId } },
    ])
    const firstPage = await pollNext()
    expect(firstPage.conversation).toMatchObject({ status: 'ended', handledBy: 'none' })
    expect(firstPage.pollAfterMs, 'what is late may still come').not.toBeNull()
    shiftClock(3500)
    expect((await pollNext()).pollAfterMs).toBeNull()
  })

  it('returns the end that a close entry without any payload reports', async () => {
    const visitor = await startConversation()
    const pollNext = await watch(visitor)
    const close = {
      entryType: 'CloseConversation',
      identifier: randomUUID(),
      transcriptedTimestamp: Date.now(),
    }
    gateway.network.use(
      http.get(`${salesforceUrl}/*/entries`, async ({ request }) => {
        const response = await gateway.salesforce.handle(request)
        const { conversationEntries } = entriesResponse.parse(await response.json())
        return HttpResponse.json({ conversationEntries: [...conversationEntries, close] })
      }),
    )
    expect((await pollNext()).conversation).toMatchObject({ status: 'ended', handledBy: 'none' })
  })

  it('returns every message while the guest token lives and 410 afterwards', async () => {
    gateway.salesforce.switches.guestTokenLifeSeconds = 300
    const visitor = await startConversation()
    const { cursor } = (await visitor.poll()).body
    await visitor.end()
    shiftClock(290_000)
    expect((await visitor.poll({ cursor })).status).toBe(200)
    shiftClock(301_000)
    expectProblem(
      await expectNoSalesforceCalls(gateway, () => visitor.poll({ cursor })),
      410,
      'conversation_lost',
    )
    expectProblem(
      await expectNoSalesforceCalls(gateway, () => visitor.poll()),
      410,
      'conversation_lost',
    )
  })

  it('returns 410, and the conversation stays ended, when Salesforce refuses to list it', async () => {
    const visitor = await startConversation()
    await visitor.end()
    gateway.salesforce.fail({ operation: 'listConversationEntries', what: { status: 403 } })
    expectProblem(await visitor.poll(), 410, 'conversation_lost')
    expectProblem(await visitor.send('Hello?'), 410, 'conversation_ended')
    expect((await visitor.end()).status).toBe(200)
  })
})

describe('poll of entries for staff', () => {
  const staffOnly = [
    { entryType: 'Note', abstractMessage: { messageType: 'StaticContentMessage', id: 'n' } },
    { entryType: 'FlagRaise' },
    { entryType: 'FlagLower' },
    { entryType: 'ConsultConversationInfo', conversationIdentifier: 'x', timestamp: 1 },
    { entryType: 'EndUserConsentUpdated', consentStatus: 'OptIn' },
    { entryType: 'TransferProgress' },
    { entryType: 'SomethingNew', secret: 'for staff' },
    { entryType: 'QueuePosition', position: 3 },
  ]
  it('returns no notes, flags, consults or unknown types', async () => {
    const visitor = await startConversation()
    const { cursor } = (await visitor.poll()).body
    gateway.salesforce.inject(
      visitor.conversationId,
      staffOnly.map((payload) => ({ payload })),
    )
    const { body } = await visitor.poll({ cursor })
    expect(body.messages).toEqual([])
    expect(body.conversation).toMatchObject({ handledBy: 'bot', status: 'open' })
  })
})

describe('poll with wait', () => {
  it('reads Salesforce at the pace of the conversation, and returns when a message is there', async () => {
    const visitor = await startConversation()
    const { cursor } = (await visitor.poll()).body
    gateway.salesforce.inject(visitor.conversationId, [{ text: 'Here I am', visibleAfterMs: 300 }])
    const calls = gateway.salesforceCalls().length
    const startedAt = Date.now()
    const { body } = await visitor.poll({ cursor, wait: '20' })
    const took = Date.now() - startedAt
    expect(textsOf(body)).toEqual(['Here I am'])
    expect(took).toBeGreaterThan(2900)
    expect(took).toBeLessThan(4000)
    expect(gateway.salesforceCalls().length - calls).toBe(2)
  })

  it('returns in time when no message arrives and makes one Redis request', async () => {
    const visitor = await startConversation()
    const { cursor } = (await visitor.poll()).body
    const calls = gateway.salesforceCalls().length
    const { requests } = gateway.redis.counts
    const startedAt = Date.now()
    const { status, body } = await visitor.poll({ cursor, wait: '1' })
    const took = Date.now() - startedAt
    expect([status, body.messages]).toEqual([200, []])
    expect(took).toBeGreaterThan(950)
    expect(took).toBeLessThan(1500)
    expect(gateway.salesforceCalls().length - calls).toBe(1)
    expect(gateway.redis.counts.requests - requests).toBe(1)
  })

  it('returns at once when a message is there or none can come', async () => {
    const visitor = await startConversation()
    const { cursor } = (await visitor.poll()).body
    await visitor.send('Hello')
    const asked = Date.now()
    const page = (await visitor.poll({ cursor, wait: '2' })).body
    expect(page.messages.length).toBeGreaterThan(0)
    expect(Date.now() - asked).toBeLessThan(900)
    await visitor.end()
    shiftClock(10_000)
    const askedAgain = Date.now()
    const last = (await visitor.poll({ cursor: page.cursor })).body
    const after = (await visitor.poll({ cursor: last.cursor, wait: '2' })).body
    expect(after.pollAfterMs).toBeNull()
    expect(Date.now() - askedAgain).toBeLessThan(900)
  })
})
