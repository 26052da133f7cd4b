/** Acts as a frontend in a few lines; most tests begin with it. */
import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import auth from '../../api/auth.js'
import end from '../../api/end.js'
import poll from '../../api/poll.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import { request } from './request.js'

/** Signs a new anonymous visitor in. */
export async function signInAsGuest() {
  const { status, body } = await request(auth, { body: {} })
  expect(status).toBe(200)
  return { token: String(body.token), refreshToken: String(body.refreshToken), user: body.user }
}

/** Signs a new anonymous visitor in and starts a conversation. */
export async function startConversation(options: object = {}) {
  const visitor = await signInAsGuest()
  const started = await request(start, { token: visitor.token, body: options })
  expect([200, 201], JSON.stringify(started.body)).toContain(started.status)
  const { token } = visitor
  const conversationId = String(started.body.conversationId)
  return {
    ...visitor,
    conversationId,
    started: started.body,
    start: (body: object = {}) => request(start, { token, body }),
    send: (text: string, id: string = randomUUID()) =>
      request(send, { token, body: { conversationId, id, text } }),
    poll: (query: Record<string, string> = {}) =>
      request(poll, { token, query: { conversationId, ...query } }),
    end: (body: object = {}) => request(end, { token, body: { conversationId, ...body } }),
  }
}

/** Returns the texts of a poll's messages. */
export function textsOf(body: { messages: { text: string }[] }): string[] {
  return body.messages.map(({ text }) => text)
}
