import { describe, expect, it } from 'vitest'
import { textMessage } from './gateway.js'
import { openScene, pass } from './scene.js'

const scene = openScene()
const polls = () => scene.gateway.paths().filter((path) => path === '/api/poll').length
const say = (text: string) => scene.gateway.list(textMessage(text, 0))
const open = () => scene.begin({ tabs: scene.browser.tabs })

async function pollsWithin(ms: number): Promise<number> {
  const before = polls()
  await pass(ms)
  return polls() - before
}

describe('two tabs of a conversation', () => {
  it('are read for by one of them', async () => {
    say('old')
    const [one, two] = [await open(), await open()]
    await pass(100)
    expect(await pollsWithin(10_000)).toBeLessThanOrEqual(11)
    say('new')
    await pass(1100)
    expect(one.texts()).toEqual(['old', 'new'])
    expect(two.texts()).toEqual(['old', 'new'])
    expect([one.connection(), two.connection()]).toEqual(['online', 'online'])
  })

  it('go on without a gap when the one that reads is closed', async () => {
    const [one, two] = [await open(), await open()]
    for (const [index, closing] of [two, one].entries()) {
      say(`before ${index}`)
      closing.chat.close()
      say(`after ${index}`)
      await pass(1100)
    }
    const three = await open()
    await pass(100)
    expect(one.texts()).toEqual(['before 0', 'after 0'])
    expect(three.texts()).toEqual(['before 0', 'after 0', 'before 1', 'after 1'])
  })

  it('are read for by the one that is shown', async () => {
    const [one, two] = [await open(), await open()]
    two.page.set({ hidden: true })
    await pass(100)
    expect(await pollsWithin(10_000)).toBeGreaterThan(8)
    one.page.set({ hidden: true })
    two.page.set({ hidden: false })
    await pass(100)
    say('new')
    await pass(1100)
    expect(one.texts()).toEqual(['new'])
    expect(two.texts()).toEqual(['new'])
  })

  it('show what either says, once', async () => {
    const [one, two] = [await open(), await open()]
    one.chat.send('from one')
    two.chat.send('from two')
    await pass(3000)
    expect(one.told()).toEqual(two.told())
    expect([...one.told()].sort()).toEqual(['from one delivered', 'from two delivered'])
  })

  it('both know of trouble, and of the end', async () => {
    const [one, two] = [await open(), await open()]
    scene.gateway.interfere(() => scene.gateway.problem(503, 'upstream_unavailable'))
    await pass(3000)
    expect([one.connection(), two.connection()]).toEqual(['retrying', 'retrying'])
    scene.gateway.interfere(() => undefined)
    await pass(30_000)
    scene.gateway.endConversation()
    await pass(1100)
    expect([one.connection(), two.connection()]).toEqual(['ended', 'ended'])
  })

  it('hand the whole to one that has missed something', async () => {
    const one = await open()
    for (let index = 0; index < 12; index += 1) say(`${index}`)
    await pass(2000)
    one.page.set({ hidden: true })
    const two = await open()
    two.page.set({ hidden: true })
    await pass(200)
    const all = Array.from({ length: 12 }, (_, index) => `${index}`)
    expect(one.texts()).toEqual(all)
    say('12')
    one.page.set({ hidden: false })
    await pass(1100)
    expect(one.texts()).toEqual([...all, '12'])
    expect(two.texts().at(-1)).toBe('12')
  })
})

describe('what is said in one tab', () => {
  it('is sent when another has found out that the gateway lets them in again', async () => {
    const [one, two] = [await open(), await open()]
    scene.gateway.interfere(({ path }) => {
      if (path === '/api/send') return scene.gateway.problem(503, 'upstream_unavailable')
      return path === '/api/poll' ? scene.gateway.problem(403, 'origin_not_allowed') : undefined
    })
    one.chat.send('Hello')
    await pass(10_000)
    expect([one.connection(), two.connection()]).toEqual(['refused', 'refused'])
    scene.gateway.interfere(() => undefined)
    two.page.set({ hidden: false })
    await pass(3000)
    expect(one.told()).toEqual(['Hello delivered'])
  })

  it('is sent though another takes the lead over while it starts', async () => {
    const [two, one] = [await open(), await open()]
    scene.gateway.once('/api/poll', () => scene.gateway.problem(403, 'origin_not_allowed'))
    await pass(1100)
    scene.gateway.once('/api/start', () => scene.gateway.problem(503, 'upstream_unavailable'))
    one.chat.send('Hello')
    await pass(10)
    two.page.set({ hidden: false })
    await pass(5000)
    expect(one.told()).toEqual(['Hello delivered'])
    const { conversationId } = two.chat.getSnapshot()
    expect(one.chat.getSnapshot().conversationId).toBe(conversationId)
  })
})
