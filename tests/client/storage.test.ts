import { afterEach, describe, expect, it } from 'vitest'
import type { ChatStorage } from '../../client/core/index.js'
import { advance, setupClient } from './setup.js'

const harness = setupClient()
const refuse = (): never => {
  throw new DOMException('Denied', 'SecurityError')
}
const auths = () => harness.gateway.paths().filter((path) => path === '/api/auth').length

it.each<[string, (storage: ChatStorage) => ChatStorage]>([
  ['is blocked', () => ({ getItem: refuse, setItem: refuse, removeItem: refuse })],
  ['is full', (storage) => ({ ...storage, setItem: refuse })],
  [
    'holds invalid JSON',
    (storage) => ({ ...storage, getItem: (key) => storage.getItem(key) ?? '{' }),
  ],
  [
    'is asynchronous',
    (storage) => ({
      getItem: async (key) => storage.getItem(key),
      setItem: async (key, value) => storage.setItem(key, value),
      removeItem: async (key) => storage.removeItem(key),
    }),
  ],
])('both messages are delivered and tokens renewed once where storage %s', async (_, make) => {
  const { chat, deliveries } = await harness.begin({ storage: make(harness.browser.storage) })
  chat.send('one')
  await advance(2000)
  chat.send('two')
  await advance(20 * 60_000)
  expect(deliveries()).toEqual(['one delivered', 'two delivered'])
  expect(auths()).toBe(2)
})

it('a chat connects with a baseUrl that ends with a slash', async () => {
  const { connection } = await harness.begin({ baseUrl: 'https://gateway.example/' })
  expect(connection()).toBe('online')
})

describe('a page whose arrays have a toJSON', () => {
  afterEach(() => {
    Reflect.deleteProperty(Array.prototype, 'toJSON')
  })

  it('sends answers as any other page does, and sends them again after a reload', async () => {
    Object.defineProperty(Array.prototype, 'toJSON', {
      configurable: true,
      value: () => 'from the page',
    })
    const first = await harness.begin()
    harness.gateway.intercept(({ path }) =>
      path === '/api/send' ? harness.gateway.problem(503, 'upstream_unavailable') : undefined,
    )
    const selections = [{ itemId: 'a', title: 'Air freight' }]
    first.chat.reply('question', { selections })
    await advance(10)
    first.chat.close()
    const second = harness.open()
    await second.chat.resume()
    await advance(10)
    const answers = harness.gateway.requests.filter(({ path }) => path === '/api/send')
    expect(answers.map(({ body }) => body.selections)).toEqual([selections, selections])
  })
})

describe('a stored value that is nonsense', () => {
  const whole = { conversationId: 'c', readUpTo: '', attachments: null }
  const key = (what: string) => `miaw https://gateway.example ${what}`
  const nonsense = ['null', '7', '"text"', '[]', '[[]]', '[null]', '{}', '{"token":1}', '{"id":[]}']

  it.each(
    ['tokens', 'conversation', 'unsent'].flatMap((what) => nonsense.map((text) => [what, text])),
  )('is nothing: %s %s', async (what, text) => {
    harness.browser.stored.set(key(what), text)
    const { chat, deliveries, connection } = harness.open()
    await chat.resume()
    expect(connection()).toBe('idle')
    chat.send('Hello')
    await advance(2000)
    expect(deliveries()).toEqual(['Hello delivered'])
  })

  it.each([
    [{ maxBytes: 10, mimeTypes: ['image/png'] }, true],
    [{ maxBytes: 10 }, true],
    [{ maxBytes: 10, mimeTypes: '["image/png"]' }, false],
    ['none', false],
  ])('limits no files by %j', async (attachments, isTaken) => {
    harness.browser.stored.set(key('conversation'), JSON.stringify({ ...whole, attachments }))
    const { chat } = harness.open()
    await chat.resume()
    expect(chat.getSnapshot().attachments).toEqual(isTaken ? attachments : null)
  })

  it('leaves the other messages that were not sent', async () => {
    const first = await harness.begin()
    harness.gateway.intercept(({ path }) =>
      path === '/api/send' ? harness.gateway.problem(503, 'upstream_unavailable') : undefined,
    )
    first.chat.send('Hello')
    await advance(10)
    first.chat.close()
    harness.gateway.intercept(() => undefined)
    const stored = harness.browser.stored.get(key('unsent'))
    harness.browser.stored.set(key('unsent'), `[{"id":"x","selections":7},${stored?.slice(1)}`)
    const second = harness.open()
    await second.chat.resume()
    await advance(2000)
    expect(second.deliveries()).toEqual(['Hello delivered'])
  })
})
