/** The options that conversations are started with, in the body of `POST /api/start`. */
import { describe, expect, it } from 'vitest'
import type { Chat } from '../../client/core/index.js'
import { upload } from '../../client/core/upload.js'
import { openScene, pass } from './scene.js'

const scene = openScene()
const startOptions = { language: 'en_US', routingAttributes: { Page: 'home' } }

/** The bodies of the starts so far, without the ids that they propose. */
function starts() {
  const calls = scene.gateway.heard.filter(({ path }) => path === '/api/start')
  return calls.map(({ body: { conversationId: _, ...body } }) => body)
}

/** The form that a start is refused with until it has answers. */
function askForTopic(): void {
  const field = { name: 'Topic', type: 'text', required: true }
  const prechat = { required: true, per: 'conversation', fields: [field] }
  scene.gateway.interfere(({ path, body }, next) => {
    const answers = Object.keys(body.routingAttributes ?? {})
    if (path !== '/api/start' || answers.includes('Topic')) return next()
    const problem = { code: 'prechat_required', status: 409, retryable: false, prechat }
    return { status: 409, body: problem }
  })
}

describe('startOptions of createChat', () => {
  it('are sent by start()', async () => {
    const { chat } = scene.open({ startOptions })
    chat.start()
    await pass(100)
    expect(starts()).toEqual([startOptions])
  })

  it.each<[name: string, act: (chat: Chat) => void]>([
    ['a first message', (chat) => chat.send('Hello')],
    ['an answer to a choice', (chat) => chat.reply('q', { selections: [] })],
    ['a file', (chat) => upload(chat, new File(['x'], 'a.txt', { type: 'text/plain' }))],
  ])('are sent when %s starts the chat', async (_, act) => {
    const { chat } = scene.open({ startOptions })
    act(chat)
    await pass(100)
    expect(starts()).toEqual([startOptions])
  })

  it('are sent when a message is sent again in a chat that was closed', async () => {
    const { chat } = scene.open({ startOptions })
    const id = chat.send('Hello')
    chat.close()
    await pass(100)
    chat.retry(id)
    await pass(100)
    expect(starts().at(-1)).toEqual(startOptions)
  })

  it('give way to the options of start(), whose routing attributes join theirs', async () => {
    const { chat } = scene.open({ startOptions })
    chat.start({ language: 'de', routingAttributes: { Topic: 'Cargo' } })
    await pass(100)
    const routingAttributes = { Page: 'home', Topic: 'Cargo' }
    expect(starts()).toEqual([{ language: 'de', routingAttributes }])
  })

  it('are joined by the answers to a form that was asked for first', async () => {
    askForTopic()
    const { chat } = scene.open({ startOptions: { language: 'en_US' } })
    chat.start()
    await pass(100)
    expect(chat.getSnapshot().prechat?.fields).toHaveLength(1)
    chat.start({ routingAttributes: { Topic: 'Cargo' } })
    await pass(100)
    expect(starts()).toEqual([
      { language: 'en_US' },
      { language: 'en_US', routingAttributes: { Topic: 'Cargo' } },
    ])
  })

  it('can be replaced, for conversations that are started later', async () => {
    const { chat } = scene.open({ startOptions })
    chat.setStartOptions({ language: 'ja' })
    chat.start()
    await pass(100)
    expect(starts()).toEqual([{ language: 'ja' }])
  })

  it('with resume: false start no other conversation by what goes on in an open one', async () => {
    const { chat } = await scene.begin({ startOptions: { resume: false } })
    chat.send('One')
    chat.start({ routingAttributes: { Topic: 'Cargo' } })
    chat.start()
    await pass(1000)
    expect(starts()).toEqual([{ resume: false }])
  })
})
