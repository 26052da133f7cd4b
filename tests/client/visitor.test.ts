/** Who the visitor is: tokens, sign-in, sign-out, forms before a conversation, courtesies. */
import { describe, expect, it } from 'vitest'
import { lost, textMessage } from './gateway.js'
import { openScene, pass } from './scene.js'

const scene = openScene()
const calls = (path: string) => scene.gateway.heard.filter((asked) => asked.path === path)
const jwt = (sub: string) => `e.${btoa(JSON.stringify({ iss: 'shop', sub }))}.s`

describe('tokens', () => {
  it('are renewed before they end, by the refresh token', async () => {
    await scene.begin()
    await pass(14.5 * 60_000)
    expect(calls('/api/auth').map(({ body }) => body)).toEqual([{}, { refreshToken: 'refresh1' }])
  })

  it('are renewed when one is refused, and the call is made again', async () => {
    const { chat, told } = await scene.begin()
    scene.gateway.forgetTokens()
    chat.send('one')
    await pass(2000)
    expect(told()).toEqual(['one delivered'])
    expect(calls('/api/auth')).toHaveLength(2)
  })

  it('are those of one visitor in two tabs, renewed by one of them', async () => {
    const [one, two] = [await scene.begin(), await scene.begin()]
    await pass(60_000 * 60)
    expect(one.connection()).toBe('online')
    expect(two.chat.getSnapshot().conversationId).toBe(one.chat.getSnapshot().conversationId)
    expect(calls('/api/auth')).toHaveLength(1 + 4)
  })

  it('that are gone lose the conversation audibly; the next start is a new visitor', async () => {
    const { chat, connection } = await scene.begin()
    scene.gateway.forgetVisitor()
    await pass(2000)
    expect(connection()).toBe('lost')
    expect(chat.getSnapshot().problem?.code).toBe('refresh_rejected')
    chat.start()
    await pass(100)
    expect(connection()).toBe('online')
    expect(calls('/api/auth').at(-1)?.body).toEqual({})
  })

  it('are asked for again when the network was gone', async () => {
    scene.gateway.interfere(lost)
    const { chat, connection } = scene.open()
    chat.start()
    await pass(5000)
    expect(connection()).toBe('retrying')
    scene.gateway.interfere(() => undefined)
    await pass(30_000)
    expect(connection()).toBe('online')
  })
})

describe('a visitor who signs in on the site', () => {
  it('brings what was said as a guest', async () => {
    const guest = await scene.begin()
    guest.chat.close()
    await scene.begin({ identityToken: async () => jwt('mina') })
    expect(calls('/api/auth').at(-1)?.body).toEqual({
      refreshToken: 'refresh1',
      identityToken: jwt('mina'),
    })
  })

  it('is the same on the next page, by the refresh token', async () => {
    const first = await scene.begin({ identityToken: jwt('mina') })
    first.chat.close()
    await pass(14.5 * 60_000)
    await scene.begin({ identityToken: jwt('mina') })
    expect(calls('/api/auth').at(-1)?.body).toEqual({ refreshToken: 'refresh1' })
  })

  it.each([
    ['somebody else signs in', { identityToken: jwt('noor') }],
    ['nobody is signed in any more', {}],
  ])('is forgotten when %s', async (_, options) => {
    const first = await scene.begin({ identityToken: jwt('mina') })
    scene.gateway.interfere(({ path }) => (path === '/api/send' ? lost() : undefined))
    first.chat.send('secret')
    await pass(10)
    first.chat.close()
    scene.gateway.interfere(() => undefined)
    const second = await scene.begin(options)
    await pass(2000)
    expect(calls('/api/auth').at(-1)?.body).toEqual(options)
    expect(second.texts()).toEqual([])
    expect([...scene.browser.kept.values()].join()).not.toContain('secret')
  })
})

describe('signing out', () => {
  it('leaves nothing in the browser, and tells the gateway', async () => {
    const { chat, connection, texts } = await scene.begin()
    chat.send('one')
    await pass(1000)
    await chat.signOut()
    expect(connection()).toBe('idle')
    expect(texts()).toEqual([])
    expect(scene.browser.kept.size).toBe(0)
    const polls = calls('/api/poll').length
    await pass(60_000)
    expect(calls('/api/poll')).toHaveLength(polls)
  })

  it('leaves nothing in the browser when the gateway cannot be told, and says so', async () => {
    const { chat } = await scene.begin()
    scene.gateway.interfere(lost)
    await expect(chat.signOut()).rejects.toThrow()
    expect(scene.browser.kept.size).toBe(0)
  })
})

const form = { required: true, per: 'conversation', fields: [] }

describe('a form before the conversation', () => {
  it('is in the snapshot, and start goes on with its answers', async () => {
    scene.gateway.interfere(({ path, body }) =>
      path === '/api/start' && !body.routingAttributes
        ? scene.gateway.problem(409, 'prechat_required', { prechat: form })
        : undefined,
    )
    const { chat, connection, told } = scene.open()
    chat.send('Hello')
    await pass(100)
    expect(connection()).toBe('idle')
    expect(chat.getSnapshot().prechat).toEqual(form)
    chat.start({ routingAttributes: { name: 'Mina' } })
    await pass(2000)
    expect(chat.getSnapshot().prechat).toBeNull()
    expect(told()).toEqual(['Hello delivered'])
  })

  it('stays when the answers are not taken', async () => {
    scene.gateway.interfere(({ path, body }) => {
      if (path !== '/api/start') return undefined
      const errors = [{ path: 'routingAttributes.name', message: 'is required' }]
      return body.routingAttributes
        ? scene.gateway.problem(400, 'invalid_request', { errors })
        : scene.gateway.problem(409, 'prechat_required', { prechat: form })
    })
    const { chat } = scene.open()
    chat.start()
    await pass(100)
    chat.start({ routingAttributes: {} })
    await pass(100)
    const { prechat, problem, connection } = chat.getSnapshot()
    expect(prechat).toEqual(form)
    expect(problem?.errors?.[0]?.path).toBe('routingAttributes.name')
    expect(connection).toBe('idle')
  })

  it('of each session keeps what is said waiting for its answers', async () => {
    const { chat, told } = await scene.begin()
    scene.gateway.interfere(({ path, body }) =>
      path === '/api/send' && !body.routingAttributes
        ? scene.gateway.problem(409, 'prechat_required', { prechat: form })
        : undefined,
    )
    chat.send('Hello')
    await pass(100)
    expect(chat.getSnapshot().prechat).toEqual(form)
    expect(told()).toEqual(['Hello sending'])
    chat.start({ routingAttributes: { topic: 'Billing' } })
    await pass(2000)
    expect(told()).toEqual(['Hello delivered'])
  })
})

describe('courtesies', () => {
  it('typing is told once in a while, and its end', async () => {
    const { chat } = await scene.begin()
    for (let key = 0; key < 60; key += 1) {
      chat.typing()
      await pass(100)
    }
    await pass(10_000)
    const typing = calls('/api/send').map(({ body }) => body.typing)
    expect(typing).toEqual([true, true, false])
  })

  it('receipts that fail are not missed', async () => {
    scene.gateway.list(textMessage('one', 0))
    const { chat, connection } = await scene.begin()
    scene.gateway.once('/api/send', lost)
    chat.markRead()
    await pass(1000)
    expect(connection()).toBe('online')
  })
})

it('a double click is one conversation', async () => {
  const { chat } = scene.open()
  chat.start()
  chat.start()
  await pass(100)
  expect(calls('/api/start')).toHaveLength(1)
})
