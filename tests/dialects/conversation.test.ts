import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import availability from '../../api/_availability.js'
import conversations from '../../api/_conversations.js'
import auth from '../../api/auth.js'
import end from '../../api/end.js'
import poll from '../../api/poll.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import { signInAsGuest, startConversation, textsOf } from '../support/conversation.js'
import { request } from '../support/request.js'
import { expectNoSalesforceCalls, expectProblem, shiftClock } from '../support/sending.js'
import { timed } from '../support/simulated-time.js'
import { dialects } from './dialects.js'
import { setupDialect } from './setup.js'

type TestConversation = Awaited<ReturnType<typeof startConversation>>
type Shown = { id: string; text: string; messageType: string; sender: { role: string } }

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Polls to the end from a cursor, or from the first page; returns the messages and the next cursor. */
async function readOn(visitor: TestConversation, cursor?: string, limit = '50') {
  const messages: Shown[] = []
  for (let at = cursor; ; ) {
    const { status, body } = await visitor.poll({ limit, ...(at && { cursor: at }) })
    expect(status, JSON.stringify(body)).toBe(200)
    messages.push(...body.messages)
    at = String(body.cursor)
    if (!body.hasMore) return { messages, cursor: at }
  }
}

describe.each(dialects)('through the dialect $name', (dialect) => {
  const setup = setupDialect(dialect)
  const { gateway, fail, stored } = setup

  describe('a conversation', () => {
    it('runs from the greeting to its end, after which a start opens another one', async () => {
      const visitor = await startConversation()
      expect(visitor.started).toMatchObject({ status: 'open', resumed: false })
      expect(visitor.conversationId).toMatch(uuid)
      const first = await readOn(visitor)
      expect(first.messages.map(({ sender }) => sender.role)).toContain('Chatbot')
      const sent = await visitor.send('Hello there')
      expect(sent.status).toBe(202)
      const next = await readOn(visitor, first.cursor)
      expect(next.messages[0]).toMatchObject({ id: sent.body.id, text: 'Hello there' })
      expect(next.messages.length).toBeGreaterThan(1)
      const ended = await visitor.end()
      expect(ended.body).toMatchObject({ status: 'ended' })
      expect((await visitor.end()).body).toEqual(ended.body)
      expectProblem(await visitor.send('More'), 410, 'conversation_ended')
      const over = (await visitor.poll({ cursor: next.cursor })).body.conversation
      expect(over).toMatchObject({ status: 'ended', handledBy: 'none', endedBy: 'EndUser' })
      expect((await visitor.start()).body.conversationId).not.toBe(visitor.conversationId)
    })

    it('is started once by three concurrent starts, two of which resume it', async () => {
      const { token } = await signInAsGuest()
      const starts = await Promise.all([1, 2, 3].map(() => request(start, { token, body: {} })))
      expect(starts.map(({ status }) => status).sort()).toEqual([200, 200, 201])
      expect(new Set(starts.map(({ body }) => body.conversationId)).size).toBe(1)
      expect(setup.names()).toHaveLength(1)
    })

    it('has the id that the caller proposes, and is listed under it', async () => {
      const conversationId = randomUUID()
      const visitor = await startConversation({ conversationId })
      expect(visitor.conversationId).toBe(conversationId)
      const { body } = await request(conversations, { token: visitor.token })
      expect(body.conversations).toMatchObject([{ conversationId, status: 'open' }])
    })

    it(`has its contextParameters ${dialect.separatesContext ? 'apart from' : 'among'} the routing attributes`, async () => {
      const contextParameters = { caseReason: 'Lost', _email: 'a@example' }
      await startConversation({ contextParameters, routingAttributes: { _email: 'b@example' } })
      const [{ requestBody } = { requestBody: null }] = setup.exchangesOf('start')
      expect(requestBody).toMatchObject(
        dialect.separatesContext
          ? {
              contextParameters: { caseReason: 'Lost' },
              routingAttributes: { _email: 'b@example' },
            }
          : { routingAttributes: { caseReason: 'Lost', _email: 'b@example' } },
      )
    })

    it(`is handled by ${dialect.reportsHandledBy ? 'the bot, then the agent' : '“unknown” in every poll'}`, async () => {
      const visitor = await startConversation()
      const asked = [await visitor.poll(), await visitor.poll()]
      gateway.salesforce.agentJoins(setup.name())
      await visitor.send('Who are you?')
      asked.push(await visitor.poll({ cursor: asked[0]?.body.cursor }))
      const handledBy = asked.map(({ body }) => body.conversation.handledBy)
      expect(handledBy).toEqual(
        dialect.reportsHandledBy ? ['bot', 'bot', 'agent'] : ['unknown', 'unknown', 'unknown'],
      )
      const participants = asked.at(-1)?.body.conversation.participants
      expect(participants.length > 0).toBe(dialect.reportsHandledBy)
    })

    it('is not found by another visitor at send, poll, end and start, without a Salesforce call', async () => {
      const owner = await startConversation()
      const otherVisitor = await signInAsGuest()
      const { conversationId } = owner
      const calls = [
        request(send, { token: otherVisitor.token, body: { conversationId, text: 'Hi' } }),
        request(poll, { token: otherVisitor.token, query: { conversationId } }),
        request(end, { token: otherVisitor.token, body: { conversationId } }),
        request(start, { token: otherVisitor.token, body: { conversationId } }),
      ]
      const answers = await expectNoSalesforceCalls(gateway, () => Promise.all(calls))
      for (const answer of answers) expectProblem(answer, 404, 'conversation_not_found')
    })
  })

  describe('a message of the visitor', () => {
    it('is returned by the next poll', async () => {
      const visitor = await startConversation()
      await visitor.send('One')
      expect(textsOf((await visitor.poll()).body)).toContain('One')
    })

    it('is returned once under its id in every tab and after a reload, and stored once', async () => {
      const visitor = await startConversation()
      const tab = await readOn(visitor)
      const other = await readOn(visitor)
      const ids = [randomUUID(), randomUUID(), randomUUID()]
      for (const [index, id] of ids.entries()) await visitor.send(`Number ${index}`, id)
      const mine = ({ messages }: { messages: Shown[] }) =>
        messages.filter(({ sender }) => sender.role === 'EndUser').map(({ id }) => id)
      expect(mine(await readOn(visitor, tab.cursor))).toEqual(ids)
      expect(mine(await readOn(visitor, other.cursor, '1'))).toEqual(ids)
      expect(mine(await readOn(visitor))).toEqual(ids)
      const repeats = await Promise.all(ids.map((id, index) => visitor.send(`Number ${index}`, id)))
      expect(repeats.map(({ status, body }) => [status, body.duplicate])).toEqual(
        ids.map(() => [202, true]),
      )
      expect(stored(setup.name())).toEqual(['Number 0', 'Number 1', 'Number 2'])
    })

    it('is stored once after two concurrent sends with the same id', async () => {
      const visitor = await startConversation()
      const id = randomUUID()
      const both = await Promise.all([visitor.send('Twice', id), visitor.send('Twice', id)])
      expect(both.map(({ status }) => status)).toEqual([202, 202])
      expect(both.map(({ body }) => body.duplicate).sort()).toEqual([false, true])
      expect(stored(setup.name())).toEqual(['Twice'])
    })

    it('is refused without a Salesforce call when its id had another content', async () => {
      const visitor = await startConversation()
      const { body } = await visitor.send('One')
      const refused = await expectNoSalesforceCalls(gateway, () => visitor.send('Another', body.id))
      expectProblem(refused, 422, 'id_reused')
    })

    it('may be a choice of a quick reply or a list picker, to which the bot responds', async () => {
      const visitor = await startConversation()
      for (const [word, messageType] of [
        ['quick', 'QuickReplyMessage'],
        ['list', 'ListPickerMessage'],
      ]) {
        await visitor.send(String(word))
        const { messages } = await readOn(visitor)
        const asked = messages.findLast((each) => each.messageType === messageType)
        const { quickReplies, listPicker } = Object(asked)
        const [option] = quickReplies?.replies ?? listPicker?.options ?? []
        const sent = await request(send, {
          token: visitor.token,
          body: {
            conversationId: visitor.conversationId,
            messageType: 'ChoiceResponseMessage',
            inReplyToMessageId: asked?.id,
            selections: [{ itemId: option.itemId }],
          },
        })
        expect(sent.status).toBe(202)
        const after = (await readOn(visitor)).messages
        const index = after.findIndex(({ id }) => id === sent.body.id)
        expect(after[index]).toMatchObject({
          messageType: 'ChoiceResponseMessage',
          text: option.title,
        })
        expect(after[index + 1]?.text).toContain(option.title)
      }
    })
  })

  describe('messages of the bot or the agent', () => {
    it.each(['link', 'file', 'text', 'buttons'])(
      'have the type of their content: %s',
      async (word) => {
        const visitor = await startConversation()
        const { cursor } = await readOn(visitor)
        await visitor.send(word)
        const { messages } = await readOn(visitor, cursor)
        const last = messages.at(-1)
        expect(last?.sender.role).toBe('Chatbot')
        expect(last?.text).not.toBe('')
        const types: Record<string, string> = {
          link: 'RichLinkMessage',
          file: 'AttachmentMessage',
          text: 'StaticContentMessage',
          buttons: 'QuickReplyMessage',
        }
        expect(last?.messageType).toBe(types[word])
      },
    )

    it.each(['form', 'carousel', 'time', 'web'])(
      `have a text and ${dialect.hasRichMessageTypes ? 'a richer type' : 'the type of a text'}: %s`,
      async (word) => {
        const visitor = await startConversation()
        const { cursor } = await readOn(visitor)
        await visitor.send(word)
        const last = (await readOn(visitor, cursor)).messages.at(-1)
        expect(last?.text).not.toBe('')
        expect(last?.messageType !== 'StaticContentMessage').toBe(dialect.hasRichMessageTypes)
      },
    )

    it('are returned exactly once when Salesforce repeats and shuffles bursts of them', async () => {
      Object.assign(gateway.salesforce.switches, {
        listRepeatsEntries: true,
        listShufflesTies: true,
      })
      const visitor = await startConversation()
      let { cursor } = await readOn(visitor)
      const ids: string[] = []
      for (const count of [30, 120, 7]) {
        gateway.salesforce.burst(setup.name(), count)
        const next = await readOn(visitor, cursor, '13')
        ids.push(...next.messages.map(({ id }) => id))
        cursor = next.cursor
      }
      expect(ids).toHaveLength(157)
      expect(new Set(ids).size).toBe(157)
      expect((await readOn(visitor, cursor)).messages).toEqual([])
    })

    it('are complete on the pages back to the beginning', async () => {
      const visitor = await startConversation()
      gateway.salesforce.burst(setup.name(), 60)
      shiftClock(1000)
      const all: string[] = []
      let page = (await visitor.poll({ limit: '25' })).body
      for (;;) {
        all.unshift(...page.messages.map(({ id }: Shown) => id))
        if (page.before === null) break
        page = (await visitor.poll({ limit: '25', before: page.before })).body
      }
      const { body } = await visitor.poll({ limit: '100' })
      expect(all).toEqual(body.messages.map(({ id }: Shown) => id))
    })

    it('are returned for a cursor that is an hour old', async () => {
      const visitor = await startConversation()
      const { cursor } = await readOn(visitor)
      shiftClock(3_600_000)
      gateway.salesforce.burst(setup.name(), 80)
      shiftClock(3_601_000)
      const fresh = await request(auth, { body: { refreshToken: visitor.refreshToken } })
      const { conversationId } = visitor
      const token = String(fresh.body.token)
      const query = { conversationId, cursor, limit: '100' }
      const { body } = await request(poll, { token, query })
      expect(body.messages).toHaveLength(80)
    })
  })

  describe('when a response of Salesforce is lost', () => {
    it(`send stores its text once and returns ${dialect.resolvesUnclearSends ? '202' : 'a final 503'}`, async () => {
      const visitor = await startConversation()
      const id = randomUUID()
      fail('send', { when: 'after' })
      const first = await visitor.send('Once', id)
      const second = await visitor.send('Once', id)
      expect(stored(setup.name())).toEqual(['Once'])
      if (dialect.resolvesUnclearSends) {
        expect([first.status, second.status]).toEqual([202, 202])
        return
      }
      for (const answer of [first, second]) {
        expectProblem(answer, 503, 'upstream_unavailable')
        expect(answer.body.retryable).toBe(false)
        expect(answer.headers.get('retry-after')).toBeNull()
      }
    })

    it(`a repeated start ${dialect.resolvesUnclearSends ? 'opens the conversation' : 'returns 410 conversation_lost'}`, async () => {
      const { token } = await signInAsGuest()
      const conversationId = randomUUID()
      fail('start', { when: 'after', times: 9 })
      gateway.setEnv({ REQUEST_DEADLINE_MS: '600' })
      const { answer: first } = await timed(() =>
        request(start, { token, body: { conversationId } }),
      )
      expectProblem(first, 503, 'upstream_unavailable')
      expect(first.body.retryable).toBe(dialect.resolvesUnclearSends)
      gateway.salesforce.reset()
      const again = await request(start, { token, body: { conversationId } })
      if (dialect.resolvesUnclearSends) {
        expect([again.status, again.body.conversationId]).toEqual([201, conversationId])
        return
      }
      expectProblem(again, 410, 'conversation_lost')
      const reopened = await request(start, { token, body: {} })
      expect(reopened.status).toBe(201)
      expect(reopened.body.conversationId).not.toBe(conversationId)
    })

    it('end still ends the conversation', async () => {
      const visitor = await startConversation()
      fail('end', { when: 'after' })
      expect((await visitor.end()).body.status).toBe('ended')
    })

    it('poll requests the list again', async () => {
      const visitor = await startConversation()
      const { cursor } = await readOn(visitor)
      await visitor.send('Still there?')
      fail('list', { when: 'after', times: 1 })
      const { messages } = await readOn(visitor, cursor)
      expect(messages.map(({ text }) => text)).toContain('Still there?')
    })
  })

  describe('when Salesforce refuses', () => {
    it('with 429, start and send can be repeated under the same ids', async () => {
      const { token } = await signInAsGuest()
      const conversationId = randomUUID()
      const busy = { what: { status: 429, headers: { 'Retry-After': '2' } } }
      fail('start', busy)
      const refused = await request(start, { token, body: { conversationId } })
      expectProblem(refused, 429, 'rate_limited')
      const began = await request(start, { token, body: { conversationId } })
      expect([began.status, began.body.conversationId]).toEqual([201, conversationId])
      const body = { conversationId, text: 'Hello', id: randomUUID() }
      fail('send', busy)
      expectProblem(await request(send, { token, body }), 429, 'rate_limited')
      const sent = await request(send, { token, body })
      expect([sent.status, sent.body.duplicate]).toEqual([202, false])
      expect(stored(setup.name())).toEqual(['Hello'])
    })

    it(`an expired guest token, it is ${dialect.renewsGuestTokens ? 'replaced once' : 'the end of the conversation'}`, async () => {
      const visitor = await startConversation()
      const { cursor } = await readOn(visitor)
      gateway.salesforce.expireTokens()
      const tokenRequests = setup.exchangesOf('createToken').length
      const answers = await Promise.all([1, 2, 3, 4].map(() => visitor.poll({ cursor })))
      if (dialect.renewsGuestTokens) {
        expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
        expect(setup.exchangesOf('createToken')).toHaveLength(tokenRequests + 1)
        expect((await visitor.send('I am back')).status).toBe(202)
        return
      }
      for (const answer of answers) expectProblem(answer, 410, 'conversation_lost')
    })

    it(`every token, poll returns ${dialect.renewsGuestTokens ? '502' : '410'}`, async () => {
      const visitor = await startConversation()
      fail('list', { what: { status: 401 }, times: 9 })
      const answer = await visitor.poll()
      if (dialect.renewsGuestTokens) expectProblem(answer, 502, 'upstream_rejected')
      else expectProblem(answer, 410, 'conversation_lost')
    })
  })

  describe('typing, receipts, refreshed conversations, availability and sessions', () => {
    it(`are ${dialect.hasExtendedFeatures ? 'supported' : 'unsupported and make no Salesforce call'}`, async () => {
      const visitor = await startConversation()
      const { token, conversationId } = visitor
      const { messages } = await readOn(visitor)
      const messageIds = messages.slice(0, 1).map(({ id }) => id)
      const signals = [
        { messageType: 'TypingIndicator', typing: true },
        { messageType: 'ReadReceipt', messageIds },
      ]
      const ask = async () => [
        ...(await Promise.all(
          signals.map((signal) => request(send, { token, body: { conversationId, ...signal } })),
        )),
        await request(conversations, { token, query: { refresh: 'true' } }),
        await request(availability),
        await request(end, { token, body: { conversationId, scope: 'session' } }),
      ]
      if (dialect.hasExtendedFeatures) {
        expect((await ask()).map(({ status }) => status)).toEqual([202, 202, 200, 200, 200])
        return
      }
      for (const answer of await expectNoSalesforceCalls(gateway, ask))
        expectProblem(answer, 409, 'unsupported')
      expect((await visitor.send('Hello')).status).toBe(202)
    })
  })
})
