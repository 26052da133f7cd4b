import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { decodeProtectedHeader, jwtVerify } from 'jose'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { GatewayError } from '../../lib/problem.js'
import { createScope, runInScope, setDeadline } from '../../lib/request.js'
import { createGuide } from '../../lib/salesforce/guide/client.js'
import type { OutgoingMessage } from '../../lib/salesforce/messaging.js'

const url = 'https://harbor.example'
const loginUrl = 'https://login.example'
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const network = setupServer()
beforeAll(() => network.listen({ onUnhandledRequest: 'error' }))
afterEach(() => network.resetHandlers())
afterAll(() => network.close())

const messaging = createGuide({
  url,
  loginUrl,
  orgId: '00DZZ0000000AbC',
  deployment: 'Harbor_Custom_Client',
  clientId: 'connected-app',
  key: privateKey,
  now: Date.now,
})

const text: OutgoingMessage = {
  id: '0a9d1f7e-5a52-4f5b-8f39-3a0d5f0c9b12',
  messageType: 'StaticContentMessage',
  text: 'Hello',
}

/** Answers at these paths of any host; gives the requests that were heard. */
function answer(answers: Record<string, (request: Request) => Response | Promise<Response>>) {
  const requests: Request[] = []
  network.use(
    http.all('*', ({ request }) => {
      requests.push(request.clone())
      const path = new URL(request.url).pathname
      const found = Object.entries(answers).find(([end]) => path.endsWith(end))
      return found ? found[1](request) : HttpResponse.error()
    }),
  )
  return requests
}

const login = () => HttpResponse.json({ access_token: 'org-token' })
const authorization = (context: object = {}, expiresIn: unknown = 600) =>
  HttpResponse.json({
    accessToken: 'visitor-token',
    context: { url: 'harbor.example', esDeveloperName: 'Named_By_Context', ...context },
    expiresIn,
  })

/** Returns the outcome of a call within a request that has little time. */
function outcomeOf<T>(call: () => Promise<T>) {
  return runInScope(createScope(), async () => {
    setDeadline(400)
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      return { code: error.code, effect: error.details.effect, note: error.details.note }
    }
  })
}

async function authorized(context: object = {}) {
  answer({ '/token': login, '/authorization': () => authorization(context) })
  const { token } = await messaging.createToken('anybody')
  network.resetHandlers()
  return { token, conversationId: 'conv_1' }
}

describe('the way to a token', () => {
  it('is an assertion as the guide writes it, exchanged as a form', async () => {
    const requests = answer({ '/token': login, '/authorization': () => authorization() })
    const { expiresAt, offer } = await messaging.createToken('anybody')
    const [first, second] = requests
    expect(first?.url).toBe(`${loginUrl}/services/oauth2/token`)
    expect(first?.headers.get('content-type')).toMatch(/^application\/x-www-form-urlencoded/)
    const form = new URLSearchParams(await first?.text())
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer')
    const assertion = form.get('assertion') ?? ''
    expect(decodeProtectedHeader(assertion).alg).toBe('RS256')
    const { payload } = await jwtVerify(assertion, createPublicKey(privateKey))
    const { iat = 0, exp = 0, ...claims } = payload
    expect(claims).toEqual({ iss: 'connected-app', sub: '00DZZ0000000AbC', aud: loginUrl })
    expect(exp - iat).toBe(300)
    expect(Math.abs(iat * 1000 - Date.now())).toBeLessThan(5000)

    expect(second?.url).toBe(`${url}/iamessage/api/v2/authorization`)
    expect(second?.headers.get('authorization')).toBe('Bearer org-token')
    expect(await second?.json()).toEqual({
      orgId: '00DZZ0000000AbC',
      esDeveloperName: 'Harbor_Custom_Client',
      capabilitiesVersion: '1',
      platform: 'Web',
    })
    expect(Math.abs(expiresAt - Date.now() - 600_000)).toBeLessThan(5000)
    expect(offer).toEqual({ prechat: null, attachments: null })
  })

  it.each([
    ['its own host', 'harbor.example', url],
    ['its own host with the scheme', 'https://harbor.example/', url],
    ['a host below it', 'eu.harbor.example', 'https://eu.harbor.example'],
    ['its own host in capitals', 'HARBOR.example', url],
  ])('leads to %s', async (_what, named, base) => {
    const conversationRef = await authorized({ url: named })
    const requests = answer({
      '/message': () => HttpResponse.json({ id: 'm' }),
      '/conversation': () => HttpResponse.json({ conversationId: 'conv_1' }),
    })
    await messaging.sendMessage(conversationRef, text, null)
    await messaging.createConversation(conversationRef, { routingAttributes: {}, language: null })
    expect(requests.map((request) => request.url)).toEqual([
      `${base}/iamessage/api/v2/conversation/conv_1/message`,
      `${base}/iamessage/api/v2/conversation`,
    ])
    expect(await requests[1]?.json()).toMatchObject({ esDeveloperName: 'Named_By_Context' })
    for (const request of requests)
      expect(request.headers.get('authorization')).toBe('Bearer visitor-token')
  })

  it.each([
    'evil.example',
    'harbor.example.evil.example',
    'evilharbor.example',
    'harbor.example:8443',
    'http://harbor.example',
    'user@harbor.example',
    'evil.example#.harbor.example',
    'evil.example/.harbor.example',
    'evil.example?.harbor.example',
    'harbor.example/path',
    'evil.example\\.harbor.example',
    '169.254.169.254',
    '',
    ' ',
  ])('never leads to %j', async (named) => {
    answer({ '/token': login, '/authorization': () => authorization({ url: named }) })
    const outcome = await outcomeOf(() => messaging.createToken('anybody'))
    expect(outcome).toMatchObject({ code: 'upstream_rejected', note: expect.anything() })
  })

  it.each([
    ['the login refuses', { '/token': () => HttpResponse.json({}, { status: 400 }) }, 'none'],
    ['the login talks nonsense', { '/token': () => HttpResponse.text('<html>') }, 'unknown'],
    [
      'the authorization refuses',
      { '/token': login, '/authorization': () => HttpResponse.json({}, { status: 401 }) },
      'none',
    ],
    [
      'it lives for no time at all',
      { '/token': login, '/authorization': () => authorization({}, 0) },
      'unknown',
    ],
    [
      'it does not say how long it lives',
      { '/token': login, '/authorization': () => authorization({}, 'long') },
      'unknown',
    ],
  ])('is not believed when %s', async (_what, answers, effect) => {
    answer(answers)
    const outcome = await outcomeOf(() => messaging.createToken('anybody'))
    expect(outcome).toMatchObject({ code: 'upstream_rejected', effect })
  })

  it('is not tried again by itself, and says that the login is busy', async () => {
    const requests = answer({ '/token': () => HttpResponse.json({}, { status: 503 }) })
    const outcome = await outcomeOf(() => messaging.createToken('anybody'))
    expect(outcome).toMatchObject({ code: 'upstream_unavailable' })
    expect(requests).toHaveLength(1)
  })
})

