import { describe, expect, it } from 'vitest'
import type { ActivityReply } from '../../client/core/api-types.js'
import { lost, textMessage } from './gateway.js'
import { advance, setupClient } from './setup.js'

const harness = setupClient()
const polls = () => harness.gateway.requests.filter(({ path }) => path === '/api/poll')
const waits = () => polls().map(({ body }) => body.wait)
const sendAsAgent = (text: string, id?: string) =>
  harness.gateway.list(textMessage(text, 0, 'Agent', id))
const dana = { role: 'Agent', displayName: 'Dana' } as const
const bot = { role: 'Chatbot', displayName: null } as const

/** Opens a chat whose second poll is waiting. */
async function begin(options: Parameters<typeof harness.begin>[0] = {}) {
  harness.gateway.hearEvents()
  const opened = await harness.begin(options)
  return { ...opened, activity: () => opened.chat.getSnapshot().activity }
}

/** Ends the waiting poll with what it heard. */
async function hear(heard: Partial<ActivityReply>): Promise<void> {
  harness.gateway.hear(heard)
  await advance(0)
}

/** Records the signal of every poll. */
function recordSignals() {
  const signals: AbortSignal[] = []
  const fetch: typeof globalThis.fetch = (url, init) => {
    if (String(url).includes('/api/poll') && init?.signal) signals.push(init.signal)
    return harness.gateway.fetch(String(url), init)
  }
  return { signals, fetch }
}

describe('a poll of a gateway that hears events', () => {
  it('waits as long as the reply before it said, and shows a message at once', async () => {
    const { texts } = await begin()
    expect(waits()).toEqual([0, 25])
    await advance(10_000)
    expect(polls()).toHaveLength(2)
    sendAsAgent('one')
    await advance(0)
    expect(texts()).toEqual(['one'])
    expect(waits()).toEqual([0, 25, 25])
  })

  it('is given the time that it waits before it is abandoned, and does not wait after that', async () => {
    const { fetch, signals } = recordSignals()
    const { connection } = await begin({ fetch })
    harness.gateway.once('/api/poll', () => new Promise(() => {}))
    await advance(44_900)
    expect(signals[1]?.aborted).toBe(false)
    expect(connection()).toBe('online')
    await advance(200)
    expect(signals[1]?.aborted).toBe(true)
    expect(connection()).toBe('retrying')
    await advance(1000)
    expect(waits()).toEqual([0, 25, 0, 25])
    expect(connection()).toBe('online')
  })

  it('pauses for the time that a 429 names, and the next one does not wait', async () => {
    const { chat, connection } = await begin()
    harness.gateway.once('/api/poll', () =>
      harness.gateway.problem(429, 'rate_limited', { retryAfterMs: 17_000 }),
    )
    sendAsAgent('one')
    await advance(0)
    expect([connection(), chat.getSnapshot().problem?.code]).toEqual(['retrying', 'rate_limited'])
    const refused = polls().length
    await advance(16_900)
    expect(polls()).toHaveLength(refused)
    await advance(200)
    expect(waits().slice(refused)).toEqual([0, 25])
    expect(connection()).toBe('online')
  })

  it('does not wait while the page is hidden, and keeps the pace of a hidden page', async () => {
    const { fetch, signals } = recordSignals()
    const { page, texts } = await begin({ fetch })
    page.set({ hidden: true })
    await advance(10)
    expect(signals[1]?.aborted).toBe(true)
    await advance(60_000)
    expect(waits()).toEqual([0, 25, 0, 0, 0, 0])
    sendAsAgent('one')
    page.set({ hidden: false })
    await advance(10)
    expect(texts()).toEqual(['one'])
  })

  it('is aborted when the chat is closed', async () => {
    const { fetch, signals } = recordSignals()
    const { chat } = await begin({ fetch })
    chat.close()
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true])
    await advance(60_000)
    expect(polls()).toHaveLength(2)
  })

  it('does not hold up a message, and is replaced 1 s after one of which it heard nothing', async () => {
    const { fetch, signals } = recordSignals()
    const { chat, deliveries } = await begin({ fetch })
    harness.gateway.intercept(({ path, body }) => {
      if (path !== '/api/send') return undefined
      const own = textMessage(String(body.text), Date.now(), 'EndUser', String(body.id))
      harness.gateway.listed.push(own)
      return { status: 202, body: { id: own.id, timestamp: own.timestamp } }
    })
    chat.send('Hello')
    await advance(900)
    expect(deliveries()).toEqual(['Hello sent'])
    expect(signals[1]?.aborted).toBe(false)
    await advance(110)
    expect(signals[1]?.aborted).toBe(true)
    expect(deliveries()).toEqual(['Hello delivered'])
    expect(waits()).toEqual([0, 25, 0, 25])
  })

  it('is replaced at once when the conversation is ended', async () => {
    const { chat, connection } = await begin()
    await chat.end()
    await advance(10)
    expect(connection()).toBe('ended')
  })

  it('is replaced when another tab sends a message of which it heard nothing', async () => {
    const { tabs } = harness.browser
    const [two, one] = [await begin({ tabs }), await begin({ tabs })]
    await advance(100)
    const before = polls().length
    harness.gateway.intercept(({ path }) =>
      path === '/api/send' ? { status: 202, body: { timestamp: '2026' } } : undefined,
    )
    two.chat.send('Hello')
    await advance(900)
    expect(polls()).toHaveLength(before)
    await advance(200)
    expect(waits().slice(before)).toEqual([0, 25])
    expect(one.connection()).toBe('online')
  })

  it('is kept after a message if it began after the message was sent', async () => {
    const { chat, deliveries } = await begin()
    chat.send('Hello')
    await advance(5000)
    expect(deliveries()).toEqual(['Hello delivered'])
    expect(waits()).toEqual([0, 25, 25])
  })
})

