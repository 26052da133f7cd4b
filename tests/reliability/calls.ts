/**
 * Every call there is that needs the store (but health, which needs no visitor), each with a visitor of its own who is ready to make it,
 * and what must be true once it succeeded, however often it was tried.
 */
import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import auth from '../../api/auth.js'
import availability from '../../api/availability.js'
import conversations from '../../api/conversations.js'
import poll from '../../api/poll.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import transcript from '../../api/transcript.js'
import { timesStored } from '../api/saying.js'
import { uploader } from '../api/uploading.js'
import { option } from '../salesforce/fixtures/fixture.js'
import { type Answer, knock } from '../support/knock.js'
import { identityToken } from '../support/verified.js'
import { arrive, textsOf, visit } from '../support/visit.js'
import type { World } from '../support/world.js'

export type Prepared = {
  /** The call; again and again it is the same one. */
  call(): Promise<Answer>
  /** Fails unless the answer is the right one and its effect is there exactly once. */
  check(answer: Answer): unknown
}

/** Nobody's limits. */
export const limits = JSON.stringify(
  Object.fromEntries(
    ['auth', 'start', 'startAddress', 'send', 'signal', 'poll', 'other', 'tokens'].map((name) => [
      name,
      [100_000, '1 m'],
    ]),
  ),
)

/** The calls that both dialects carry. */
export function commonCalls() {
  const guestsConversation = async () => {
    const visitor = await visit()
    await visitor.say('Hello')
    return visitor
  }
  const speaks = async (token: string, conversationId: string) => {
    const said = await knock(send, { token, body: { conversationId, text: 'Still there?' } })
    expect(said.status, JSON.stringify(said.body)).toBe(202)
  }

  return {
    'a new guest': async (): Promise<Prepared> => ({
      call: () => knock(auth, { body: {} }),
      async check({ status, body }) {
        expect(status).toBe(200)
        expect((await knock(conversations, { token: body.token })).status).toBe(200)
      },
    }),

    'a refresh': async () => {
      const { refreshToken, conversationId } = await visit()
      return {
        call: () => knock(auth, { body: { refreshToken } }),
        async check({ status, body }: Answer) {
          expect(status).toBe(200)
          await speaks(body.token, conversationId)
          const next = await knock(auth, { body: { refreshToken: body.refreshToken } })
          expect(next.status, 'the next refresh').toBe(200)
        },
      }
    },

    'a sign-in': async () => {
      const identity = await identityToken({ subject: randomUUID() })
      return {
        call: () => knock(auth, { body: { identityToken: identity } }),
        check: ({ status, body }: Answer) => {
          expect([status, body.user?.verified]).toEqual([200, true])
        },
      }
    },

    'a sign-in of a guest': async () => {
      const { refreshToken, token, conversationId } = await visit()
      const body = { identityToken: await identityToken({ subject: randomUUID() }), refreshToken }
      return {
        call: () => knock(auth, { body }),
        async check({ status, body: reply }: Answer) {
          expect(status).toBe(200)
          await speaks(reply.token, conversationId)
          expect((await knock(conversations, { token })).status, 'the guest').toBe(401)
        },
      }
    },

    'a sign-out of a known visitor': async () => {
      const body = { identityToken: await identityToken({ subject: randomUUID() }) }
      const { token, refreshToken } = (await knock(auth, { body })).body
      return {
        call: () => knock(auth, { method: 'DELETE', token }),
        async check({ status }: Answer) {
          expect([204, 401]).toContain(status)
          expect((await knock(start, { token, body: {} })).status, 'its token').toBe(401)
          const again = await knock(auth, { body: { refreshToken } })
          expect([again.status, again.body.code]).toEqual([401, 'refresh_rejected'])
        },
      }
    },

    'a sign-out of a guest': async () => {
      const { token, conversationId } = await guestsConversation()
      return {
        call: () => knock(auth, { method: 'DELETE', token }),
        async check({ status }: Answer) {
          expect([204, 401]).toContain(status)
          const after = await knock(poll, { token, query: { conversationId } })
          expect(after.status, 'its token').toBe(401)
        },
      }
    },

    'a start': async () => {
      const { token } = await arrive()
      const topic = randomUUID()
      return {
        call: () => knock(start, { token, body: { routingAttributes: { Topic: topic } } }),
        async check({ status, body }: Answer) {
          expect([200, 201], JSON.stringify(body)).toContain(status)
          await speaks(token, body.conversationId)
          const listed = await knock(conversations, { token })
          expect(listed.body.conversations).toHaveLength(1)
        },
      }
    },

    'a start under an id': async () => {
      const { token } = await arrive()
      const conversationId = randomUUID()
      return {
        call: () => knock(start, { token, body: { conversationId } }),
        async check({ status, body }: Answer) {
          expect([200, 201], JSON.stringify(body)).toContain(status)
          expect(body.conversationId).toBe(conversationId)
          await speaks(token, conversationId)
        },
      }
    },

    'a text': async () => {
      const { say, poll: ask } = await guestsConversation()
      const [id, text] = [randomUUID(), `Said ${randomUUID()}`]
      return {
        call: () => say(text, id),
        async check({ status, body }: Answer) {
          expect([status, body.id]).toEqual([202, id])
          const { messages } = (await ask()).body
          const echoes = messages.filter((message: { id: string }) => message.id === id)
          expect(textsOf({ messages: echoes })).toEqual([text])
        },
      }
    },

    'a first poll': async () => {
      const { poll: ask } = await guestsConversation()
      return {
        call: () => ask(),
        check: ({ status, body }: Answer) => {
          expect(status).toBe(200)
          expect(textsOf(body)).toContain('Hello')
        },
      }
    },

    'a poll by cursor': async () => {
      const { poll: ask, say } = await guestsConversation()
      const { cursor } = (await ask()).body
      await say('News')
      return {
        call: () => ask({ cursor }),
        check: ({ status, body }: Answer) => {
          expect(status).toBe(200)
          expect(textsOf(body)).toContain('News')
          expect(textsOf(body)).not.toContain('Hello')
        },
      }
    },

    'an end': async () => {
      const { end, say } = await guestsConversation()
      return {
        call: () => end(),
        async check({ status, body }: Answer) {
          expect([status, body.status]).toEqual([200, 'ended'])
          expect((await say('Too late')).body.code).toBe('conversation_ended')
        },
      }
    },

    'a list of conversations': async () => {
      const { token, conversationId } = await visit()
      return {
        call: () => knock(conversations, { token }),
        check: ({ status, body }: Answer) => {
          expect(status).toBe(200)
          expect(body.conversations).toMatchObject([{ conversationId, status: 'open' }])
        },
      }
    },
  }
}