describe('what needs a token', () => {
  it('asks for another one when the text is no token of this dialect', async () => {
    const requests = answer({})
    const conversationRef = { token: 'eyJ.of.another', conversationId: 'conv_1' }
    const outcome = await outcomeOf(() => messaging.sendMessage(conversationRef, text, null))
    expect(outcome).toMatchObject({ code: 'conversation_lost', effect: 'none' })
    expect(requests).toEqual([])
  })

  it('puts a conversation’s name into the path so that it stays one', async () => {
    const { token } = await authorized()
    const requests = answer({ '/message': () => HttpResponse.json({}) })
    await messaging.sendMessage({ token, conversationId: 'a/../b?c#d' }, text, null)
    expect(requests.map((request) => request.url)).toEqual([
      `${url}/iamessage/api/v2/conversation/a%2F..%2Fb%3Fc%23d/message`,
    ])
  })

  it.each([
    ['is told', { id: 'msg_1', timestamp: '2026-01-15T10:30:00.000Z' }, 'msg_1', 1_768_473_000_000],
    ['is in epoch milliseconds', { id: 'msg_1', timestamp: 17 }, 'msg_1', 17],
  ])('gives a message’s name and time when it %s', async (_what, body, listedAs, at) => {
    const conversationRef = await authorized()
    answer({ '/message': () => HttpResponse.json(body) })
    expect(await messaging.sendMessage(conversationRef, text, null)).toEqual({ listedAs, at })
  })

  it.each([[{}], [{ id: null }], [{ id: 7, timestamp: 'soon' }]])(
    'takes %j for accepted, without a name',
    async (body) => {
      const conversationRef = await authorized()
      answer({ '/message': () => HttpResponse.json(body) })
      const result = await messaging.sendMessage(conversationRef, text, null)
      expect(result).toMatchObject({ listedAs: null })
      expect(Math.abs(result.at - Date.now())).toBeLessThan(5000)
    },
  )

  it('does not know what became of a message that a web page answers', async () => {
    const conversationRef = await authorized()
    answer({ '/message': () => HttpResponse.html('<html></html>') })
    const outcome = await outcomeOf(() => messaging.sendMessage(conversationRef, text, null))
    expect(outcome).toMatchObject({ code: 'upstream_rejected', effect: 'unknown' })
  })

  it.each<[string, OutgoingMessage]>([
    [
      'a form',
      { id: text.id, messageType: 'FormResponseMessage', inReplyToMessageId: text.id, values: [] },
    ],
    [
      'two selections at once',
      {
        id: text.id,
        messageType: 'ChoiceResponseMessage',
        inReplyToMessageId: text.id,
        selections: [{ itemId: 'a' }, { itemId: 'b' }],
      },
    ],
    [
      'a file',
      {
        id: text.id,
        messageType: 'AttachmentMessage',
        text: null,
        file: { name: 'a.png', type: 'image/png', bytes: new Uint8Array(1) },
      },
    ],
  ])('refuses %s before anything is sent', async (_what, outgoing) => {
    const conversationRef = await authorized()
    const requests = answer({})
    const outcome = await outcomeOf(() =>
      outgoing.messageType === 'AttachmentMessage'
        ? messaging.sendFile(conversationRef, outgoing, null)
        : messaging.sendMessage(conversationRef, outgoing, null),
    )
    expect(outcome).toMatchObject({ code: 'unsupported', effect: 'none' })
    expect(requests).toEqual([])
  })
})

