import { describe, expect, it } from 'vitest'
import { createTabs, type TabPrimitives } from '../../client/core/tabs.js'
import { textMessage } from './gateway.js'
import { advance, setupClient } from './setup.js'

const harness = setupClient()
const polls = () => harness.gateway.paths().filter((path) => path === '/api/poll').length
const sendAsAgent = (text: string) => harness.gateway.list(textMessage(text, 0))
const open = () => harness.begin({ tabs: harness.browser.tabs })

async function pollsWithin(ms: number): Promise<number> {
  const before = polls()
  await advance(ms)
  return polls() - before
}

describe('two tabs of a conversation', () => {
  it('both show a new message although only one of them polls', async () => {
    sendAsAgent('old')
    const [one, two] = [await open(), await open()]
    await advance(100)
    expect(await pollsWithin(10_000)).toBeLessThanOrEqual(11)
    sendAsAgent('new')
    await advance(1100)
    expect(one.texts()).toEqual(['old', 'new'])
    expect(two.texts()).toEqual(['old', 'new'])
    expect([one.connection(), two.connection()]).toEqual(['online', 'online'])
  })

  it('miss no message when the polling tab is closed', async () => {
    const [one, two] = [await open(), await open()]
    for (const [index, closing] of [two, one].entries()) {
      sendAsAgent(`before ${index}`)
      closing.chat.close()
      sendAsAgent(`after ${index}`)
      await advance(1100)
    }
    const three = await open()
    await advance(100)
    expect(one.texts()).toEqual(['before 0', 'after 0'])
    expect(three.texts()).toEqual(['before 0', 'after 0', 'before 1', 'after 1'])
  })

  it('are both served by the visible one', async () => {
    const [one, two] = [await open(), await open()]
    two.page.set({ hidden: true })
    await advance(100)
    expect(await pollsWithin(10_000)).toBeGreaterThan(8)
    one.page.set({ hidden: true })
    two.page.set({ hidden: false })
    await advance(100)
    sendAsAgent('new')
    await advance(1100)
    expect(one.texts()).toEqual(['new'])
    expect(two.texts()).toEqual(['new'])
  })

  it('both show the messages sent in either, once', async () => {
    const [one, two] = [await open(), await open()]
    one.chat.send('from one')
    two.chat.send('from two')
    await advance(3000)
    expect(one.deliveries()).toEqual(two.deliveries())
    expect([...one.deliveries()].sort()).toEqual(['from one delivered', 'from two delivered'])
  })

  it('both show that polls fail, and that the conversation ended', async () => {
    const [one, two] = [await open(), await open()]
    harness.gateway.intercept(() => harness.gateway.problem(503, 'upstream_unavailable'))
    await advance(3000)
    expect([one.connection(), two.connection()]).toEqual(['retrying', 'retrying'])
    harness.gateway.intercept(() => undefined)
    await advance(30_000)
    harness.gateway.endConversation()
    await advance(1100)
    expect([one.connection(), two.connection()]).toEqual(['ended', 'ended'])
  })

  it('hand all messages to a tab that missed some', async () => {
    const one = await open()
    for (let index = 0; index < 12; index += 1) sendAsAgent(`${index}`)
    await advance(2000)
    one.page.set({ hidden: true })
    const two = await open()
    two.page.set({ hidden: true })
    await advance(200)
    const all = Array.from({ length: 12 }, (_, index) => `${index}`)
    expect(one.texts()).toEqual(all)
    sendAsAgent('12')
    one.page.set({ hidden: false })
    await advance(1100)
    expect(one.texts()).toEqual([...all, '12'])
    expect(two.texts().at(-1)).toBe('12')
  })
})

describe('a page that is left and may come back', () => {
  it('gives up the lead to a tab in the background, and takes it when it is shown again', async () => {
    const [one, two] = [await open(), await open()]
    one.page.set({ hidden: true })
    two.page.leave()
    await advance(100)
    sendAsAgent('meanwhile')
    await advance(45_000)
    expect(one.texts()).toEqual(['meanwhile'])
    expect(two.texts()).toEqual([])
    two.page.set({})
    await advance(1000)
    expect(two.texts()).toEqual(['meanwhile'])
    expect([one.connection(), two.connection()]).toEqual(['online', 'online'])
    expect(await pollsWithin(10_000)).toBeLessThanOrEqual(11)
  })

  it('sends no request until it is shown again', async () => {
    const one = await open()
    one.page.leave()
    await advance(10)
    expect(await pollsWithin(60_000)).toBe(0)
    one.page.set({})
    expect(await pollsWithin(10_000)).toBeGreaterThan(8)
  })
})

describe('two tabs of a browser that refuses', () => {
  const refuse = (): never => {
    throw new DOMException('Denied', 'SecurityError')
  }
  const locks = { request: async () => await new Promise<never>(() => {}) }
  const openChannel = () => ({ onmessage: null, postMessage() {}, close() {} })

  it.each<[string, TabPrimitives]>([
    ['locks by a rejection', { locks: { request: async () => refuse() }, openChannel }],
    ['locks by an error', { locks: { request: refuse }, openChannel }],
    ['channels', { locks, openChannel: refuse }],
    ['messages', { locks, openChannel: () => ({ ...openChannel(), postMessage: refuse }) }],
  ])('%s each poll for themselves', async (_, primitives) => {
    const tabs = createTabs(primitives)
    const both = [await harness.begin({ tabs }), await harness.begin({ tabs })]
    sendAsAgent('new')
    await advance(1100)
    for (const { texts, connection } of both) {
      expect(connection()).toBe('online')
      expect(texts()).toEqual(['new'])
    }
    expect(await pollsWithin(10_000)).toBeLessThanOrEqual(22)
  })
})

describe('a message sent in one tab', () => {
  it('is delivered when another tab finds out that the gateway no longer refuses the origin', async () => {
    const [one, two] = [await open(), await open()]
    harness.gateway.intercept(({ path }) => {
      if (path === '/api/send') return harness.gateway.problem(503, 'upstream_unavailable')
      return path === '/api/poll' ? harness.gateway.problem(403, 'origin_not_allowed') : undefined
    })
    one.chat.send('Hello')
    await advance(10_000)
    expect([one.connection(), two.connection()]).toEqual(['refused', 'refused'])
    harness.gateway.intercept(() => undefined)
    two.page.set({ hidden: false })
    await advance(3000)
    expect(one.deliveries()).toEqual(['Hello delivered'])
  })

  it('is delivered although another tab takes the lead while it starts the conversation', async () => {
    const [two, one] = [await open(), await open()]
    harness.gateway.once('/api/poll', () => harness.gateway.problem(403, 'origin_not_allowed'))
    await advance(1100)
    harness.gateway.once('/api/start', () => harness.gateway.problem(503, 'upstream_unavailable'))
    one.chat.send('Hello')
    await advance(10)
    two.page.set({ hidden: false })
    await advance(5000)
    expect(one.deliveries()).toEqual(['Hello delivered'])
    const { conversationId } = two.chat.getSnapshot()
    expect(one.chat.getSnapshot().conversationId).toBe(conversationId)
  })
})
