/**
 * Lists every call that needs the store, except health, which needs no visitor. Each call comes with
 * a visitor who is ready to make it and with a check of its effect after any number of attempts.
 */
import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import availability from '../../api/_availability.js'
import conversations from '../../api/_conversations.js'
import transcript from '../../api/_transcript.js'
import auth from '../../api/auth.js'
import poll from '../../api/poll.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import { option } from '../salesforce/fixtures/fixture.js'
import { signInAsGuest, startConversation, textsOf } from '../support/conversation.js'
import type { TestGateway } from '../support/gateway.js'
import { request, type TestResponse } from '../support/request.js'
import { timesStored } from '../support/sending.js'
import { startUploadConversation } from '../support/uploads.js'
import { identityToken } from '../support/verified.js'

export type PreparedCall = {
  /** Makes the call; each repetition sends the same request. */
  call(): Promise<TestResponse>
  /** Fails unless the response is correct and the effect exists exactly once. */
  check(answer: TestResponse): unknown
}

/** Sets limits that no test reaches. */
export const limits = JSON.stringify(
  Object.fromEntries(
    ['auth', 'start', 'startAddress', 'send', 'signal', 'poll', 'list', 'other', 'tokens'].map(
      (name) => [name, [100_000, '1 m']],
    ),
  ),
)

