import { describe, expect, it } from 'vitest'
import { sendRequest } from '../../lib/contract/requests.js'
import { lost } from './gateway.js'
import { openScene, pass } from './scene.js'

const scene = openScene()
const refused = (status: number, code: string, more?: object) => () =>
  scene.gateway.problem(status, code, more)

describe('a message', () => {
  it('is shown at once, and goes from sending to sent to delivered under one id', async () => {
    const { chat, told } = await scene.begin()
    const seen: string[] = []
    chat.on('delivery', ({ delivery }) => seen.push(delivery))
    const id = chat.send(' Hello ')
    expect(told()).toEqual(['Hello sending'])
    await pass(10)
    expect(told()).toEqual(['Hello sent'])
    await pass(1000)
    expect(told()).toEqual(['Hello delivered'])
    expect(seen).toEqual(['sending', 'sent', 'delivered'])
    expect(chat.getSnapshot().messages[0]?.id).toBe(id)
    expect(scene.gateway.sends).toEqual([id])
  })

  it('starts a conversation when there is none', async () => {
    const { chat, told } = scene.open()
    chat.send('Hello')
    await pass(1000)
    expect(told()).toEqual(['Hello delivered'])
  })

  it('is sent again under its id when the answer is lost, and arrives once', async () => {
    const { chat, told } = await scene.begin()
    scene.gateway.once('/api/send', (next) => next() && lost(), 2)
    chat.send('Hello')
    await pass(10_000)
    expect(scene.gateway.sends).toHaveLength(1)
    expect(told()).toEqual(['Hello delivered'])
  })

  it('keeps its place before the next one while it is tried again', async () => {
    const { chat, texts } = await scene.begin()
    scene.gateway.once('/api/send', refused(503, 'upstream_unavailable'), 2)
    chat.send('one')
    chat.send('two')
    await pass(20_000)
    expect(texts()).toEqual(['one', 'two'])
    expect(scene.gateway.listed.map(({ text }) => text)).toEqual(['one', 'two'])
  })

  it('is not sent before the time the server named, whatever happens', async () => {
    const { chat, page, told } = await scene.begin()
    scene.gateway.once('/api/send', refused(429, 'rate_limited', { retryAfterMs: 9000 }))
    chat.send('one')
    await pass(10)
    chat.send('two')
    page.set({ online: true })
    await pass(8900)
    expect(scene.gateway.sends).toEqual([])
    await pass(1500)
    expect(told()).toEqual(['one delivered', 'two delivered'])
  })

  it('fails when it must not be repeated, and is sent by hand under the same id', async () => {
    const { chat, told } = await scene.begin()
    scene.gateway.once('/api/send', refused(503, 'upstream_unavailable', { retryable: false }))
    const id = chat.send('one')
    chat.send('two')
    await pass(60_000)
    expect(told()).toEqual(['two delivered', 'one failed'])
    expect(chat.getSnapshot().messages[1]?.problem?.code).toBe('upstream_unavailable')
    chat.retry(id)
    await pass(2000)
    expect(told()).toEqual(['two delivered', 'one delivered'])
    expect(scene.gateway.sends).toContain(id)
  })

  it('that failed but had arrived is delivered when its echo comes', async () => {
    const { chat, told } = await scene.begin()
    scene.gateway.once('/api/send', (next) => {
      next()
      return scene.gateway.problem(503, 'upstream_unavailable', { retryable: false })
    })
    chat.send('one')
    await pass(10)
    expect(told()).toEqual(['one failed'])
    await pass(3000)
    expect(told()).toEqual(['one delivered'])
  })

  it('is given up after eight tries', async () => {
    const { chat, told } = await scene.begin()
    scene.gateway.once('/api/send', refused(503, 'upstream_unavailable'), 1000)
    chat.send('one')
    await pass(300_000)
    expect(told()).toEqual(['one failed'])
    expect(scene.gateway.paths().filter((path) => path === '/api/send')).toHaveLength(8)
  })

  it('waits without end while the device is off line', async () => {
    const { chat, page, told, connection } = await scene.begin()
    scene.gateway.interfere(lost)
    page.set({ online: false })
    chat.send('one')
    await pass(3_600_000)
    expect(connection()).toBe('offline')
    expect(told()).toEqual(['one sending'])
    scene.gateway.interfere(() => undefined)
    page.set({ online: true })
    await pass(1000)
    expect(told()).toEqual(['one delivered'])
    expect(connection()).toBe('online')
  })

  it('can be given up', async () => {
    const { chat, told } = await scene.begin()
    scene.gateway.once('/api/send', refused(413, 'payload_too_large'))
    const id = chat.send('one')
    await pass(10)
    expect(told()).toEqual(['one failed'])
    chat.discard(id)
    expect(told()).toEqual([])
  })
})

