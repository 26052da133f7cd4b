import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import auth from '../../api/auth.js'
import conversations from '../../api/conversations.js'
import end from '../../api/end.js'
import poll from '../../api/poll.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import { signInAsGuest, startConversation, textsOf } from '../support/conversation.js'
import { request } from '../support/request.js'
import { expectNoSalesforceCalls, expectProblem, shiftClock } from '../support/sending.js'
import { dialects } from './dialects.js'
import { setupDialect } from './setup.js'

type TestConversation = Awaited<ReturnType<typeof startConversation>>
type Shown = { id: string; text: string; messageType: string; sender: { role: string } }

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Everything from a cursor on (undefined: the first page), and the cursor to go on from. */
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
    it('goes from the greeting over an answer to the end', async () => {
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

    it('is resumed by every further start, however they meet', async () => {
      const { token } = await signInAsGuest()
      const starts = await Promise.all([1, 2, 3].map(() => request(start, { token, body: {} })))
      expect(starts.map(({ status }) => status).sort()).toEqual([200, 200, 201])
      expect(new Set(starts.map(({ body }) => body.conversationId)).size).toBe(1)
      expect(setup.names()).toHaveLength(1)
    })

    it('bears the id that the caller proposes, and is listed under it', async () => {
      const conversationId = randomUUID()
      const visitor = await startConversation({ conversationId })
      expect(visitor.conversationId).toBe(conversationId)
      const { body } = await request(conversations, { token: visitor.token })
      expect(body.conversations).toMatchObject([{ conversationId, status: 'open' }])
    })

    it('has its attributes as Salesforce wants them', async () => {
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

    it(`tells ${dialect.reportsHandledBy ? '' : 'not '}who is in charge`, async () => {
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
  })

  describe('what is said', () => {
    it('comes back once under the id it was sent under, in every tab and after a reload', async () => {
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

    it('is sent once when the same call comes twice at the same moment', async () => {
      const visitor = await startConversation()
      const id = randomUUID()
      const both = await Promise.all([visitor.send('Twice', id), visitor.send('Twice', id)])
      expect(both.map(({ status }) => status)).toEqual([202, 202])
      expect(both.map(({ body }) => body.duplicate).sort()).toEqual([false, true])
      expect(stored(setup.name())).toEqual(['Twice'])
    })

    it('is another content under the same id only once', async () => {
      const visitor = await startConversation()
      const { body } = await visitor.send('One')
      const refused = await expectNoSalesforceCalls(gateway, () => visitor.send('Another', body.id))
      expectProblem(refused, 422, 'id_reused')
    })

    it('answers a quick reply and a list, which the bot understands', async () => {
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

    it('is refused in somebody else’s conversation as in none, and Salesforce hears nothing', async () => {
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

  describe('what the other side says', () => {
    it.each(['link', 'file', 'text', 'buttons'])('comes as a message: %s', async (word) => {
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
    })

    it.each(['form', 'carousel', 'time', 'web'])('has at least a text: %s', async (word) => {
      const visitor = await startConversation()
      const { cursor } = await readOn(visitor)
      await visitor.send(word)
      const last = (await readOn(visitor, cursor)).messages.at(-1)
      expect(last?.text).not.toBe('')
      expect(last?.messageType !== 'StaticContentMessage').toBe(dialect.hasRichMessageTypes)
    })

    it('is neither lost nor doubled when it comes in a burst, repeated and shuffled', async () => {
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

    it('leads back to the beginning page by page', async () => {
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

    it('is found by a cursor that rested for an hour', async () => {
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

  describe('when an answer is lost', () => {
    it(`a text is ${dialect.resolvesUnclearSends ? 'found out about' : 'never sent again'}`, async () => {
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

    it(`a start is ${dialect.resolvesUnclearSends ? 'finished' : 'given up'} by the next one`, async () => {
      const { token } = await signInAsGuest()
      const conversationId = randomUUID()
      fail('start', { when: 'after', times: 9 })
      gateway.setEnv({ REQUEST_DEADLINE_MS: '600' })
      const first = await request(start, { token, body: { conversationId } })
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

    it('an end is finished by the next one', async () => {
      const visitor = await startConversation()
      fail('end', { when: 'after' })
      expect((await visitor.end()).body.status).toBe('ended')
    })

    it('a poll is simply asked again', async () => {
      const visitor = await startConversation()
      const { cursor } = await readOn(visitor)
      await visitor.send('Still there?')
      fail('list', { when: 'after', times: 1 })
      const { messages } = await readOn(visitor, cursor)
      expect(messages.map(({ text }) => text)).toContain('Still there?')
    })
  })

  describe('when Salesforce refuses', () => {
    it('what certainly did not happen may be tried again under the same ids', async () => {
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

    it(`a guest’s token that is over is ${dialect.renewsGuestTokens ? 'replaced' : 'the end'}`, async () => {
      const visitor = await startConversation()
      const { cursor } = await readOn(visitor)
      gateway.salesforce.expireTokens()
      const admissions = setup.exchangesOf('createToken').length
      const answers = await Promise.all([1, 2, 3, 4].map(() => visitor.poll({ cursor })))
      if (dialect.renewsGuestTokens) {
        expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
        expect(setup.exchangesOf('createToken')).toHaveLength(admissions + 1)
        expect((await visitor.send('I am back')).status).toBe(202)
        return
      }
      for (const answer of answers) expectProblem(answer, 410, 'conversation_lost')
    })

    it('nobody is let in by a token that is refused again and again', async () => {
      const visitor = await startConversation()
      fail('list', { what: { status: 401 }, times: 9 })
      const answer = await visitor.poll()
      if (dialect.renewsGuestTokens) expectProblem(answer, 502, 'upstream_rejected')
      else expectProblem(answer, 410, 'conversation_lost')
    })
  })

  describe('what only one of them offers', () => {
    it(`is ${dialect.hasExtendedFeatures ? 'there' : 'told to be unsupported, and Salesforce hears nothing'}`, async () => {
      const visitor = await startConversation()
      const { token, conversationId } = visitor
      const { messages } = await readOn(visitor)
      const messageIds = messages.slice(0, 1).map(({ id }) => id)
      const { default: availability } = await import('../../api/availability.js')
      const signals = [
        { messageType: 'TypingIndicator', typing: true },
        { messageType: 'ReadReceipt', messageIds },
      ].map((signal) => request(send, { token, body: { conversationId, ...signal } }))
      const ask = async () => [
        ...(await Promise.all(signals)),
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
      expect((await visitor.send('All the same')).status).toBe(202)
    })

    it('leaves texts to both of them', async () => {
      const visitor = await startConversation()
      await visitor.send('One')
      expect(textsOf((await visitor.poll()).body)).toContain('One')
    })
  })
})
