/** Tests the walk of the guide's own client, in our words: with `fetch`, over two hosts. */
import { setupServer } from 'msw/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { requestViolations } from '../../sandbox/salesforce/openapi.js'
import {
  assertion,
  authorization,
  baseUrl,
  createGuide,
  jwtBearer,
  loginUrl,
  summaryOf,
  textOf,
} from './guide-visitor.js'

const salesforce = createGuide()
const network = setupServer(...salesforce.handlers(baseUrl, loginUrl))

beforeAll(() => network.listen({ onUnhandledRequest: 'error' }))
afterAll(() => network.close())

const messageSchema = z.looseObject({
  id: z.string(),
  conversationId: z.string(),
  messageType: z.string(),
  sender: z.object({ role: z.enum(['Agent', 'EndUser', 'Chatbot']), displayName: z.string() }),
  timestamp: z.string(),
})

async function getAccessToken() {
  const response = await fetch(`${loginUrl}/services/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: jwtBearer, assertion: await assertion() }),
  })
  return z.object({ access_token: z.string() }).parse(await response.json()).access_token
}

const post = (url: string, token: string, body?: unknown) =>
  fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })

async function getMessagingAuth() {
  const url = `${baseUrl}/iamessage/api/v2/authorization`
  const response = await post(url, await getAccessToken(), authorization)
  const context = z.object({ url: z.string(), esDeveloperName: z.string() })
  const answer = z.object({ accessToken: z.string(), context, expiresIn: z.number() })
  return answer.parse(await response.json())
}

/** Remembers what it has seen and asks for what came after it, as the guide's poller does. */
function createPoller(url: string, token: string) {
  const seen = new Set<string>()
  let lastId: string | undefined
  return async () => {
    const query = lastId === undefined ? '' : `?after=${lastId}`
    const headers = { authorization: `Bearer ${token}` }
    const response = await fetch(`${url}/messages${query}`, { headers })
    const list = z.object({ messages: z.array(messageSchema) }).parse(await response.json())
    const fresh = list.messages.filter(({ id }) => !seen.has(id))
    for (const { id } of fresh) {
      seen.add(id)
      lastId = id
    }
    return fresh.map(summaryOf)
  }
}

test('a client as the guide writes it chats from hello to the end', async () => {
  const { accessToken, context } = await getMessagingAuth()
  const url = `https://${context.url}/iamessage/api/v2/conversation`
  const started = await post(url, accessToken, {
    esDeveloperName: context.esDeveloperName,
    routingAttributes: { customerName: 'Ada' },
    contextParameters: { caseReason: 'Technical Support' },
  })
  const { conversationId } = z.object({ conversationId: z.string() }).parse(await started.json())
  const conversation = `${url}/${conversationId}`
  const poll = createPoller(conversation, accessToken)
  expect(await poll()).toEqual(['Chatbot: Hello, I am the Harbor Assistant. How can I help you?'])

  await post(`${conversation}/message`, accessToken, textOf('agent'))
  expect(await poll()).toEqual([
    'EndUser: agent',
    'Agent: Hello, this is Dana. How can I help you?',
  ])
  expect(await poll()).toEqual([])

  expect((await post(`${conversation}/end`, accessToken)).ok).toBe(true)
  expect((await post(`${conversation}/message`, accessToken, textOf('hello?'))).status).toBe(403)
  expect(salesforce.exchanges.flatMap(requestViolations)).toEqual([])
})