/** The calls that only the official dialect carries. */
export function furtherCalls(world: World) {
  const signaller = async () => {
    const visitor = await visit()
    const { token, conversationId } = visitor
    const signal = (body: object) => knock(send, { token, body: { conversationId, ...body } })
    return {
      ...visitor,
      type: (typing: boolean) => signal({ messageType: 'TypingIndicator', typing }),
      read: (id: string) => signal({ messageType: 'ReadReceipt', messageIds: [id] }),
      noted: () =>
        world.salesforce
          .conversation(conversationId)
          .visitorSignals.map(({ entryType }) => entryType.replace(/Typing|Indicator/g, '')),
    }
  }
  const accepted = ({ status, body }: Answer) => {
    expect(status, JSON.stringify(body)).toBe(202)
  }

  return {
    'a choice': async (): Promise<Prepared> => {
      const { token, conversationId } = await visit()
      const [id, inReplyToMessageId] = [randomUUID(), randomUUID()]
      const choices = {
        formatType: 'QuickReplies',
        text: 'Which port?',
        optionItems: [option('a', 'Rotterdam'), option('b', 'Busan')],
      }
      world.salesforce.inject(conversationId, [
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
        call: () => knock(send, { token, body }),
        check(answer) {
          accepted(answer)
          expect(timesStored(world, conversationId, id)).toBe(1)
        },
      }
    },

    'a typing': async () => {
      const { type, noted } = await signaller()
      return {
        call: () => type(true),
        check(answer: Answer) {
          accepted(answer)
          expect(noted()).toEqual(['Started'])
        },
      }
    },

    'an end of typing': async () => {
      const { type, noted } = await signaller()
      await type(true)
      return {
        call: () => type(false),
        check(answer: Answer) {
          accepted(answer)
          expect(noted()).toEqual(['Started', 'Stopped'])
        },
      }
    },

    'a receipt': async () => {
      const { read, noted } = await signaller()
      const id = randomUUID()
      return {
        call: () => read(id),
        check(answer: Answer) {
          accepted(answer)
          expect(noted()).toEqual(['Read'])
        },
      }
    },

    'a file': async () => {
      const { upload, conversationId } = await uploader()
      const id = randomUUID()
      return {
        call: () => upload({}, id),
        check(answer: Answer) {
          accepted(answer)
          expect(timesStored(world, conversationId, id)).toBe(1)
        },
      }
    },

    'a poll of the history': async () => {
      const { say, poll: ask } = await visit()
      for (const text of ['One', 'Two', 'Three']) await say(text)
      const { before } = (await ask({ limit: '1' })).body
      return {
        call: () => ask({ before }),
        check: ({ status, body }: Answer) => {
          expect(status).toBe(200)
          expect(textsOf(body)).toContain('One')
        },
      }
    },

    'a poll that waits': async () => {
      const { poll: ask, say } = await visit()
      const { cursor } = (await ask()).body
      await say('News')
      return {
        call: () => ask({ cursor, wait: '1' }),
        check: ({ status, body }: Answer) => {
          expect(status).toBe(200)
          expect(textsOf(body)).toContain('News')
        },
      }
    },

    'an end of the session': async () => {
      const { end, say, conversationId } = await visit()
      const id = randomUUID()
      return {
        call: () => end({ scope: 'session' }),
        async check({ status, body }: Answer) {
          expect([status, body.status]).toEqual([200, 'open'])
          expect((await say('Another session', id)).status).toBe(202)
          expect(timesStored(world, conversationId, id)).toBe(1)
        },
      }
    },

    'a message that opens a session': async () => {
      const { end, say, conversationId } = await visit()
      await end({ scope: 'session' })
      const id = randomUUID()
      return {
        call: () => say('Another session', id),
        check(answer: Answer) {
          accepted(answer)
          expect(timesStored(world, conversationId, id)).toBe(1)
        },
      }
    },

    'a list as Salesforce sees it': async () => {
      const { token, conversationId } = await visit()
      return {
        call: () => knock(conversations, { token, query: { refresh: 'true' } }),
        check: ({ status, body }: Answer) => {
          expect(status).toBe(200)
          expect(body.conversations).toMatchObject([{ conversationId, status: 'open' }])
        },
      }
    },

    'a transcript': async () => {
      const { token, conversationId } = await visit()
      return {
        call: () => knock(transcript, { token, query: { conversationId } }),
        check: ({ status, body }: Answer) => {
          expect(status).toBe(200)
          expect(body).toMatch(/^%PDF/)
        },
      }
    },

    availability: async () => ({
      call: () => knock(availability),
      check: ({ status, body }: Answer) => {
        expect([status, typeof body.open]).toEqual([200, 'boolean'])
      },
    }),
  }
}
