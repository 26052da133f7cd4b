import { expect, it } from 'vitest'
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
