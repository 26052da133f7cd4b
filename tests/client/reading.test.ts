import { describe, expect, it, vi } from 'vitest'
import { lost, textMessage } from './gateway.js'
import { openScene, pass } from './scene.js'

const scene = openScene()
const polls = () => scene.gateway.paths().filter((path) => path === '/api/poll').length

async function pollsWithin(ms: number): Promise<number> {
  const before = polls()
  await pass(ms)
  return polls() - before
}

function agentSays(...texts: string[]): void {
  for (const text of texts) scene.gateway.list(textMessage(text, 0))
}

const many = Array.from({ length: 23 }, (_, index) => `${index}`)

describe('reading', () => {
  it('asks nothing before it is told to', async () => {
    const { chat } = scene.open()
    await chat.resume()
    await pass(60_000)
    expect(scene.gateway.heard).toEqual([])
  })

  it('shows the newest, the older ones when asked, and what comes', async () => {
    agentSays(...many)
    const { chat, texts } = await scene.begin()
    expect(texts()).toEqual(many.slice(-5))
    expect(chat.getSnapshot().hasOlder).toBe(true)
    while (chat.getSnapshot().hasOlder) await chat.loadOlder()
    expect(texts()).toEqual(many)
    agentSays('new')
    await pass(1000)
    expect(texts()).toEqual([...many, 'new'])
  })

  it('reads on at once while there is more', async () => {
    const { texts } = await scene.begin()
    agentSays(...many)
    await pass(1010)
    expect(texts()).toEqual(many)
  })

  it('keeps the snapshot while nothing changes, and each message for good', async () => {
    agentSays('one')
    const { chat } = await scene.begin()
    const listener = vi.fn()
    chat.subscribe(listener)
    const before = chat.getSnapshot()
    await pass(5000)
    expect(chat.getSnapshot()).toBe(before)
    expect(listener).not.toHaveBeenCalled()
    agentSays('two')
    await pass(1000)
    expect(listener).toHaveBeenCalled()
    expect(chat.getSnapshot().messages[0]).toBe(before.messages[0])
    expect(Object.isFrozen(before)).toBe(true)
  })

  it('tells of new messages, not of those that were there', async () => {
    agentSays('old')
    const { chat } = await scene.begin()
    const heard: string[] = []
    const off = chat.on('message', ({ text }) => heard.push(text))
    agentSays('new')
    await pass(1000)
    off()
    agentSays('unread')
    await pass(1000)
    expect(heard).toEqual(['new'])
  })

  it('is not stopped by a listener that throws', async () => {
    const { chat, texts } = await scene.begin()
    const escaped = vi.fn()
    process.once('uncaughtException', escaped)
    chat.on('message', () => {
      throw new Error('mine')
    })
    agentSays('one')
    await pass(1000)
    vi.useRealTimers()
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(texts()).toEqual(['one'])
  })

  it('counts what is unread, over a reload as well', async () => {
    agentSays('one', 'two')
    const { chat } = await scene.begin()
    expect(chat.getSnapshot().unread).toBe(2)
    chat.markRead()
    expect(chat.getSnapshot().unread).toBe(0)
    await pass(1000)
    chat.close()
    const again = scene.open()
    void again.chat.resume()
    agentSays('three')
    await pass(1000)
    expect(again.chat.getSnapshot().unread).toBe(1)
    const receipt = scene.gateway.heard.find(({ body }) => body.messageType === 'ReadReceipt')
    expect(receipt?.body.messageIds).toHaveLength(2)
  })
})

