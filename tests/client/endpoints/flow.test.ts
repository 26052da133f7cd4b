/** Runs the client against the real endpoints and the sandbox's Salesforce, in real time. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type ChatOptions, createChat, type Snapshot } from '../../../client/core/index.js'
import { upload } from '../../../client/core/upload.js'
import { endpoints } from '../../../platforms/endpoints.js'
import { endpointAt } from '../../../platforms/site.js'
import { setupGateway } from '../../support/gateway.js'
import { sentToClients } from '../../support/request.js'
import { createBrowser } from '../browser.js'

const gateway = setupGateway({
  salesforce: {
    allowTranscriptDownload: true,
    attachments: { endUserToAgent: true, maxFileSize: 5 },
  },
})
const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

const callEndpoint: typeof fetch = async (input, init) => {
  const request = new Request(String(input), init)
  const endpoint = endpointAt(new URL(request.url).pathname, endpoints)
  if (!endpoint) throw new TypeError('No such endpoint')
  const response = await endpoint(request, { remoteAddress: '192.0.2.1' })
  sentToClients.push(await response.clone().text())
  return response
}

function open(options: Partial<ChatOptions> = {}, browser = createBrowser()) {
  const { environment } = browser.openPage()
  const { storage } = browser
  const chat = createChat({
    ...{ baseUrl: 'https://chat.example', fetch: callEndpoint, environment, storage },
    ...options,
  })
  closers.push(chat.close)
  const until = (isSo: (snapshot: Snapshot) => boolean) =>
    vi.waitUntil(() => isSo(chat.getSnapshot()), { timeout: 15_000, interval: 20 })
  const untilShown = (text: string) =>
    until(({ messages }) =>
      messages.some((message) => message.text.includes(text) && message.delivery === 'delivered'),
    )
  async function start(): Promise<void> {
    chat.start()
    await until(({ connection }) => connection === 'online')
  }
  return { chat, start, until, untilShown, browser, shown: () => chat.getSnapshot().messages }
}

describe('the client at the real endpoints', () => {
  it('starts, sends a text and a choice, gets replies, ends, and starts another conversation', async () => {
    const { chat, start, until, untilShown, shown } = open()
    await start()
    const id = chat.send('Hello')
    await untilShown('You said “Hello”')
    expect(shown().filter((message) => message.id === id)).toHaveLength(1)
    chat.send('buttons')
    await until(({ messages }) =>
      messages.some(({ messageType }) => messageType === 'QuickReplyMessage'),
    )
    const question = shown().find((message) => message.messageType === 'QuickReplyMessage')
    if (question?.messageType !== 'QuickReplyMessage') throw new Error('No question')
    const [choice] = question.quickReplies.replies
    if (!choice) throw new Error('Nothing to choose')
    const { itemId, title } = choice
    chat.reply(question.id, { selections: [{ itemId, title }] })
    await untilShown(title)
    chat.typing()
    chat.markRead()
    expect(chat.getSnapshot().unread).toBe(0)
    await chat.end()
    await until((snapshot) => snapshot.connection === 'ended')
    await start()
    expect(chat.getSnapshot().conversationId).not.toBe(question.conversationId)
  })

  it('shows the same messages after a reload', async () => {
    const first = open()
    await first.start()
    first.chat.send('Hello')
    await first.untilShown('You said “Hello”')
    first.chat.close()
    const second = open({}, first.browser)
    await second.chat.resume()
    await second.until(({ connection }) => connection === 'online')
    expect(second.shown().map(({ id }) => id)).toEqual(first.shown().map(({ id }) => id))
  })

  it('delivers a message once although the response to send is lost twice', async () => {
    let losses = 2
    const { chat, start, untilShown, shown } = open({
      async fetch(input, init) {
        const response = await callEndpoint(input, init)
        if (String(input).endsWith('/api/send') && losses-- > 0) throw new TypeError('cut')
        return response
      },
    })
    await start()
    const id = chat.send('Only once')
    await untilShown('You said “Only once”')
    expect(
      shown()
        .filter(({ text }) => text === 'Only once')
        .map((each) => each.id),
    ).toEqual([id])
    const { conversationId } = chat.getSnapshot()
    const { entryLog } = gateway.salesforce.conversation(conversationId ?? '')
    expect(entryLog.filter(({ entry }) => entry.identifier === id)).toHaveLength(1)
  })

  it('sends a file and downloads the transcript as a PDF', async () => {
    const { chat, start, until, shown } = open()
    await start()
    const file = new File(['Invoice'], 'invoice.txt', { type: 'text/plain' })
    const id = upload(chat, file, { text: 'My invoice' })
    expect(shown().at(-1)).toMatchObject({ id, text: 'My invoice', delivery: 'sending' })
    await until(({ messages }) =>
      messages.some((each) => each.id === id && each.delivery === 'delivered'),
    )
    expect((await chat.transcript()).type).toBe('application/pdf')
  })

  it('leaves nothing in storage after signing out', async () => {
    const { chat, start, browser } = open()
    await start()
    await chat.signOut()
    expect(browser.stored.size).toBe(0)
    expect(chat.getSnapshot().connection).toBe('idle')
  })

  it('loads all 120 older messages in order', async () => {
    const { chat, start, until, shown } = open()
    await start()
    const { conversationId } = chat.getSnapshot()
    const texts = Array.from({ length: 120 }, (_, index) => `line ${index}`)
    const first = Date.now()
    gateway.salesforce.inject(
      conversationId ?? '',
      texts.map((text, index) => ({ text, transcriptedTimestamp: first + Math.floor(index / 4) })),
    )
    await until(({ messages }) => messages.at(-1)?.text === 'line 119')
    chat.close()
    while (chat.getSnapshot().hasOlder) await chat.loadOlder()
    expect(
      shown()
        .map(({ text }) => text)
        .filter((text) => text.startsWith('line')),
    ).toEqual(texts)
  })
})
