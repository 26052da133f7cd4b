import { describe, expect, it } from 'vitest'
import { sendRequest } from '../../lib/contract/requests.js'
import { lost } from './gateway.js'
import { advance, setupClient } from './setup.js'

const harness = setupClient()
const refused = (status: number, code: string, more?: object) => () =>
  harness.gateway.problem(status, code, more)

describe('a message', () => {
  it('is shown at once and goes from sending to sent to delivered under one id', async () => {
    const { chat, deliveries } = await harness.begin()
    const seen: string[] = []
    chat.on('delivery', ({ delivery }) => seen.push(delivery))
    const id = chat.send(' Hello ')
    expect(deliveries()).toEqual(['Hello sending'])
    await advance(10)
    expect(deliveries()).toEqual(['Hello sent'])
    await advance(1000)
    expect(deliveries()).toEqual(['Hello delivered'])
    expect(seen).toEqual(['sending', 'sent', 'delivered'])
    expect(chat.getSnapshot().messages[0]?.id).toBe(id)
    expect(harness.gateway.sends).toEqual([id])
  })

  it('starts a conversation when there is none and is delivered in it', async () => {
    const { chat, deliveries } = harness.open()
    chat.send('Hello')
    await advance(1000)
    expect(deliveries()).toEqual(['Hello delivered'])
  })

  it('is sent again under its id when the response is lost, and arrives once', async () => {
    const { chat, deliveries } = await harness.begin()
    harness.gateway.once('/api/send', (next) => next() && lost(), 2)
    chat.send('Hello')
    await advance(10_000)
    expect(harness.gateway.sends).toHaveLength(1)
    expect(deliveries()).toEqual(['Hello delivered'])
  })

  it('stays before the next message while it is retried', async () => {
    const { chat, texts } = await harness.begin()
    harness.gateway.once('/api/send', refused(503, 'upstream_unavailable'), 2)
    chat.send('one')
    chat.send('two')
    await advance(20_000)
    expect(texts()).toEqual(['one', 'two'])
    expect(harness.gateway.listed.map(({ text }) => text)).toEqual(['one', 'two'])
  })

  it('is not retried before retryAfterMs, although another message and the network come', async () => {
    const { chat, page, deliveries } = await harness.begin()
    harness.gateway.once('/api/send', refused(429, 'rate_limited', { retryAfterMs: 9000 }))
    chat.send('one')
    await advance(10)
    chat.send('two')
    page.set({ online: true })
    await advance(8900)
    expect(harness.gateway.sends).toEqual([])
    await advance(1500)
    expect(deliveries()).toEqual(['one delivered', 'two delivered'])
  })

  it.each<[string, object, least: number, most: number]>([
    ['retryAfterMs, where the gateway names it', { retryAfterMs: 9000 }, 9000, 9000],
    ['the next attempt, where it names none', {}, 500, 1000],
  ])('says that it waits, and until when: until %s', async (_, more, least, most) => {
    const { chat } = await harness.begin()
    const waits = () => chat.getSnapshot().messages.map(({ waitsUntil }) => waitsUntil)
    let attempts = 0
    harness.gateway.intercept(({ path }) => {
      if (path !== '/api/send') return undefined
      attempts += 1
      return attempts > 1 ? undefined : harness.gateway.problem(429, 'rate_limited', more)
    })
    chat.send('one')
    chat.send('two')
    const sentAt = Date.now()
    expect(waits()).toEqual([undefined, undefined])
    await advance(10)
    const [until = '', behind] = waits()
    expect(behind).toBeUndefined()
    const forMs = Date.parse(until) - sentAt
    expect(forMs).toBeGreaterThanOrEqual(least)
    expect(forMs).toBeLessThanOrEqual(most + 10)
    await advance(forMs + 10)
    expect(attempts).toBe(3)
    expect(waits()).toEqual([undefined, undefined])
  })

  it('that failed after it had waited does not wait any more', async () => {
    const { chat, deliveries } = await harness.begin()
    harness.gateway.once('/api/send', refused(503, 'upstream_unavailable'), 8)
    chat.send('one')
    await advance(200_000)
    expect(deliveries()).toEqual(['one failed'])
    expect(chat.getSnapshot().messages[0]?.waitsUntil).toBeUndefined()
  })

  it('fails at a problem that is not retryable, and retry() sends it under the same id', async () => {
    const { chat, deliveries } = await harness.begin()
    harness.gateway.once('/api/send', refused(503, 'upstream_unavailable', { retryable: false }))
    const id = chat.send('one')
    chat.send('two')
    await advance(60_000)
    expect(deliveries()).toEqual(['two delivered', 'one failed'])
    expect(chat.getSnapshot().messages[1]?.problem?.code).toBe('upstream_unavailable')
    chat.retry(id)
    await advance(2000)
    expect(deliveries()).toEqual(['two delivered', 'one delivered'])
    expect(harness.gateway.sends).toContain(id)
  })

  it('that failed but had arrived becomes delivered with its echo', async () => {
    const { chat, deliveries } = await harness.begin()
    harness.gateway.once('/api/send', (next) => {
      next()
      return harness.gateway.problem(503, 'upstream_unavailable', { retryable: false })
    })
    chat.send('one')
    await advance(10)
    expect(deliveries()).toEqual(['one failed'])
    await advance(3000)
    expect(deliveries()).toEqual(['one delivered'])
  })

  it('fails after eight attempts', async () => {
    const { chat, deliveries } = await harness.begin()
    harness.gateway.once('/api/send', refused(503, 'upstream_unavailable'), 1000)
    chat.send('one')
    await advance(300_000)
    expect(deliveries()).toEqual(['one failed'])
    expect(harness.gateway.paths().filter((path) => path === '/api/send')).toHaveLength(8)
  })

  it('waits for an hour off line and is delivered when the network is back', async () => {
    const { chat, page, deliveries, connection } = await harness.begin()
    harness.gateway.intercept(lost)
    page.set({ online: false })
    chat.send('one')
    await advance(3_600_000)
    expect(connection()).toBe('offline')
    expect(deliveries()).toEqual(['one sending'])
    harness.gateway.intercept(() => undefined)
    page.set({ online: true })
    await advance(1000)
    expect(deliveries()).toEqual(['one delivered'])
    expect(connection()).toBe('online')
  })

  it('that failed is removed by discard()', async () => {
    const { chat, deliveries } = await harness.begin()
    harness.gateway.once('/api/send', refused(413, 'payload_too_large'))
    const id = chat.send('one')
    await advance(10)
    expect(deliveries()).toEqual(['one failed'])
    chat.discard(id)
    expect(deliveries()).toEqual([])
  })
})