describe('the list', () => {
  const messages = Array.from({ length: 230 }, (_, index) => ({
    id: `msg_${index}`,
    messageType: 'StaticContentMessage',
    sender: { role: 'Agent', displayName: 'Dana' },
    staticContent: { formatType: 'Text', text: String(index) },
    timestamp: new Date(1_795_000_000_000 + Math.floor(index / 3)).toISOString(),
  }))

  /** Lists so many messages at once, and some before them again. */
  function pagesOf(size: number) {
    return (request: Request) => {
      const after = new URL(request.url).searchParams.get('after')
      const index = messages.findIndex(({ id }) => id === after)
      const start = Math.max(0, index - 2)
      return HttpResponse.json({ messages: messages.slice(start, start + size) })
    }
  }

  it.each([
    ['all at once', 1000, 2],
    ['in pages of 60', 60, 5],
    ['in pages of 100', 100, 4],
  ])('is read to its end when it comes %s', async (_what, size, requestsAtMost) => {
    const conversationRef = await authorized()
    const requests = answer({ '/messages': pagesOf(size) })
    const page = await messaging.listConversationEntries(
      conversationRef,
      { order: 'oldestFirst' },
      4000,
    )
    expect(page.entries.map(({ id }) => id).sort()).toEqual(messages.map(({ id }) => id).sort())
    expect(requests.length).toBeLessThanOrEqual(requestsAtMost)
    expect(page.full).toBe(false)
  })

  it('is read in one request where a page holds the rest', async () => {
    const conversationRef = await authorized()
    const requests = answer({ '/messages': pagesOf(1000) })
    const page = await messaging.listConversationEntries(
      conversationRef,
      {
        order: 'oldestFirst',
        after: 'msg_200',
      },
      4000,
    )
    expect(page.entries).toHaveLength(32)
    expect(requests.map((request) => new URL(request.url).search)).toEqual(['?after=msg_200'])
  })

  it('comes newest first for a first page, those of one moment too', async () => {
    const conversationRef = await authorized()
    answer({ '/messages': pagesOf(1000) })
    const { entries } = await messaging.listConversationEntries(
      conversationRef,
      {
        order: 'newestFirst',
      },
      4000,
    )
    expect(entries.map(({ id }) => id)).toEqual(messages.map(({ id }) => id).reverse())
    const older = await messaging.listConversationEntries(
      conversationRef,
      {
        order: 'newestFirst',
        endTimestamp: 1_795_000_000_001,
      },
      4000,
    )
    expect(older.entries.map(({ id }) => id)).toEqual(
      [5, 4, 3, 2, 1, 0].map((index) => `msg_${index}`),
    )
  })

  it('is asked again after a failure, and not for ever when it never ends', async () => {
    const conversationRef = await authorized()
    let failures = 1
    const requests = answer({
      '/messages': (request) =>
        failures-- > 0 ? HttpResponse.json({}, { status: 503 }) : pagesOf(1000)(request),
    })
    expect(
      (await messaging.listConversationEntries(conversationRef, { order: 'oldestFirst' }, 4000))
        .entries,
    ).toHaveLength(230)
    expect(requests).toHaveLength(3)
    network.resetHandlers()
    let offset = 0
    const endless = answer({
      '/messages': () => {
        offset += 60
        const more = Array.from({ length: 60 }, (_, index) => ({
          ...messages[0],
          id: `more_${offset + index}`,
        }))
        return HttpResponse.json({ messages: more })
      },
    })
    await messaging.listConversationEntries(conversationRef, { order: 'oldestFirst' }, 4000)
    expect(endless.length).toBeLessThanOrEqual(40)
  })

  it('that is none is nonsense', async () => {
    const conversationRef = await authorized()
    answer({ '/messages': () => HttpResponse.json({ data: [] }) })
    const outcome = await outcomeOf(() =>
      messaging.listConversationEntries(conversationRef, { order: 'oldestFirst' }, 4000),
    )
    expect(outcome).toMatchObject({ code: 'upstream_rejected' })
  })
})