describe('trouble while reading', () => {
  it('is told, and over by itself', async () => {
    const { chat, connection, texts } = await scene.begin()
    scene.gateway.interfere(() => scene.gateway.problem(503, 'upstream_unavailable'))
    await pass(2000)
    expect(connection()).toBe('retrying')
    expect(chat.getSnapshot().problem?.code).toBe('upstream_unavailable')
    agentSays('one')
    scene.gateway.interfere(() => undefined)
    await pass(30_000)
    expect(connection()).toBe('online')
    expect(chat.getSnapshot().problem).toBeNull()
    expect(texts()).toEqual(['one'])
  })

  it('backs off, and never beyond half a minute', async () => {
    await scene.begin()
    scene.gateway.interfere(lost)
    expect(await pollsWithin(120_000)).toBeLessThan(16)
    expect(await pollsWithin(120_000)).toBeGreaterThanOrEqual(4)
  })

  it('honours the time that the server names, even when the page is shown', async () => {
    const { page } = await scene.begin()
    const told = { status: 429, headers: { 'retry-after': '20' }, body: 'busy' }
    scene.gateway.once('/api/poll', () => told)
    await pass(1000)
    page.set({ hidden: false })
    expect(await pollsWithin(19_000)).toBe(0)
    expect(await pollsWithin(2000)).toBeGreaterThan(0)
  })

  it('begins without a cursor when the cursor is refused, and keeps what it has', async () => {
    agentSays('one')
    const { chat, texts } = await scene.begin()
    const [first] = chat.getSnapshot().messages
    scene.gateway.once('/api/poll', () => scene.gateway.problem(400, 'cursor_invalid'))
    agentSays('two')
    await pass(1100)
    expect(texts()).toEqual(['one', 'two'])
    expect(chat.getSnapshot().messages[0]).toBe(first)
  })

  it('begins the list anew when too much was missed, and leaves the rest to history', async () => {
    agentSays('one')
    const { chat, texts } = await scene.begin()
    scene.gateway.once('/api/poll', () => scene.gateway.problem(400, 'cursor_invalid'))
    agentSays(...many)
    await pass(1100)
    expect(texts()).toEqual(many.slice(-5))
    while (chat.getSnapshot().hasOlder) await chat.loadOlder()
    expect(texts()).toEqual(['one', ...many])
  })

  it('gives up a hanging answer', async () => {
    const { texts } = await scene.begin()
    scene.gateway.once('/api/poll', () => new Promise(() => {}))
    await pass(1000)
    agentSays('one')
    await pass(30_000)
    expect(texts()).toEqual(['one'])
  })

  it.each(['conversation_lost', 'conversation_not_found'])(
    '%s is told, and the next start begins anew',
    async (code) => {
      const { chat, connection } = await scene.begin()
      const { conversationId } = chat.getSnapshot()
      scene.gateway.once('/api/poll', () => scene.gateway.problem(410, code))
      await pass(1000)
      expect(connection()).toBe('lost')
      expect(await pollsWithin(60_000)).toBe(0)
      scene.gateway.forgetVisitor()
      chat.start()
      await pass(100)
      expect(connection()).toBe('online')
      expect(chat.getSnapshot().conversationId).not.toBe(conversationId)
    },
  )

  it('stops where asking again is no use, and says so', async () => {
    const { chat, connection } = await scene.begin()
    scene.gateway.once('/api/poll', () => scene.gateway.problem(403, 'origin_not_allowed'))
    await pass(1000)
    expect(connection()).toBe('refused')
    chat.start()
    await pass(100)
    expect(connection()).toBe('online')
  })
})

describe('the page', () => {
  it('reads slowly while it is hidden, and at once when it is shown', async () => {
    const { page, texts } = await scene.begin()
    page.set({ hidden: true })
    await pass(1100)
    expect(await pollsWithin(60_000)).toBe(3)
    agentSays('one')
    page.set({ hidden: false })
    await pass(10)
    expect(texts()).toEqual(['one'])
  })

  it('reads at once when it has slept, past a connection that is dead', async () => {
    const { texts } = await scene.begin()
    scene.gateway.once('/api/poll', () => new Promise(() => {}))
    await pass(1000)
    vi.setSystemTime(Date.now() + 3 * 3_600_000)
    agentSays('one')
    await pass(5100)
    expect(texts()).toEqual(['one'])
  })

  it('reads on when the clock is set back', async () => {
    const { texts } = await scene.begin()
    vi.setSystemTime(Date.now() - 3_600_000)
    agentSays('one')
    await pass(6000)
    expect(texts()).toEqual(['one'])
  })
})

describe('the end', () => {
  it('is told, what was said last is read, and the next start begins anew', async () => {
    const { chat, connection, texts } = await scene.begin()
    agentSays('bye')
    await chat.end()
    await pass(500)
    expect(connection()).toBe('ended')
    agentSays('and thank you')
    await pass(2500)
    expect(connection()).toBe('ended')
    expect(texts()).toEqual(['bye', 'and thank you'])
    expect(await pollsWithin(60_000)).toBe(0)
    const id = chat.send('late')
    expect(chat.getSnapshot().messages.at(-1)?.problem?.code).toBe('conversation_ended')
    scene.gateway.listed.length = 0
    chat.start()
    await pass(100)
    expect(connection()).toBe('online')
    chat.retry(id)
    await pass(1000)
    expect(texts()).toEqual(['late'])
    expect(chat.getSnapshot().messages[0]?.delivery).toBe('delivered')
  })

  it('rejects as a problem when nobody answers', async () => {
    const { chat } = scene.open({ fetch: () => Promise.reject(new TypeError('fetch failed')) })
    const unreachable = { code: 'unreachable', retryable: true }
    await expect(chat.transcript()).rejects.toMatchObject(unreachable)
    await expect(chat.end()).rejects.toMatchObject(unreachable)
  })

  it('is heard from a message that comes too late', async () => {
    const { chat, connection, told } = await scene.begin()
    scene.gateway.endConversation()
    chat.send('late')
    await pass(500)
    expect(told()).toEqual(['late failed'])
    expect(connection()).toBe('ended')
  })
})