/** Returns the calls that both dialects support. */
export function commonCalls() {
  const guestWithMessage = async () => {
    const visitor = await startConversation()
    await visitor.send('Hello')
    return visitor
  }
  const expectSendWorks = async (token: string, conversationId: string) => {
    const sent = await request(send, { token, body: { conversationId, text: 'Still there?' } })
    expect(sent.status, JSON.stringify(sent.body)).toBe(202)
  }

  return {
    'a new guest': async (): Promise<PreparedCall> => ({
      call: () => request(auth, { body: {} }),
      async check({ status, body }) {
        expect(status).toBe(200)
        expect((await request(conversations, { token: body.token })).status).toBe(200)
      },
    }),

    'a refresh': async () => {
      const { refreshToken, conversationId } = await startConversation()
      return {
        call: () => request(auth, { body: { refreshToken } }),
        async check({ status, body }: TestResponse) {
          expect(status).toBe(200)
          await expectSendWorks(body.token, conversationId)
          const next = await request(auth, { body: { refreshToken: body.refreshToken } })
          expect(next.status, 'the next refresh').toBe(200)
        },
      }
    },

    'a sign-in': async () => {
      const identity = await identityToken({ subject: randomUUID() })
      return {
        call: () => request(auth, { body: { identityToken: identity } }),
        check: ({ status, body }: TestResponse) => {
          expect([status, body.user?.verified]).toEqual([200, true])
        },
      }
    },

    'a sign-in of a guest': async () => {
      const { refreshToken, token, conversationId } = await startConversation()
      const body = { identityToken: await identityToken({ subject: randomUUID() }), refreshToken }
      return {
        call: () => request(auth, { body }),
        async check({ status, body: reply }: TestResponse) {
          expect(status).toBe(200)
          await expectSendWorks(reply.token, conversationId)
          expect((await request(conversations, { token })).status, 'the guest').toBe(401)
        },
      }
    },

    'a sign-out of a known visitor': async () => {
      const body = { identityToken: await identityToken({ subject: randomUUID() }) }
      const { token, refreshToken } = (await request(auth, { body })).body
      return {
        call: () => request(auth, { method: 'DELETE', token }),
        async check({ status }: TestResponse) {
          expect([204, 401]).toContain(status)
          expect((await request(start, { token, body: {} })).status, 'its token').toBe(401)
          const again = await request(auth, { body: { refreshToken } })
          expect([again.status, again.body.code]).toEqual([401, 'refresh_rejected'])
        },
      }
    },

    'a sign-out of a guest': async () => {
      const { token, conversationId } = await guestWithMessage()
      return {
        call: () => request(auth, { method: 'DELETE', token }),
        async check({ status }: TestResponse) {
          expect([204, 401]).toContain(status)
          const after = await request(poll, { token, query: { conversationId } })
          expect(after.status, 'its token').toBe(401)
        },
      }
    },

    'a start': async () => {
      const { token } = await signInAsGuest()
      const topic = randomUUID()
      return {
        call: () => request(start, { token, body: { routingAttributes: { Topic: topic } } }),
        async check({ status, body }: TestResponse) {
          expect([200, 201], JSON.stringify(body)).toContain(status)
          await expectSendWorks(token, body.conversationId)
          const listed = await request(conversations, { token })
          expect(listed.body.conversations).toHaveLength(1)
        },
      }
    },

    'a start under an id': async () => {
      const { token } = await signInAsGuest()
      const conversationId = randomUUID()
      return {
        call: () => request(start, { token, body: { conversationId } }),
        async check({ status, body }: TestResponse) {
          expect([200, 201], JSON.stringify(body)).toContain(status)
          expect(body.conversationId).toBe(conversationId)
          await expectSendWorks(token, conversationId)
        },
      }
    },

    'a text': async () => {
      const { send, poll: pollMessages } = await guestWithMessage()
      const [id, text] = [randomUUID(), `Message ${randomUUID()}`]
      return {
        call: () => send(text, id),
        async check({ status, body }: TestResponse) {
          expect([status, body.id]).toEqual([202, id])
          const { messages } = (await pollMessages()).body
          const echoes = messages.filter((message: { id: string }) => message.id === id)
          expect(textsOf({ messages: echoes })).toEqual([text])
        },
      }
    },

    'a first poll': async () => {
      const { poll: pollMessages } = await guestWithMessage()
      return {
        call: () => pollMessages(),
        check: ({ status, body }: TestResponse) => {
          expect(status).toBe(200)
          expect(textsOf(body)).toContain('Hello')
        },
      }
    },

    'a poll by cursor': async () => {
      const { poll: pollMessages, send } = await guestWithMessage()
      const { cursor } = (await pollMessages()).body
      await send('News')
      return {
        call: () => pollMessages({ cursor }),
        check: ({ status, body }: TestResponse) => {
          expect(status).toBe(200)
          expect(textsOf(body)).toContain('News')
          expect(textsOf(body)).not.toContain('Hello')
        },
      }
    },

    'an end': async () => {
      const { end, send } = await guestWithMessage()
      return {
        call: () => end(),
        async check({ status, body }: TestResponse) {
          expect([status, body.status]).toEqual([200, 'ended'])
          expect((await send('Too late')).body.code).toBe('conversation_ended')
        },
      }
    },

    'a list of conversations': async () => {
      const { token, conversationId } = await startConversation()
      return {
        call: () => request(conversations, { token }),
        check: ({ status, body }: TestResponse) => {
          expect(status).toBe(200)
          expect(body.conversations).toMatchObject([{ conversationId, status: 'open' }])
        },
      }
    },
  }
}

