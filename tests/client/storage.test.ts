import { expect, it } from 'vitest'
import type { ChatStorage } from '../../client/core/index.js'
import { openScene, pass } from './scene.js'

const scene = openScene()
const refuse = (): never => {
  throw new DOMException('Denied', 'SecurityError')
}
const auths = () => scene.gateway.paths().filter((path) => path === '/api/auth').length

it.each<[string, (own: ChatStorage) => ChatStorage]>([
  ['is blocked', () => ({ getItem: refuse, setItem: refuse, removeItem: refuse })],
  ['is full', (own) => ({ ...own, setItem: refuse })],
  ['holds nonsense', (own) => ({ ...own, getItem: (key) => own.getItem(key) ?? '{' })],
  [
    'answers by promise',
    (own) => ({
      getItem: async (key) => own.getItem(key),
      setItem: async (key, value) => own.setItem(key, value),
      removeItem: async (key) => own.removeItem(key),
    }),
  ],
])('a conversation goes on where storage %s', async (_, make) => {
  const { chat, told } = await scene.begin({ storage: make(scene.browser.storage) })
  chat.send('one')
  await pass(2000)
  chat.send('two')
  await pass(20 * 60_000)
  expect(told()).toEqual(['one delivered', 'two delivered'])
  expect(auths()).toBe(2)
})

it('a baseUrl may end with a slash', async () => {
  const { connection } = await scene.begin({ baseUrl: 'https://gateway.example/' })
  expect(connection()).toBe('online')
})
