/** Checks how the start options reach the body of `POST /api/start`. */
import { describe, expect, it } from 'vitest'
import type { Chat } from '../../client/core/index.js'
import { upload } from '../../client/core/upload.js'
import { advance, setupClient } from './setup.js'

const harness = setupClient()
const startOptions = { language: 'en_US', routingAttributes: { Page: 'home' } }

/** Returns the bodies of all starts so far, without the ids that they propose. */
function starts() {
  const calls = harness.gateway.requests.filter(({ path }) => path === '/api/start')
  return calls.map(({ body: { conversationId: _, ...body } }) => body)
}

/** Refuses starts with a pre-chat form until they carry its answer. */
function askForTopic(): void {
  const field = { name: 'Topic', type: 'text', required: true }
  const prechat = { required: true, per: 'conversation', fields: [field] }
  harness.gateway.intercept(({ path, body }, next) => {
    const answers = Object.keys(body.routingAttributes ?? {})
    if (path !== '/api/start' || answers.includes('Topic')) return next()
    const problem = { code: 'prechat_required', status: 409, retryable: false, prechat }
    return { status: 409, body: problem }
  })
}

describe('start()', () => {
  it('tries again at once while no request was answered', async () => {
    harness.gateway.intercept(() => harness.gateway.problem(503, 'store_unavailable'))
    const { chat, connection } = harness.open()
    chat.start()
    await advance(1)
    expect(connection()).toBe('retrying')
    harness.gateway.intercept((_, next) => next())
    chat.start()
    await advance(1)
    expect(connection()).toBe('online')
  })
})

describe('availability()', () => {
  it('asks without a token, and by a request that needs no preflight', async () => {
    const asked: RequestInit[] = []
    const fetch: typeof globalThis.fetch = async (_, init = {}) => {
      asked.push(init)
      return Response.json({ open: false, opensAt: '2026-12-01T08:00:00.000Z' })
    }
    const { chat } = harness.open({ fetch })
    expect(await chat.availability()).toEqual({ open: false, opensAt: '2026-12-01T08:00:00.000Z' })
    expect(asked).toMatchObject([{ method: 'GET', headers: {} }])
  })

  it('rejects with the problem of a gateway that does not answer', async () => {
    const { chat } = harness.open({ fetch: () => Promise.reject(new TypeError('No network')) })
    await expect(chat.availability()).rejects.toMatchObject({ code: 'unreachable' })
  })
})

describe('startOptions of createChat', () => {
  it('are sent by start()', async () => {
    const { chat } = harness.open({ startOptions })
    chat.start()
    await advance(100)
    expect(starts()).toEqual([startOptions])
  })

  it.each<[name: string, act: (chat: Chat) => void]>([
    ['a first message', (chat) => chat.send('Hello')],
    ['an answer to a choice', (chat) => chat.reply('q', { selections: [] })],
    ['a file', (chat) => upload(chat, new File(['x'], 'a.txt', { type: 'text/plain' }))],
  ])('are sent when %s starts the chat', async (_, act) => {
    const { chat } = harness.open({ startOptions })
    act(chat)
    await advance(100)
    expect(starts()).toEqual([startOptions])
  })

  it('are sent when a failed message is sent again in a chat that was closed', async () => {
    const { chat } = await harness.begin({ startOptions })
    harness.gateway.once('/api/send', () => harness.gateway.problem(413, 'payload_too_large'))
    const id = chat.send('Hello')
    await advance(100)
    chat.close()
    chat.retry(id)
    await advance(100)
    expect(starts()).toEqual([startOptions, startOptions])
    expect(harness.gateway.sends).toEqual([id])
  })

  it('give way to the options of start(), whose routing attributes join theirs', async () => {
    const { chat } = harness.open({ startOptions })
    chat.start({ language: 'de', routingAttributes: { Topic: 'Cargo' } })
    await advance(100)
    const routingAttributes = { Page: 'home', Topic: 'Cargo' }
    expect(starts()).toEqual([{ language: 'de', routingAttributes }])
  })

  it('are joined by the answers to a form that the gateway asks for', async () => {
    askForTopic()
    const { chat } = harness.open({ startOptions })
    chat.start()
    await advance(100)
    expect(chat.getSnapshot().prechat?.fields).toHaveLength(1)
    chat.start({ routingAttributes: { Topic: 'Cargo' } })
    await advance(100)
    const routingAttributes = { Page: 'home', Topic: 'Cargo' }
    expect(starts()).toEqual([startOptions, { ...startOptions, routingAttributes }])
  })

  it('can be replaced, for conversations that are started later', async () => {
    const { chat } = harness.open({ startOptions })
    chat.setStartOptions({ language: 'ja' })
    chat.start()
    await advance(100)
    expect(starts()).toEqual([{ language: 'ja' }])
  })

  it('apply again when the options that replaced them are removed', async () => {
    const { chat } = harness.open({ startOptions })
    chat.setStartOptions({ language: 'ja' })
    chat.setStartOptions(undefined)
    chat.start()
    await advance(100)
    expect(starts()).toEqual([startOptions])
  })

  it('are not sent again by a message or by start() in an open conversation', async () => {
    const { chat } = await harness.begin({ startOptions: { resume: false } })
    chat.send('One')
    chat.start({ routingAttributes: { Topic: 'Cargo' } })
    chat.start()
    await advance(1000)
    expect(starts()).toEqual([{ resume: false }])
    expect(harness.gateway.sends).toHaveLength(1)
  })

  it('join the answers to a form in an open conversation, which start no other one', async () => {
    const routingAttributes = { Page: 'home' }
    const { chat } = await harness.begin({ startOptions: { resume: false, routingAttributes } })
    const prechat = { required: true, per: 'session', fields: [] }
    harness.gateway.once('/api/send', () =>
      harness.gateway.problem(409, 'prechat_required', { prechat }),
    )
    chat.send('One')
    await advance(100)
    expect(chat.getSnapshot().prechat).toEqual(prechat)
    chat.start({ routingAttributes: { Topic: 'Cargo' } })
    await advance(1000)
    expect(starts()).toEqual([{ resume: false, routingAttributes }])
    const sends = harness.gateway.requests.filter(({ path }) => path === '/api/send')
    expect(sends.map(({ body }) => body.routingAttributes)).toEqual([
      undefined,
      { Page: 'home', Topic: 'Cargo' },
    ])
  })
})
