/** Calls the built functions as a frontend does. */
import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import * as z from 'zod'
import { type RequestOptions, request } from '../support/request.js'
import { type Gateway, home } from './gateway.js'

/** Answers the requests to `home`. */
export type Server = Pick<Gateway, 'fetch'>

const message = z.looseObject({
  id: z.string(),
  messageType: z.string(),
  text: z.string(),
  sender: z.object({ role: z.string() }),
})
const page = z.looseObject({ messages: z.array(message), cursor: z.string() })

export type Message = z.output<typeof message>

/** Asks for a path. */
export function callGateway(server: Server, path: string, options: RequestOptions = {}) {
  return request(server, { ...options, url: `${home}${path}` })
}

/** Reads a conversation: everything so far, and what comes. */
export function createReader(server: Server, token: string, conversationId: string) {
  const messages: Message[] = []
  let cursor: string | undefined

  async function read(): Promise<void> {
    const query = { conversationId, ...(cursor && { cursor, wait: '1' }) }
    const { status, body } = await callGateway(server, '/api/poll', { token, query })
    expect(status, JSON.stringify(body)).toBe(200)
    const latest = page.parse(body)
    cursor = latest.cursor
    messages.push(...latest.messages)
  }

  return {
    messages,
    /** Polls until a message is there, at most so often. */
    async until(matches: (message: Message) => boolean): Promise<Message> {
      for (let polls = 0; polls < 20; polls += 1) {
        const found = messages.find(matches)
        if (found) return found
        await read()
      }
      throw new Error(`It never came; these did: ${messages.map(({ text }) => text).join(' | ')}`)
    },
  }
}

/** Opens a conversation for a visitor: a guest, unless an identity is given. */
export async function startConversation(server: Server, identity: { identityToken?: string } = {}) {
  const { body: session } = await callGateway(server, '/api/auth', { body: identity })
  const token = String(session.token)
  const started = await callGateway(server, '/api/start', { token, body: {} })
  expect(started.status, JSON.stringify(started.body)).toBe(201)
  const conversationId = String(started.body.conversationId)
  return {
    token,
    refreshToken: String(session.refreshToken),
    conversationId,
    user: session.user,
    started: started.body,
    reader: createReader(server, token, conversationId),
    send: (content: object, id: string = randomUUID()) =>
      callGateway(server, '/api/send', { token, body: { conversationId, id, ...content } }),
  }
}