describe('what is not sent when the page is reloaded', () => {
  it('goes on by itself', async () => {
    const before = await scene.begin()
    scene.gateway.interfere(lost)
    before.chat.send('one')
    before.chat.send('two')
    await pass(5000)
    before.chat.close()
    scene.gateway.interfere(() => undefined)
    const after = await scene.begin()
    await pass(3000)
    expect(after.told()).toEqual(['one delivered', 'two delivered'])
    expect(scene.browser.kept.get('miaw https://gateway.example unsent') ?? '[]').toBe('[]')
  })

  it('is not said twice when it had arrived', async () => {
    const before = await scene.begin()
    scene.gateway.once('/api/send', (next) => next() && lost(), 100)
    before.chat.send('one')
    await pass(10)
    before.chat.close()
    const after = await scene.begin()
    await pass(10_000)
    expect(after.told()).toEqual(['one delivered'])
    expect(scene.gateway.sends).toHaveLength(1)
  })

  it('is shown as failed when it waited more than ten minutes', async () => {
    const before = await scene.begin()
    scene.gateway.interfere(lost)
    before.chat.send('one')
    await pass(1000)
    before.chat.close()
    await pass(11 * 60_000)
    scene.gateway.interfere(() => undefined)
    const after = await scene.begin()
    await pass(3000)
    expect(after.told()).toEqual(['one failed'])
    expect(after.chat.getSnapshot().messages[0]?.problem?.code).toBe('unsent')
  })
})

describe('answers', () => {
  it('to a choice and to a form are shown by their titles', async () => {
    const { chat, texts } = await scene.begin()
    const question = 'f8b1d3b0-0000-4000-8000-000000000000'
    chat.reply(question, { selections: [{ itemId: 'a', title: 'Yes' }] })
    chat.reply(question, { values: [{ inputId: 'n', value: 3 }] })
    expect(texts()).toEqual(['Yes', '3'])
    await pass(10)
    const bodies = scene.gateway.heard.filter(({ path }) => path === '/api/send')
    const asked = bodies.map(({ body }) => sendRequest.parse(body))
    expect(asked).toMatchObject([
      {
        messageType: 'ChoiceResponseMessage',
        inReplyToMessageId: question,
        selections: [{ itemId: 'a', title: 'Yes' }],
      },
      { messageType: 'FormResponseMessage', values: [{ inputId: 'n', value: 3 }] },
    ])
  })
})

it('what is said in an ended conversation fails, and is said in the next by hand', async () => {
  const { chat, told } = await scene.begin()
  scene.gateway.endConversation()
  await pass(1100)
  const id = chat.send('late')
  expect(told()).toEqual(['late failed'])
  chat.start()
  await pass(100)
  chat.retry(id)
  await pass(1500)
  expect(told()).toEqual(['late delivered'])
})

it('what failed is said by hand in a chat that was closed since: it starts again', async () => {
  const { chat, connection, told } = await scene.begin()
  scene.gateway.once('/api/send', refused(503, 'upstream_unavailable', { retryable: false }))
  const id = chat.send('one')
  await pass(10)
  chat.close()
  expect(connection()).toBe('idle')
  chat.retry(id)
  await pass(1500)
  expect(connection()).toBe('online')
  expect(told()).toEqual(['one delivered'])
})
