/** Checks the visitor's tokens, sign-in, sign-out, pre-chat forms, typing indicators and receipts. */
import { describe, expect, it } from 'vitest'
import { lost, textMessage } from './gateway.js'
import { advance, setupClient } from './setup.js'

const harness = setupClient()
const calls = (path: string) => harness.gateway.requests.filter((request) => request.path === path)
const jwt = (sub: string) => `e.${btoa(JSON.stringify({ iss: 'shop', sub }))}.s`

describe('drafts', () => {
  it('are kept by name, and removed when the visitor signs out', async () => {
    const { chat } = await harness.begin()
    chat.drafts.write('message', 'Half a thought')
    chat.drafts.write('open', 'true')
    chat.drafts.write('open', '')
    expect(['message', 'open', 'other'].map(chat.drafts.read)).toEqual(['Half a thought', '', ''])
    await chat.signOut()
    expect(chat.drafts.read('message')).toBe('')
  })
})

describe('tokens', () => {
  it('are renewed by the refresh token before they expire', async () => {
    await harness.begin()
    await advance(14.5 * 60_000)
    expect(calls('/api/auth').map(({ body }) => body)).toEqual([{}, { refreshToken: 'refresh1' }])
  })

  it('are renewed when one is refused, and the message is still delivered', async () => {
    const { chat, deliveries } = await harness.begin()
    harness.gateway.forgetTokens()
    chat.send('one')
    await advance(2000)
    expect(deliveries()).toEqual(['one delivered'])
    expect(calls('/api/auth')).toHaveLength(2)
  })

  it('are shared by two tabs, of which one renews them', async () => {
    const [one, two] = [await harness.begin(), await harness.begin()]
    await advance(60_000 * 60)
    expect(one.connection()).toBe('online')
    expect(two.chat.getSnapshot().conversationId).toBe(one.chat.getSnapshot().conversationId)
    expect(calls('/api/auth')).toHaveLength(1 + 4)
  })

  it('that are gone set the connection to lost, and the next start is by a new visitor', async () => {
    const { chat, connection } = await harness.begin()
    harness.gateway.forgetVisitor()
    await advance(2000)
    expect(connection()).toBe('lost')
    expect(chat.getSnapshot().problem?.code).toBe('refresh_rejected')
    chat.start()
    await advance(100)
    expect(connection()).toBe('online')
    expect(calls('/api/auth').at(-1)?.body).toEqual({})
  })

  it('are requested again when the network is back', async () => {
    harness.gateway.intercept(lost)
    const { chat, connection } = harness.open()
    chat.start()
    await advance(5000)
    expect(connection()).toBe('retrying')
    harness.gateway.intercept(() => undefined)
    await advance(30_000)
    expect(connection()).toBe('online')
  })
})

describe('a visitor who signs in on the site', () => {
  it('sends the refresh token of the guest together with the identity token', async () => {
    const guest = await harness.begin()
    guest.chat.close()
    await harness.begin({ identityToken: async () => jwt('mina') })
    expect(calls('/api/auth').at(-1)?.body).toEqual({
      refreshToken: 'refresh1',
      identityToken: jwt('mina'),
    })
  })

  it('sends only the refresh token on the next page', async () => {
    const first = await harness.begin({ identityToken: jwt('mina') })
    first.chat.close()
    await advance(14.5 * 60_000)
    await harness.begin({ identityToken: jwt('mina') })
    expect(calls('/api/auth').at(-1)?.body).toEqual({ refreshToken: 'refresh1' })
  })

  it.each([
    ['another visitor signs in', { identityToken: jwt('noor') }],
    ['the page has no identity token any more', {}],
  ])('leaves no token and no message behind when %s', async (_, options) => {
    const first = await harness.begin({ identityToken: jwt('mina') })
    harness.gateway.intercept(({ path }) => (path === '/api/send' ? lost() : undefined))
    first.chat.send('secret')
    await advance(10)
    first.chat.close()
    harness.gateway.intercept(() => undefined)
    const second = await harness.begin(options)
    await advance(2000)
    expect(calls('/api/auth').at(-1)?.body).toEqual(options)
    expect(second.texts()).toEqual([])
    expect([...harness.browser.stored.values()].join()).not.toContain('secret')
  })
})

