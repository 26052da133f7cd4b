import { describe, expect, it, vi } from 'vitest'
import { lost, textMessage } from './gateway.js'
import { advance, setupClient } from './setup.js'

const harness = setupClient()
const polls = () => harness.gateway.paths().filter((path) => path === '/api/poll').length

async function pollsWithin(ms: number): Promise<number> {
  const before = polls()
  await advance(ms)
  return polls() - before
}

function sendAsAgent(...texts: string[]): void {
  for (const text of texts) harness.gateway.list(textMessage(text, 0))
}

const many = Array.from({ length: 23 }, (_, index) => `${index}`)

describe('a chat that polls', () => {
  it('makes no request before start, not even for resume without a stored conversation', async () => {
    const { chat } = harness.open()
    await chat.resume()
    await advance(60_000)
    expect(harness.gateway.requests).toEqual([])
  })

  it('shows the newest page, older pages on loadOlder, and new messages as they arrive', async () => {
    sendAsAgent(...many)
    const { chat, texts } = await harness.begin()
    expect(texts()).toEqual(many.slice(-5))
    expect(chat.getSnapshot().hasOlder).toBe(true)
    while (chat.getSnapshot().hasOlder) await chat.loadOlder()
    expect(texts()).toEqual(many)
    sendAsAgent('new')
    await advance(1000)
    expect(texts()).toEqual([...many, 'new'])
  })

  it('fetches the next pages at once while the reply says hasMore', async () => {
    const { texts } = await harness.begin()
    sendAsAgent(...many)
    await advance(1010)
    expect(texts()).toEqual(many)
  })

  it('keeps the same frozen snapshot while nothing changes, and the same object for each message', async () => {
    sendAsAgent('one')
    const { chat } = await harness.begin()
    const listener = vi.fn()
    chat.subscribe(listener)
    const before = chat.getSnapshot()
    await advance(5000)
    expect(chat.getSnapshot()).toBe(before)
    expect(listener).not.toHaveBeenCalled()
    sendAsAgent('two')
    await advance(1000)
    expect(listener).toHaveBeenCalled()
    expect(chat.getSnapshot().messages[0]).toBe(before.messages[0])
    expect(Object.isFrozen(before)).toBe(true)
  })

  it('emits message for new messages only, and not after unsubscribing', async () => {
    sendAsAgent('old')
    const { chat } = await harness.begin()
    const received: string[] = []
    const off = chat.on('message', ({ text }) => received.push(text))
    sendAsAgent('new')
    await advance(1000)
    off()
    sendAsAgent('unread')
    await advance(1000)
    expect(received).toEqual(['new'])
  })

  it('shows a message although a listener for it throws', async () => {
    const { chat, texts } = await harness.begin()
    const escaped = vi.fn()
    process.once('uncaughtException', escaped)
    chat.on('message', () => {
      throw new Error('mine')
    })
    sendAsAgent('one')
    await advance(1000)
    vi.useRealTimers()
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(texts()).toEqual(['one'])
  })

  it('counts unread messages, also after a reload, and sends a receipt for those read', async () => {
    sendAsAgent('one', 'two')
    const { chat } = await harness.begin()
    expect(chat.getSnapshot().unread).toBe(2)
    chat.markRead()
    expect(chat.getSnapshot().unread).toBe(0)
    await advance(1000)
    chat.close()
    const again = harness.open()
    void again.chat.resume()
    sendAsAgent('three')
    await advance(1000)
    expect(again.chat.getSnapshot().unread).toBe(1)
    const receipt = harness.gateway.requests.find(({ body }) => body.messageType === 'ReadReceipt')
    expect(receipt?.body.messageIds).toHaveLength(2)
  })
})

