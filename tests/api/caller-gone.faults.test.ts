/** Tests what goes on, and what does not, when the caller hangs up. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import conversations from '../../api/_conversations.js'
import transcript from '../../api/_transcript.js'
import end from '../../api/end.js'
import poll from '../../api/poll.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import upload from '../../api/upload.js'
import { signInAsGuest, startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request, type TestResponse } from '../support/request.js'
import { expectProblem, noLimits, noSalesforceLimits, timesStored } from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'
import { attachments, createFile, createForm, filesSentToSalesforce } from '../support/uploads.js'

const gateway = setupGateway({
  env: { ...noLimits, REQUEST_DEADLINE_MS: '8000', REDIS_TIMEOUT_MS: '5000' },
  salesforce: {
    attachments,
    allowTranscriptDownload: true,
    switches: { limits: noSalesforceLimits },
  },
})
simulateEachTest()

/** Milliseconds until the caller hangs up, and in which nothing may follow. */
const hangUpMs = 700
const quietMs = 2000

const calls = () => ({
  salesforce: gateway.salesforceCalls().length,
  redis: gateway.redis.counts.requests,
})

/** Makes a call whose caller hangs up, and returns its answer, which comes at once or after so long. */
async function hangUpOn(begin: (signal: AbortSignal) => Promise<TestResponse>, afterMs = 0) {
  const caller = new AbortController()
  const answer = begin(caller.signal)
  await sleep(hangUpMs)
  const hungUpAt = Date.now()
  caller.abort()
  const ended = await answer
  expect(Date.now() - hungUpAt, 'milliseconds until the work ended').toBe(afterMs)
  return ended
}

/** Expects that neither Salesforce nor Redis gets a request for a while. */
async function expectQuiet(): Promise<void> {
  const before = calls()
  await sleep(quietMs)
  expect(calls()).toEqual(before)
}

/** Expects that a read ends when its caller hangs up: nothing follows it. */
async function expectGivenUp(begin: (signal: AbortSignal) => Promise<TestResponse>) {
  const answer = await hangUpOn(begin)
  expectProblem(answer, 503, 'upstream_unavailable')
  expect(gateway.logLines.at(-1)).toContain('The caller has gone')
  await expectQuiet()
}

const troubles = [
  ['refuses for the moment', { status: 503, headers: { 'retry-after': '1' } }],
  ['hangs', 'hang'],
] as const

describe('a read whose caller hangs up makes no further call', () => {
  it.each(troubles)('when it is a first page and Salesforce %s', async (_name, what) => {
    const { token, conversationId } = await startConversation()
    gateway.salesforce.fail({ operation: 'listConversationEntries', times: 9, what })
    await expectGivenUp((signal) => request(poll, { token, query: { conversationId }, signal }))
  })

  it('when it is a first page that waits for its turn', async () => {
    const { token, conversationId } = await startConversation()
    gateway.setEnv({ LIMITS: JSON.stringify({ list: [4, '8 s'] }) })
    const query = { conversationId }
    expect((await request(poll, { token, query })).status).toBe(200)
    await expectGivenUp((signal) => request(poll, { token, query, signal }))
  })

  it.each(troubles)('when it is a transcript and Salesforce %s', async (_name, what) => {
    const { token, conversationId } = await startConversation()
    gateway.salesforce.fail({ operation: 'retrieveConversationTranscript', times: 9, what })
    const query = { conversationId }
    await expectGivenUp((signal) => request(transcript, { token, query, signal }))
  })

  it.each(troubles)('when it is a list of conversations and Salesforce %s', async (_name, what) => {
    const { token } = await startConversation()
    gateway.salesforce.fail({ operation: 'listConversations', times: 9, what })
    const query = { refresh: 'true' }
    await expectGivenUp((signal) => request(conversations, { token, query, signal }))
  })
})

describe('a waiting poll whose caller hangs up', () => {
  async function waitingPoll() {
    const { token, conversationId, poll: ask } = await startConversation()
    const query = { conversationId, cursor: String((await ask()).body.cursor), wait: '25' }
    return (signal: AbortSignal) => request(poll, { token, query, signal })
  }

  it.each([
    ['between two looks', null],
    ['while Salesforce hangs', 'hang'],
    ['while Salesforce fails', { status: 503, headers: { 'retry-after': '1' } }],
  ] as const)('ends at once, %s', async (_name, what) => {
    const ask = await waitingPoll()
    if (what) gateway.salesforce.fail({ operation: 'listConversationEntries', times: 9, what })
    expect((await hangUpOn(ask)).status).toBe(200)
    // Its place among the waiting polls is given back.
    await sleep(200)
    await expectQuiet()
  })

  it('looks nowhere when its caller has gone before its first look', async () => {
    const ask = await waitingPoll()
    const before = gateway.salesforceCalls().length
    gateway.redis.fault({ what: { slowMs: hangUpMs + 300 } })
    expect((await hangUpOn(ask, 300)).status).toBe(200)
    expect(gateway.salesforceCalls()).toHaveLength(before)
  })
})

describe('a start whose caller hangs up', () => {
  it('ends at once while another start holds the lock', async () => {
    const { token } = await signInAsGuest()
    gateway.salesforce.fail({ operation: 'createConversation', what: 'hang', hangMs: 5000 })
    const first = request(start, { token, body: {} })
    await sleep(300)
    const second = await hangUpOn((signal) => request(start, { token, body: {}, signal }))
    expectProblem(second, 503, 'upstream_unavailable')
    await expectQuiet()
    await first
  })
})

describe('what has an effect goes on when the caller hangs up', () => {
  const unavailable = { status: 503, headers: { 'retry-after': '1' } }

  /** Makes a call that Salesforce fails at first, hangs up, and waits for its end. */
  async function expectFinished(
    begin: (signal: AbortSignal) => Promise<TestResponse>,
    status = 200,
  ) {
    const caller = new AbortController()
    const answer = begin(caller.signal)
    await sleep(hangUpMs)
    caller.abort()
    expect((await answer).status).toBe(status)
  }

  it('when it is a message', async () => {
    const { token, conversationId } = await startConversation()
    const id = randomUUID()
    gateway.salesforce.fail({ operation: 'sendMessage', what: unavailable })
    const body = { conversationId, id, text: 'Are you there?' }
    await expectFinished((signal) => request(send, { token, body, signal }), 202)
    expect(timesStored(gateway, conversationId, id)).toBe(1)
  })

  it('when it is a file', async () => {
    const { token, conversationId } = await startConversation()
    gateway.salesforce.fail({ operation: 'sendFile', what: unavailable })
    const form = createForm({ conversationId, id: randomUUID(), file: createFile() })
    await expectFinished((signal) => request(upload, { token, form, signal }), 202)
    expect(filesSentToSalesforce(gateway)).toHaveLength(2)
  })

  it('when it is a start that holds the lock', async () => {
    const { token } = await signInAsGuest()
    gateway.salesforce.fail({ operation: 'createConversation', what: unavailable })
    await expectFinished((signal) => request(start, { token, body: {}, signal }), 201)
  })

  it('when it is an end', async () => {
    const { token, conversationId } = await startConversation()
    gateway.salesforce.fail({ operation: 'closeConversation', what: unavailable })
    await expectFinished((signal) => request(end, { token, body: { conversationId }, signal }))
    expect(gateway.salesforceCalls().at(-1)).toMatch(/^closeConversation 20/)
  })
})