describe('signing out', () => {
  it('leaves nothing in the browser and stops the polls', async () => {
    const { chat, connection, texts } = await harness.begin()
    chat.send('one')
    await advance(1000)
    await chat.signOut()
    expect(connection()).toBe('idle')
    expect(texts()).toEqual([])
    expect(harness.browser.stored.size).toBe(0)
    const polls = calls('/api/poll').length
    await advance(60_000)
    expect(calls('/api/poll')).toHaveLength(polls)
  })

  it('asks once more when Salesforce does not end the conversation', async () => {
    const { chat } = await harness.begin()
    let failures = 1
    harness.gateway.intercept(({ query }) =>
      query.has('everywhere') && failures-- > 0
        ? harness.gateway.problem(503, 'upstream_unavailable')
        : undefined,
    )
    await chat.signOut()
    expect(failures).toBe(-1)
  })

  it('leaves nothing in the browser and rejects when the gateway cannot be reached', async () => {
    const { chat } = await harness.begin()
    harness.gateway.intercept(lost)
    await expect(chat.signOut()).rejects.toThrow()
    expect(harness.browser.stored.size).toBe(0)
  })
})

const form = { required: true, per: 'conversation', fields: [] }

describe('a pre-chat form', () => {
  it('is in the snapshot, and start() with its answers delivers the waiting message', async () => {
    harness.gateway.intercept(({ path, body }) =>
      path === '/api/start' && !body.routingAttributes
        ? harness.gateway.problem(409, 'prechat_required', { prechat: form })
        : undefined,
    )
    const { chat, connection, deliveries } = harness.open()
    chat.send('Hello')
    await advance(100)
    expect(connection()).toBe('idle')
    expect(chat.getSnapshot().prechat).toEqual(form)
    chat.start({ routingAttributes: { name: 'Mina' } })
    await advance(2000)
    expect(chat.getSnapshot().prechat).toBeNull()
    expect(deliveries()).toEqual(['Hello delivered'])
  })

  it('stays in the snapshot with the problem when its answers are refused', async () => {
    harness.gateway.intercept(({ path, body }) => {
      if (path !== '/api/start') return undefined
      const errors = [{ path: 'routingAttributes.name', message: 'is required' }]
      return body.routingAttributes
        ? harness.gateway.problem(400, 'invalid_request', { errors })
        : harness.gateway.problem(409, 'prechat_required', { prechat: form })
    })
    const { chat } = harness.open()
    chat.start()
    await advance(100)
    chat.start({ routingAttributes: {} })
    await advance(100)
    const { prechat, problem, connection } = chat.getSnapshot()
    expect(prechat).toEqual(form)
    expect(problem?.errors?.[0]?.path).toBe('routingAttributes.name')
    expect(connection).toBe('idle')
  })

  it('of each session holds a message back until it is answered', async () => {
    const { chat, deliveries } = await harness.begin()
    harness.gateway.intercept(({ path, body }) =>
      path === '/api/send' && !body.routingAttributes
        ? harness.gateway.problem(409, 'prechat_required', { prechat: form })
        : undefined,
    )
    chat.send('Hello')
    await advance(100)
    expect(chat.getSnapshot().prechat).toEqual(form)
    expect(deliveries()).toEqual(['Hello sending'])
    chat.start({ routingAttributes: { topic: 'Billing' } })
    await advance(2000)
    expect(deliveries()).toEqual(['Hello delivered'])
  })
})

describe('typing indicators and receipts', () => {
  it('send typing twice in six seconds of keys, and its end once', async () => {
    const { chat } = await harness.begin()
    for (let key = 0; key < 60; key += 1) {
      chat.typing()
      await advance(100)
    }
    await advance(10_000)
    const typing = calls('/api/send').map(({ body }) => body.typing)
    expect(typing).toEqual([true, true, false])
  })

  it('a receipt that fails leaves the chat online', async () => {
    harness.gateway.list(textMessage('one', 0))
    const { chat, connection } = await harness.begin()
    harness.gateway.once('/api/send', lost)
    chat.markRead()
    await advance(1000)
    expect(connection()).toBe('online')
  })
})

it('start() called twice makes one start request', async () => {
  const { chat } = harness.open()
  chat.start()
  chat.start()
  await advance(100)
  expect(calls('/api/start')).toHaveLength(1)
})