describe('a poll that fails', () => {
  it('puts its problem into the snapshot and goes back online when polls succeed again', async () => {
    const { chat, connection, texts } = await harness.begin()
    harness.gateway.intercept(() => harness.gateway.problem(503, 'upstream_unavailable'))
    await advance(2000)
    expect(connection()).toBe('retrying')
    expect(chat.getSnapshot().problem?.code).toBe('upstream_unavailable')
    sendAsAgent('one')
    harness.gateway.intercept(() => undefined)
    await advance(30_000)
    expect(connection()).toBe('online')
    expect(chat.getSnapshot().problem).toBeNull()
    expect(texts()).toEqual(['one'])
  })

  it('is repeated with backoff: under 16 times in two minutes, then at least four times', async () => {
    await harness.begin()
    harness.gateway.intercept(lost)
    expect(await pollsWithin(120_000)).toBeLessThan(16)
    expect(await pollsWithin(120_000)).toBeGreaterThanOrEqual(4)
  })

  it('is not repeated before Retry-After, not even when the page becomes visible', async () => {
    const { page } = await harness.begin()
    const busy = { status: 429, headers: { 'retry-after': '20' }, body: 'busy' }
    harness.gateway.once('/api/poll', () => busy)
    await advance(1000)
    page.set({ hidden: false })
    expect(await pollsWithin(19_000)).toBe(0)
    expect(await pollsWithin(2000)).toBeGreaterThan(0)
  })

  it('is not repeated at once for a Retry-After that is longer than a timer can keep', async () => {
    await harness.begin()
    const busy = { status: 429, headers: { 'retry-after': '9999999' }, body: 'busy' }
    harness.gateway.once('/api/poll', () => busy)
    await advance(1000)
    expect(await pollsWithin(600_000)).toBe(0)
  })

  it('with cursor_invalid is repeated without a cursor and keeps the known messages', async () => {
    sendAsAgent('one')
    const { chat, texts } = await harness.begin()
    const [first] = chat.getSnapshot().messages
    harness.gateway.once('/api/poll', () => harness.gateway.problem(400, 'cursor_invalid'))
    sendAsAgent('two')
    await advance(1100)
    expect(texts()).toEqual(['one', 'two'])
    expect(chat.getSnapshot().messages[0]).toBe(first)
  })

  it('with cursor_invalid restarts the list from the newest page if the pages do not overlap', async () => {
    sendAsAgent('one')
    const { chat, texts } = await harness.begin()
    harness.gateway.once('/api/poll', () => harness.gateway.problem(400, 'cursor_invalid'))
    sendAsAgent(...many)
    await advance(1100)
    expect(texts()).toEqual(many.slice(-5))
    while (chat.getSnapshot().hasOlder) await chat.loadOlder()
    expect(texts()).toEqual(['one', ...many])
  })

  it('is abandoned within half a minute when no response comes', async () => {
    const { texts } = await harness.begin()
    harness.gateway.once('/api/poll', () => new Promise(() => {}))
    await advance(1000)
    sendAsAgent('one')
    await advance(30_000)
    expect(texts()).toEqual(['one'])
  })

  it.each(['conversation_lost', 'conversation_not_found'])(
    'with %s sets the connection to lost, and the next start opens another conversation',
    async (code) => {
      const { chat, connection } = await harness.begin()
      const { conversationId } = chat.getSnapshot()
      harness.gateway.once('/api/poll', () => harness.gateway.problem(410, code))
      await advance(1000)
      expect(connection()).toBe('lost')
      expect(await pollsWithin(60_000)).toBe(0)
      harness.gateway.forgetVisitor()
      chat.start()
      await advance(100)
      expect(connection()).toBe('online')
      expect(chat.getSnapshot().conversationId).not.toBe(conversationId)
    },
  )

  it('with 403 sets the connection to refused, and start connects again', async () => {
    const { chat, connection } = await harness.begin()
    harness.gateway.once('/api/poll', () => harness.gateway.problem(403, 'origin_not_allowed'))
    await advance(1000)
    expect(connection()).toBe('refused')
    chat.start()
    await advance(100)
    expect(connection()).toBe('online')
  })
})