describe('a message that is not sent when the page is reloaded', () => {
  it('is sent by the next page without retry()', async () => {
    const before = await harness.begin()
    harness.gateway.intercept(lost)
    before.chat.send('one')
    before.chat.send('two')
    await advance(5000)
    before.chat.close()
    harness.gateway.intercept(() => undefined)
    const after = await harness.begin()
    await advance(3000)
    expect(after.deliveries()).toEqual(['one delivered', 'two delivered'])
    expect(harness.browser.stored.get('miaw https://gateway.example unsent') ?? '[]').toBe('[]')
  })

  it('is not sent twice when it had arrived', async () => {
    const before = await harness.begin()
    harness.gateway.once('/api/send', (next) => next() && lost(), 100)
    before.chat.send('one')
    await advance(10)
    before.chat.close()
    const after = await harness.begin()
    await advance(10_000)
    expect(after.deliveries()).toEqual(['one delivered'])
    expect(harness.gateway.sends).toHaveLength(1)
  })

  it('is shown as failed with unsent after eleven minutes', async () => {
    const before = await harness.begin()
    harness.gateway.intercept(lost)
    before.chat.send('one')
    await advance(1000)
    before.chat.close()
    await advance(11 * 60_000)
    harness.gateway.intercept(() => undefined)
    const after = await harness.begin()
    await advance(3000)
    expect(after.deliveries()).toEqual(['one failed'])
    expect(after.chat.getSnapshot().messages[0]?.problem?.code).toBe('unsent')
  })
})

describe('replies', () => {
  it('to a choice and to a form are shown by title or value and sent as the contract wants', async () => {
    const { chat, texts } = await harness.begin()
    const question = 'f8b1d3b0-0000-4000-8000-000000000000'
    chat.reply(question, { selections: [{ itemId: 'a', title: 'Yes' }] })
    chat.reply(question, { values: [{ inputId: 'n', value: 3 }] })
    expect(texts()).toEqual(['Yes', '3'])
    await advance(10)
    const bodies = harness.gateway.requests.filter(({ path }) => path === '/api/send')
    const sent = bodies.map(({ body }) => sendRequest.parse(body))
    expect(sent).toMatchObject([
      {
        messageType: 'ChoiceResponseMessage',
        inReplyToMessageId: question,
        selections: [{ itemId: 'a', title: 'Yes' }],
      },
      { messageType: 'FormResponseMessage', values: [{ inputId: 'n', value: 3 }] },
    ])
  })
})

it('a message in an ended conversation fails, and retry() delivers it in the next one', async () => {
  const { chat, deliveries } = await harness.begin()
  harness.gateway.endConversation()
  await advance(1100)
  const id = chat.send('late')
  expect(deliveries()).toEqual(['late failed'])
  chat.start()
  await advance(100)
  chat.retry(id)
  await advance(1500)
  expect(deliveries()).toEqual(['late delivered'])
})

it('retry() of a failed message starts a closed chat again and delivers the message', async () => {
  const { chat, connection, deliveries } = await harness.begin()
  harness.gateway.once('/api/send', refused(503, 'upstream_unavailable', { retryable: false }))
  const id = chat.send('one')
  await advance(10)
  chat.close()
  expect(connection()).toBe('idle')
  chat.retry(id)
  await advance(1500)
  expect(connection()).toBe('online')
  expect(deliveries()).toEqual(['one delivered'])
})
