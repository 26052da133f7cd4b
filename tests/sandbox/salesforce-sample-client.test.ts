import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createSalesforce, instant, preChat } from '../../sandbox/salesforce/index.js'
import { violations } from '../../sandbox/salesforce/openapi.js'
import { serve } from '../../sandbox/server/serve.js'
import { readStream, unwrap } from './salesforce-events.js'

const origin = 'https://shop.example'
const esDeveloperName = 'Harbor_Custom_Client'
const salesforce = createSalesforce({
  ...preChat('Conversation'),
  allowedOrigins: [origin],
  switches: instant,
})
let server: Awaited<ReturnType<typeof serve>>
const streams: ReturnType<typeof readStream>[] = []

beforeAll(async () => {
  server = await serve(salesforce.handle)
})
afterEach(async () => {
  for (const stream of streams.splice(0)) await stream.close()
})
afterAll(() => server.close())

/** Sends a call as a browser makes it for the sample client: a preflight, then the call (§10.3). */
async function call(
  method: string,
  path: string,
  options: { token?: string; body?: unknown } = {},
) {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    ...(options.token && { authorization: `Bearer ${options.token}` }),
  }
  await checkPreflight(method, path, Object.keys(headers))
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { ...headers, origin },
    ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
  })
  expect(response.headers.get('access-control-allow-origin')).toBe(origin)
  const text = await response.text()
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
}

async function checkPreflight(method: string, path: string, names: string[]): Promise<void> {
  const { headers } = await fetch(`${server.url}${path}`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': names.sort().join(),
    },
  })
  expect(headers.get('access-control-allow-methods')).toContain(method)
  const allowed = headers.get('access-control-allow-headers')?.split(', ')
  expect(allowed).toEqual(expect.arrayContaining(names))
}

/**
 * Opens the stream as the sample client does; after a reload without `Last-Event-Id` (§10.1,
 * §10.2).
 */
async function listen(token: string, lastEventId?: string) {
  const headers = {
    authorization: `Bearer ${token}`,
    'cache-control': 'no-cache',
    'x-org-id': salesforce.orgId,
    ...(lastEventId && { 'last-event-id': lastEventId }),
  }
  const path = `/eventrouter/v1/sse?_ts=${Date.now()}`
  await checkPreflight('GET', path, Object.keys(headers))
  const stream = readStream(
    await fetch(`${server.url}${path}`, { headers: { ...headers, origin } }),
  )
  streams.push(stream)
  return stream
}

test('the sequence of the sample client works, with a reload in the middle', async () => {
  const api = '/iamessage/api/v2'
  const taken = await call('POST', `${api}/authorization/unauthenticated/access-token`, {
    body: { orgId: salesforce.orgId, esDeveloperName, capabilitiesVersion: '1', platform: 'Web' },
  })
  const { accessToken: token, lastEventId } = taken.body

  const conversationId = randomUUID()
  const conversation = `${api}/conversation/${conversationId}`
  const routingAttributes = { _firstName: 'Mina', _email: 'mina@example.org', Subscribe: 'on' }
  const created = await call('POST', `${api}/conversation`, {
    token,
    body: { conversationId, esDeveloperName, routingAttributes },
  })
  expect(created.status).toBe(201)
  const stream = await listen(token, lastEventId)
  const greeting = () => stream.events().filter(({ event }) => event === 'CONVERSATION_MESSAGE')
  await expect.poll(greeting).toHaveLength(1)

  const typing = { entryType: 'TypingStartedIndicator', id: randomUUID() }
  expect((await call('POST', `${conversation}/entry`, { token, body: typing })).status).toBe(200)
  const message = {
    id: randomUUID(),
    messageType: 'StaticContentMessage',
    staticContent: { formatType: 'Text', text: 'Ahoy' },
  }
  const body = { message, esDeveloperName, isNewMessagingSession: false }
  expect((await call('POST', `${conversation}/message`, { token, body })).status).toBe(202)
  await expect.poll(greeting).toHaveLength(3)
  for (const event of stream.events()) {
    expect(unwrap(event).conversationEntry.senderDisplayName).not.toBe('')
  }

  await stream.close()
  const continued = await call('GET', `${api}/authorization/continuation-access-token`, { token })
  const again = continued.body.accessToken
  const listed = await call('GET', `${api}/conversation/list?inclClosedConvs=false&limit=20`, {
    token: again,
  })
  expect(listed.body).toMatchObject({
    openConversationsFound: 1,
    conversations: [{ conversationId }],
  })
  const filter = 'entryTypeFilter=Message,ParticipantChanged,RoutingResult'
  const [entries, fresh] = await Promise.all([
    call('GET', `${conversation}/entries?limit=50&${filter}`, { token: again }),
    listen(again),
  ])
  expect(entries.body.conversationEntries).toHaveLength(5)

  const closed = await call('DELETE', `${conversation}?esDeveloperName=${esDeveloperName}`, {
    token: again,
  })
  expect(closed.status).toBe(204)
  await expect.poll(() => fresh.events().at(-1)?.event).toBe('CONVERSATION_CLOSE_CONVERSATION')
  expect(fresh.events().filter(({ event }) => event === 'CONVERSATION_MESSAGE')).toEqual([])
  expect(salesforce.exchanges.flatMap(violations)).toEqual([])
})