describe('a start outside business hours', () => {
  it('is refused with the time of opening, and the next start opens a conversation', async () => {
    const { problem, once } = harness.gateway
    const opensAt = '2026-11-30T08:00:00.000Z'
    once('/api/start', () => problem(409, 'outside_business_hours', { opensAt }))
    const { chat, connection } = await harness.begin()
    expect(connection()).toBe('refused')
    const refusal = { code: 'outside_business_hours', opensAt, retryable: false }
    expect(chat.getSnapshot().problem).toMatchObject(refusal)
    expect(await pollsWithin(60_000)).toBe(0)
    chat.start()
    await advance(10)
    expect(connection()).toBe('online')
  })
})

describe('a page that polls', () => {
  it('polls three times a minute while it is hidden, and at once when it becomes visible', async () => {
    const { page, texts } = await harness.begin()
    page.set({ hidden: true })
    await advance(1100)
    expect(await pollsWithin(60_000)).toBe(3)
    sendAsAgent('one')
    page.set({ hidden: false })
    await advance(10)
    expect(texts()).toEqual(['one'])
  })

  it('polls within 5.1 seconds after a sleep of three hours, although the last request hangs', async () => {
    const { texts } = await harness.begin()
    harness.gateway.once('/api/poll', () => new Promise(() => {}))
    await advance(1000)
    vi.setSystemTime(Date.now() + 3 * 3_600_000)
    sendAsAgent('one')
    await advance(5100)
    expect(texts()).toEqual(['one'])
  })

  it('polls within six seconds when the clock is set back by an hour', async () => {
    const { texts } = await harness.begin()
    vi.setSystemTime(Date.now() - 3_600_000)
    sendAsAgent('one')
    await advance(6000)
    expect(texts()).toEqual(['one'])
  })
})

describe('the end of a conversation', () => {
  it('is in the snapshot, late messages are still read, and the next start opens another one', async () => {
    const { chat, connection, texts } = await harness.begin()
    sendAsAgent('bye')
    await chat.end()
    await advance(500)
    expect(connection()).toBe('ended')
    sendAsAgent('and thank you')
    await advance(2500)
    expect(connection()).toBe('ended')
    expect(texts()).toEqual(['bye', 'and thank you'])
    expect(await pollsWithin(60_000)).toBe(0)
    const id = chat.send('late')
    expect(chat.getSnapshot().messages.at(-1)?.problem?.code).toBe('conversation_ended')
    harness.gateway.listed.length = 0
    chat.start()
    await advance(100)
    expect(connection()).toBe('online')
    chat.retry(id)
    await advance(1000)
    expect(texts()).toEqual(['late'])
    expect(chat.getSnapshot().messages[0]?.delivery).toBe('delivered')
  })

  it('delivers a transcript that takes a slow network more than a minute', async () => {
    const transcriptMs = 90_000
    const { chat } = await harness.begin({
      fetch: async (input, init) => {
        if (!String(input).includes('/api/transcript')) return harness.gateway.fetch(input, init)
        const body = new ReadableStream({
          start(controller) {
            init?.signal?.addEventListener('abort', () => controller.error(init.signal?.reason))
            setTimeout(() => controller.close(), transcriptMs)
          },
        })
        return new Response(body, { headers: { 'content-type': 'application/pdf' } })
      },
    })
    const transcript = chat.transcript()
    await advance(transcriptMs)
    expect((await transcript).type).toBe('application/pdf')
  })

  it('rejects with unreachable when there is no network, and so does the transcript', async () => {
    const { chat } = harness.open({ fetch: () => Promise.reject(new TypeError('fetch failed')) })
    const unreachable = { code: 'unreachable', retryable: true }
    await expect(chat.transcript()).rejects.toMatchObject(unreachable)
    await expect(chat.end()).rejects.toMatchObject(unreachable)
  })

  it('is noticed when a message is refused with conversation_ended', async () => {
    const { chat, connection, deliveries } = await harness.begin()
    harness.gateway.endConversation()
    chat.send('late')
    await advance(500)
    expect(deliveries()).toEqual(['late failed'])
    expect(connection()).toBe('ended')
  })
})
