/** Tests polls with events whose streams ring in vain or replay everything, in simulated time. */
import { expect, it } from 'vitest'
import { startConversation, textsOf } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { noSalesforceLimits } from '../support/sending.js'
import { simulate } from '../support/simulated-time.js'

const gateway = setupGateway({
  env: { SALESFORCE_EVENTS: 'wait', REQUEST_DEADLINE_MS: '8000' },
  salesforce: { switches: { limits: noSalesforceLimits } },
})

/** Rings without news: supervisors are not shown. */
const unseen = {
  payload: {
    entryType: 'ParticipantChanged',
    entries: [
      {
        operation: 'add',
        displayName: 'Chris',
        participant: { role: 'Supervisor', appType: 'agent', subject: '005ZZ0000000009' },
      },
    ],
  },
}

it('rings that bring nothing end no wait: those of a second are one look, and one more follows', async () => {
  const { poll, conversationId } = await startConversation()
  const look = 'listConversationEntries 200'
  const { answer, calls } = await simulate(async (time) => {
    const { cursor } = (await poll()).body
    const before = gateway.salesforceCalls().length
    const waiting = time.during(() => poll({ cursor, wait: '8' }))
    for (const afterMs of [2000, 200, 200, 200]) {
      await time.sleep(afterMs)
      gateway.salesforce.inject(conversationId, [unseen])
    }
    return { answer: await waiting, calls: gateway.salesforceCalls().slice(before) }
  })
  expect([answer.status, answer.body.messages]).toEqual([200, []])
  // The look after the opening, that of the first ring, that of the others, and one more.
  expect(calls).toEqual(['serverSentEvents 200', look, look, look, look])
})

it('what a stream replays of earlier typing, progress, queue and texts is no activity', async () => {
  const { salesforce } = gateway
  salesforce.switches.stream.replay = 'everything'
  const { poll, conversationId } = await startConversation()
  const streamingToken = {
    targetMessageIdentifier: 'm1',
    sequenceNumber: 1,
    token: { formatType: 'Text', text: 'We ' },
  }
  const { told, replayed } = await simulate(async (time) => {
    const { cursor } = (await poll()).body
    const wait = (from: string) => time.during(() => poll({ cursor: from, wait: '6' }))
    const telling = wait(cursor)
    await time.sleep(200)
    salesforce.agentTypes(conversationId)
    salesforce.progress(conversationId, 'Looking up your order')
    salesforce.queuePosition(conversationId, 3)
    salesforce.inject(conversationId, [
      { payload: { entryType: 'StreamingToken', streamingToken }, from: 'Chatbot' },
    ])
    const told = (await telling).body
    salesforce.inject(conversationId, [{ text: 'That is all.', from: 'Chatbot' }])
    const next = (await wait(told.cursor)).body
    return { told, replayed: (await wait(next.cursor)).body }
  })
  expect(told.activity).toMatchObject({
    typing: [{ role: 'Chatbot' }],
    progress: 'Looking up your order',
    queuePosition: 3,
    partial: { text: 'We ' },
  })
  const nothing = { typing: [], progress: null, queuePosition: null, partial: null }
  expect([replayed.messages, replayed.activity]).toEqual([[], nothing])
})

it.each([
  [4000, 0],
  [1000, 1000],
])(
  'a poll that comes %d ms after the last one looks %d ms after its stream opened',
  async (pauseMs, lookAfterMs) => {
    const { poll, conversationId } = await startConversation()
    const { texts, ms } = await simulate(async (time) => {
      const { cursor } = (await poll()).body
      gateway.salesforce.inject(conversationId, [{ text: 'Listed, and rung for nobody' }])
      await time.sleep(pauseMs)
      const beganAt = Date.now()
      const { body } = await time.during(() => poll({ cursor, wait: '6' }))
      return { texts: textsOf(body), ms: Date.now() - beganAt }
    })
    expect(texts).toEqual(['Listed, and rung for nobody'])
    expect(ms).toBeGreaterThanOrEqual(lookAfterMs)
    expect(ms).toBeLessThan(lookAfterMs + 500)
  },
)

it('what a message in the page has made obsolete is no activity', async () => {
  const { salesforce } = gateway
  const { poll, conversationId } = await startConversation()
  const token = (targetMessageIdentifier: string) => ({
    payload: {
      entryType: 'StreamingToken',
      streamingToken: { targetMessageIdentifier, sequenceNumber: 1, token: { text: 'We ' } },
    },
    from: 'Chatbot' as const,
  })
  const { body } = await simulate(async (time) => {
    const { cursor } = (await poll()).body
    const waiting = time.during(() => poll({ cursor, wait: '6' }))
    await time.sleep(200)
    salesforce.agentTypes(conversationId)
    salesforce.progress(conversationId, 'Looking up your order')
    salesforce.inject(conversationId, [{ text: 'We open at nine.', from: 'Chatbot' }])
    const { entry } = salesforce.conversation(conversationId).entryLog.at(-1) ?? {}
    salesforce.inject(conversationId, [token(String(entry?.identifier))])
    return await waiting
  })
  expect(textsOf(body)).toEqual(['We open at nine.'])
  expect(body.activity).toMatchObject({ typing: [], progress: null, partial: null })
})

it('a poll after one with more to come looks at once, though it continues to listen', async () => {
  const { poll, conversationId } = await startConversation()
  await simulate(async (time) => {
    const { cursor } = (await poll()).body
    const entries = Array.from({ length: 3 }, (_, index) => ({ text: `Number ${index}` }))
    gateway.salesforce.inject(conversationId, entries)
    const ask = async (from: string) => {
      const beganAt = Date.now()
      const { body } = await time.during(() => poll({ cursor: from, limit: '2', wait: '6' }))
      return { ...body, ms: Date.now() - beganAt }
    }
    const first = await ask(cursor)
    expect([textsOf(first), first.hasMore]).toEqual([['Number 0', 'Number 1'], true])
    const second = await ask(first.cursor)
    expect(textsOf(second)).toEqual(['Number 2'])
    expect(second.ms).toBeLessThan(500)
  })
})
