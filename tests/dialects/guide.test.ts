/** Tests what only the guide's dialect has: its tokens, and its list after a lost response. */
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import transcript from '../../api/_transcript.js'
import upload from '../../api/upload.js'
import { startConversation } from '../support/conversation.js'
import { request } from '../support/request.js'
import { expectNoSalesforceCalls, expectProblem, patient, shiftClock } from '../support/sending.js'
import { dialects } from './dialects.js'
import { setupDialect } from './setup.js'

const [guide] = dialects.filter(({ name }) => name === 'guide')
if (!guide) throw new Error('The table does not hold the guide’s dialect')
const setup = setupDialect(guide, { ACCESS_TOKEN_SECONDS: '900', ...patient })
const { gateway, fail, stored } = setup

const tokenRequests = () => setup.exchangesOf('createToken').length

describe('a token of the guide’s dialect', () => {
  it('serves all conversations of its visitor and of no other', async () => {
    const visitor = await startConversation()
    await visitor.start({ resume: false })
    expect([setup.names().length, tokenRequests()]).toEqual([2, 1])
    await startConversation()
    expect(tokenRequests()).toBe(2)
  })

  it('is renewed in the last minute before its expiry, once for 20 concurrent calls', async () => {
    gateway.salesforce.switches.guestTokenLifeSeconds = 300
    const visitor = await startConversation()
    shiftClock(238_000)
    await visitor.poll()
    expect(tokenRequests()).toBe(1)
    shiftClock(241_000)
    const polls = await Promise.all(Array.from({ length: 20 }, () => visitor.poll()))
    expect(new Set(polls.map(({ status }) => status))).toEqual(new Set([200]))
    expect(tokenRequests()).toBe(2)
  })

  it('that is refused during a send is renewed, and the text is sent once', async () => {
    const visitor = await startConversation()
    gateway.salesforce.expireTokens()
    expect((await visitor.send('Once')).status).toBe(202)
    expect([stored(setup.name()), tokenRequests()]).toEqual([['Once'], 2])
  })

  it('is not issued while the login refuses, and the log names SALESFORCE_SIGNING_KEY', async () => {
    gateway.salesforce.fail({ operation: 'exchangeAssertion', what: { status: 400 } })
    await expect(startConversation()).rejects.toThrow('upstream_rejected')
    expect(gateway.logLines.join('\n')).toContain('SALESFORCE_SIGNING_KEY')
    await startConversation()
  })
})

describe('a text whose response was lost', () => {
  it('is returned once under another id, the same in every tab', async () => {
    const visitor = await startConversation()
    const { cursor } = (await visitor.poll()).body
    const id = randomUUID()
    fail('send', { when: 'after' })
    await visitor.send('Lost', id)
    const polled = await Promise.all([visitor.poll({ cursor }), visitor.poll()])
    const echoes = polled.map(({ body }) =>
      body.messages.filter(({ text }: { text: string }) => text === 'Lost'),
    )
    expect(echoes.map(({ length }) => length)).toEqual([1, 1])
    expect(echoes[0]).toEqual(echoes[1])
    expect(echoes[0][0].id).not.toBe(id)
  })
})

describe('files and transcripts', () => {
  it('are unsupported and make no Salesforce call', async () => {
    const { token, conversationId, started } = await startConversation()
    expect(started.attachments).toBeNull()
    const form = new FormData()
    form.set('conversationId', conversationId)
    form.set('file', new File(['Hello'], 'a.txt', { type: 'text/plain' }))
    const answers = await expectNoSalesforceCalls(gateway, async () => [
      await request(upload, { token, form }),
      await request(transcript, { token, query: { conversationId } }),
    ])
    for (const answer of answers) expectProblem(answer, 409, 'unsupported')
  })
})

it('a poll of the guide’s dialect hears no events, which it has none of', async () => {
  gateway.setEnv({ SALESFORCE_EVENTS: 'wait' })
  const visitor = await startConversation()
  const { cursor, waitSeconds } = (await visitor.poll()).body
  expect(waitSeconds).toBe(0)
  const { status, body } = await visitor.poll({ cursor, wait: '1' })
  expect(status).toBe(200)
  expect(body.waitSeconds).toBe(0)
  expect(body).not.toHaveProperty('activity')
})