describe('a poll after a send', () => {
  it('is made after 1 s if the next one would be later', async () => {
    const { chat, deliveries } = await harness.begin()
    harness.gateway.setPace(15_000)
    await advance(1000)
    const before = polls().length
    chat.send('Hello')
    await advance(900)
    expect(polls()).toHaveLength(before)
    await advance(110)
    expect(polls()).toHaveLength(before + 1)
    expect(deliveries()).toEqual(['Hello delivered'])
  })

  it('that is answered from the cursor changes nothing, and the next one keeps its pace', async () => {
    sendAsAgent('one')
    const { chat } = await harness.begin()
    harness.gateway.setPace(4000)
    await advance(1000)
    const snapshot = chat.getSnapshot()
    const before = polls().length
    await advance(4000)
    expect(polls()).toHaveLength(before + 1)
    expect(chat.getSnapshot()).toBe(snapshot)
  })
})

describe('the activity in the snapshot', () => {
  it('is null where the gateway hears no events, and after the chat is closed', async () => {
    const without = await harness.begin()
    await advance(5000)
    expect(without.chat.getSnapshot().activity).toBeNull()
    const { chat, activity } = await begin()
    await hear({ typing: [dana] })
    expect(activity()?.typing).toEqual([dana])
    chat.close()
    expect(activity()).toBeNull()
  })

  it('names who types for 5 s after that was last heard', async () => {
    const { activity } = await begin()
    await hear({ typing: [dana] })
    await advance(4000)
    await hear({ typing: [dana, bot] })
    await advance(4900)
    expect(activity()?.typing).toEqual([dana, bot])
    await advance(100)
    expect(activity()?.typing).toEqual([])
  })

  it('names no longer who types once their message is there', async () => {
    const { activity, texts } = await begin()
    await hear({ typing: [dana, bot] })
    sendAsAgent('one')
    await advance(0)
    expect(texts()).toEqual(['one'])
    expect(activity()?.typing).toEqual([bot])
  })

  it('keeps progress and the place in the queue for 30 s, or until they change', async () => {
    const { activity } = await begin()
    await hear({ progress: 'Looking', queuePosition: 3 })
    await advance(20_000)
    await hear({ queuePosition: 2 })
    expect(activity()).toMatchObject({ progress: 'Looking', queuePosition: 2 })
    await advance(10_000)
    expect(activity()).toMatchObject({ progress: null, queuePosition: 2 })
    await advance(20_000)
    expect(activity()?.queuePosition).toBeNull()
  })

  it('keeps progress over the message of the visitor, and drops it at an answer', async () => {
    const { chat, activity, deliveries } = await begin()
    await hear({ progress: 'Looking', queuePosition: 3 })
    chat.send('Hello')
    await advance(10)
    expect(deliveries()).toEqual(['Hello delivered'])
    expect(activity()).toMatchObject({ progress: 'Looking', queuePosition: 3 })
    sendAsAgent('one')
    await advance(0)
    expect(activity()).toMatchObject({ progress: null, queuePosition: null })
  })

  it('keeps what a poll heard that also brought a message', async () => {
    const { activity, texts } = await begin()
    harness.gateway.listed.push(textMessage('You are in the queue.', Date.now()))
    await hear({ queuePosition: 3, typing: [dana] })
    expect(texts()).toEqual(['You are in the queue.'])
    expect(activity()).toMatchObject({ queuePosition: 3, typing: [dana] })
  })

  it('has the partial answer until its message is listed, in one change', async () => {
    const { chat, activity, texts } = await begin()
    await hear({ partial: { messageId: 'm', from: 1, to: 2, text: 'We are' } })
    await hear({ partial: { messageId: 'm', from: 3, to: 3, text: ' open' } })
    expect(activity()?.partial).toEqual({ messageId: 'm', text: 'We are open' })
    const shown: [string[], unknown][] = []
    chat.subscribe(() => shown.push([texts(), activity()?.partial]))
    sendAsAgent('We are open.', 'm')
    await advance(0)
    expect(shown).toEqual([[['We are open.'], null]])
    await hear({ partial: null, typing: [bot] })
    expect(activity()?.partial).toBeNull()
  })

  it('ignores what is streamed of a message that is listed', async () => {
    const { activity } = await begin()
    sendAsAgent('We are open.', 'm')
    await advance(0)
    await hear({ partial: { messageId: 'm', from: 1, to: 2, text: 'We are' } })
    expect(activity()?.partial).toBeNull()
  })

  it('takes the partial answer back when it is invalid, but not that of another message', async () => {
    const { activity } = await begin()
    await hear({ partial: { messageId: 'm', from: 1, to: 2, text: 'We are' } })
    await hear({ partial: { messageId: 'n', invalid: true } })
    expect(activity()?.partial?.text).toBe('We are')
    await hear({ partial: { messageId: 'm', invalid: true } })
    expect(activity()?.partial).toBeNull()
  })

  it('drops a partial answer that does not go on for 30 s', async () => {
    const { activity } = await begin()
    await hear({ partial: { messageId: 'm', from: 1, to: 2, text: 'We are' } })
    await advance(29_900)
    expect(activity()?.partial).not.toBeNull()
    await advance(200)
    expect(activity()?.partial).toBeNull()
  })

  it('is shared among the tabs, of which one polls, and survives a change of the lead', async () => {
    const { tabs } = harness.browser
    const one = await begin({ tabs })
    const two = await begin({ tabs })
    await advance(100)
    const before = polls().length
    await hear({ typing: [dana], partial: { messageId: 'm', from: 1, to: 1, text: 'We' } })
    expect(polls()).toHaveLength(before + 1)
    for (const { activity } of [one, two]) {
      expect(activity()).toMatchObject({ typing: [dana], partial: { text: 'We' } })
    }
    two.chat.close()
    await advance(0)
    expect(waits().at(-1)).toBe(25)
    await hear({ partial: { messageId: 'm', from: 2, to: 2, text: ' are' } })
    expect(one.activity()?.partial?.text).toBe('We are')
  })

  it('outlives a poll that fails', async () => {
    const { activity, connection } = await begin()
    await hear({ queuePosition: 3 })
    harness.gateway.once('/api/poll', lost)
    await hear({})
    expect(connection()).toBe('retrying')
    expect(activity()?.queuePosition).toBe(3)
  })
})
