/** Checks that all tabs of a visitor show the same conversation, whichever of them began it. */
import { describe, expect, it } from 'vitest'
import type { ChatOptions } from '../../client/core/index.js'
import { textMessage } from './gateway.js'
import { advance, setupClient } from './setup.js'

const harness = setupClient()
const sendAsAgent = (text: string) => harness.gateway.list(textMessage(text, 0))
const starts = () => harness.gateway.paths().filter((path) => path === '/api/start').length

describe.each([
  ['that polls for itself', () => ({})],
  ['among tabs', () => ({ tabs: harness.browser.tabs })],
])('a tab %s', (_, options) => {
  const begin = () => harness.begin(options())

  /** Opens a tab that continues what there is, which is nothing yet. */
  async function openIdle(more: Partial<ChatOptions> = {}) {
    const idle = harness.open({ ...options(), ...more })
    await idle.chat.resume()
    return idle
  }

  it('that is idle joins the conversation of another, and counts its unread messages', async () => {
    const idle = await openIdle()
    await advance(60_000)
    expect(harness.gateway.requests).toEqual([])
    const other = await begin()
    sendAsAgent('one')
    sendAsAgent('two')
    await advance(1100)
    expect(idle.connection()).toBe('online')
    expect(idle.texts()).toEqual(other.texts())
    expect(idle.chat.getSnapshot().unread).toBe(2)
    expect(starts()).toBe(1)
  })

  it('that is shown joins, where the storage tells nobody of changes', async () => {
    const { storage } = harness.browser.openPage()
    const silent = {
      getItem: storage.getItem,
      setItem: (key: string, value: string) => void harness.browser.stored.set(key, value),
      removeItem: (key: string) => void harness.browser.stored.delete(key),
    }
    const idle = await openIdle({ storage: silent })
    idle.page.set({ hidden: true })
    const other = await harness.begin({ ...options(), storage: silent })
    sendAsAgent('one')
    await advance(1100)
    expect(idle.connection()).toBe('idle')
    idle.page.set({ hidden: false })
    await advance(1000)
    expect(idle.texts()).toEqual(['one'])
    expect(idle.chat.getSnapshot().conversationId).toBe(other.chat.getSnapshot().conversationId)
  })

  it('that shows the end joins the conversation that another begins', async () => {
    const [one, two] = [await begin(), await begin()]
    harness.gateway.endConversation()
    await advance(10_000)
    expect([one.connection(), two.connection()]).toEqual(['ended', 'ended'])
    two.chat.start()
    await advance(1100)
    expect([one.connection(), two.connection()]).toEqual(['online', 'online'])
    expect(one.chat.getSnapshot().conversationId).toBe(two.chat.getSnapshot().conversationId)
  })

  it('that asks for a form joins the conversation that another began, and sends what waits', async () => {
    harness.gateway.intercept(({ path, body }) =>
      path === '/api/start' && !body.routingAttributes
        ? harness.gateway.problem(409, 'prechat_required', { prechat: form })
        : undefined,
    )
    const [one, two] = [await begin(), await begin()]
    one.chat.send('Hello')
    await advance(100)
    two.chat.start({ routingAttributes: { name: 'Mina' } })
    await advance(2500)
    expect(one.chat.getSnapshot().prechat).toBeNull()
    expect(one.deliveries()).toEqual(['Hello delivered'])
    expect(two.deliveries()).toEqual(['Hello delivered'])
  })

  it('counts no message as unread that was read in another', async () => {
    const [one, two] = [await begin(), await begin()]
    sendAsAgent('one')
    await advance(1100)
    expect(one.chat.getSnapshot().unread).toBe(1)
    two.chat.markRead()
    await advance(10)
    expect(one.chat.getSnapshot().unread).toBe(0)
  })

  it('that was closed joins nothing', async () => {
    const idle = await openIdle()
    idle.chat.close()
    await begin()
    idle.page.set({ hidden: false })
    await advance(1100)
    expect(idle.connection()).toBe('idle')
  })

  it('is in the conversation of the other when both start in the same instant without locks', async () => {
    const tabs = options()
    const slow: typeof fetch = async (...call) => {
      const response = await harness.gateway.fetch(...call)
      await new Promise((resolve) => setTimeout(resolve, 50))
      return response
    }
    const pages = [1, 2].map(() => {
      const { environment, storage } = harness.browser.openPage()
      const exclusively = <T>(_: string, work: () => Promise<T>) => work()
      return harness.open({
        ...{ ...tabs, storage, fetch: slow },
        environment: { ...environment, exclusively },
      })
    })
    for (const { chat } of pages) chat.start()
    await advance(3000)
    expect(pages.map(({ connection }) => connection())).toEqual(['online', 'online'])
    pages[0]?.chat.send('Hello')
    await advance(3000)
    for (const { deliveries } of pages) expect(deliveries()).toEqual(['Hello delivered'])
    const ids = pages.map(({ chat }) => chat.getSnapshot().conversationId)
    expect(new Set(ids).size).toBe(1)
  })
})

const form = { required: true, per: 'conversation', fields: [] }
