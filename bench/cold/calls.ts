/** Prepares the request that each function is asked first. */
import { randomUUID } from 'node:crypto'
import { callGateway, type Server, startConversation } from '../../tests/build/frontend.js'
import { home } from '../../tests/build/gateway.js'
import type { ColdCall } from './sample.js'

/** A function of Vercel, and one of its calls; `path` finds the function in an older commit, too. */
export type ColdFunction = { name: string; path: string; call: () => ColdCall }

/** Opens two conversations, one of them ended, and returns a call for each function. */
export async function prepareCalls(server: Server): Promise<ColdFunction[]> {
  const { token, conversationId, reader, send } = await startConversation(server)
  await send({ text: 'Hello' })
  await reader.until(({ text }) => text.startsWith('You said'))
  const page = await callGateway(server, '/api/poll', { token, query: { conversationId } })
  const over = await startConversation(server)
  const ended = { token: over.token, body: { conversationId: over.conversationId } }
  await callGateway(server, '/api/end', ended)

  const headersOf = (bearer: string) => ({
    authorization: `Bearer ${bearer}`,
    'content-type': 'application/json',
    'x-real-ip': '192.0.2.1',
  })
  const get = (path: string) => {
    const url = `${home}${path}`
    return { url, method: 'GET', headers: headersOf(token), status: 200 }
  }
  const post = (path: string, body: object, status = 200, bearer = token) => {
    const url = `${home}${path}`
    return { url, method: 'POST', headers: headersOf(bearer), body: JSON.stringify(body), status }
  }
  const poll = new URLSearchParams({ conversationId, cursor: String(page.body.cursor) })
  const message = () => ({ conversationId, id: randomUUID(), text: 'Hello' })
  const calls: [name: string, path: string, call: () => ColdCall][] = [
    ['auth', '/api/auth', () => post('/api/auth', {})],
    ['start', '/api/start', () => post('/api/start', {})],
    ['send', '/api/send', () => post('/api/send', message(), 202)],
    ['poll', '/api/poll', () => get(`/api/poll?${poll}`)],
    ['end', '/api/end', () => post('/api/end', ended.body, 200, ended.token)],
    ['upload (refused)', '/api/upload', () => post('/api/upload', {}, 415)],
    ['other (health)', '/api/health', () => get('/api/health')],
  ]
  return calls.map(([name, path, call]) => ({ name, path, call }))
}