/** Returns the calls that only the official dialect supports. */
export function furtherCalls(gateway: TestGateway) {
  const signallingVisitor = async () => {
    const visitor = await startConversation()
    const { token, conversationId } = visitor
    const signal = (body: object) => request(send, { token, body: { conversationId, ...body } })
    return {
      ...visitor,
      type: (typing: boolean) => signal({ messageType: 'TypingIndicator', typing }),
      read: (id: string) => signal({ messageType: 'ReadReceipt', messageIds: [id] }),
      storedSignals: () =>
        gateway.salesforce
          .conversation(conversationId)
          .visitorSignals.map(({ entryType }) => entryType.replace(/Typing|Indicator/g, '')),
    }
  }
  const accepted = ({ status, body }: TestResponse) => {
    expect(status, JSON.stringify(body)).toBe(202)
  }

  return {
    'a choice': async (): Promise<PreparedCall> => {
      const { token, conversationId } = await startConversation()
      const [id, inReplyToMessageId] = [randomUUID(), randomUUID()]
      const choices = {
        formatType: 'QuickReplies',
        text: 'Which port?',
        optionItems: [option('a', 'Rotterdam'), option('b', 'Busan')],
      }
      gateway.salesforce.inject(conversationId, [
        {
          from: 'Chatbot',
          message: { messageType: 'ChoicesMessage', choices, id: inReplyToMessageId },
        },
      ])
      const body = {
        conversationId,
        id,
        messageType: 'ChoiceResponseMessage',
        inReplyToMessageId,
        selections: [{ itemId: 'b' }],
      }
      return {
        call: () => request(send, { token, body }),
        check(answer) {
          accepted(answer)
          expect(timesStored(gateway, conversationId, id)).toBe(1)
        },
      }
    },

    'a typing': async () => {
      const { type, storedSignals } = await signallingVisitor()
      return {
        call: () => type(true),
        check(answer: TestResponse) {
          accepted(answer)
          expect(storedSignals()).toEqual(['Started'])
        },
      }
    },

    'an end of typing': async () => {
      const { type, storedSignals } = await signallingVisitor()
      await type(true)
      return {
        call: () => type(false),
        check(answer: TestResponse) {
          accepted(answer)
          expect(storedSignals()).toEqual(['Started', 'Stopped'])
        },
      }
    },

    'a receipt': async () => {
      const { read, storedSignals } = await signallingVisitor()
      const id = randomUUID()
      return {
        call: () => read(id),
        check(answer: TestResponse) {
          accepted(answer)
          expect(storedSignals()).toEqual(['Read'])
        },
      }
    },

    'a file': async () => {
      const { upload, conversationId } = await startUploadConversation()
      const id = randomUUID()
      return {
        call: () => upload({}, id),
        check(answer: TestResponse) {
          accepted(answer)
          expect(timesStored(gateway, conversationId, id)).toBe(1)
        },
      }
    },

    'a poll of the history': async () => {
      const { send, poll: pollMessages } = await startConversation()
      for (const text of ['One', 'Two', 'Three']) await send(text)
      const { before } = (await pollMessages({ limit: '1' })).body
      return {
        call: () => pollMessages({ before }),
        check: ({ status, body }: TestResponse) => {
          expect(status).toBe(200)
          expect(textsOf(body)).toContain('One')
        },
      }
    },

    'a poll that waits': async () => {
      const { poll: pollMessages, send } = await startConversation()
      const { cursor } = (await pollMessages()).body
      await send('News')
      return {
        call: () => pollMessages({ cursor, wait: '1' }),
        check: ({ status, body }: TestResponse) => {
          expect(status).toBe(200)
          expect(textsOf(body)).toContain('News')
        },
      }
    },

    'an end of the session': async () => {
      const { end, send, conversationId } = await startConversation()
      const id = randomUUID()
      return {
        call: () => end({ scope: 'session' }),
        async check({ status, body }: TestResponse) {
          expect([status, body.status]).toEqual([200, 'open'])
          expect((await send('Another session', id)).status).toBe(202)
          expect(timesStored(gateway, conversationId, id)).toBe(1)
        },
      }
    },

    'a message that opens a session': async () => {
      const { end, send, conversationId } = await startConversation()
      await end({ scope: 'session' })
      const id = randomUUID()
      return {
        call: () => send('Another session', id),
        check(answer: TestResponse) {
          accepted(answer)
          expect(timesStored(gateway, conversationId, id)).toBe(1)
        },
      }
    },

    'a list as Salesforce sees it': async () => {
      const { token, conversationId } = await startConversation()
      return {
        call: () => request(conversations, { token, query: { refresh: 'true' } }),
        check: ({ status, body }: TestResponse) => {
          expect(status).toBe(200)
          expect(body.conversations).toMatchObject([{ conversationId, status: 'open' }])
        },
      }
    },

    'a transcript': async () => {
      const { token, conversationId } = await startConversation()
      return {
        call: () => request(transcript, { token, query: { conversationId } }),
        check: ({ status, body }: TestResponse) => {
          expect(status).toBe(200)
          expect(body).toMatch(/^%PDF/)
        },
      }
    },

    availability: async () => ({
      call: () => request(availability),
      check: ({ status, body }: TestResponse) => {
        expect([status, typeof body.open]).toEqual([200, 'boolean'])
      },
    }),
  }
}
