/**
 * Tests `docs/from-the-guide.md`: its code is executed as it stands there, its links and rows are
 * checked.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Message } from '../../lib/contract/messages.js'
import type { AuthReply, PollReply } from '../../lib/contract/replies.js'
import { setupGateway } from '../support/gateway.js'
import { codeUnder, openPage, run } from './page.js'

const gateway = setupGateway()

const file = 'docs/from-the-guide.md'
const functions = codeUnder(file, "The guide's functions over this gateway")
const renderer = codeUnder(file, 'The smallest renderer')
const widget = codeUnder(file, 'The React widget')

type Choice = { label: string; value: string; onClick(): Promise<{ id: string }> }
type Poller = { start(): void; stop(): void }
type PageConversation = { auth: AuthReply; conversationId: string }

/** Lists the declarations of the document's code. */
type Page = {
  request(path: string, options: object): Promise<AuthReply>
  authorised(auth: AuthReply, path: string, body?: object): Promise<PollReply>
  startConversation(auth: AuthReply, customerName: string): Promise<string>
  sendMessage(...args: [AuthReply, string, text: string, id?: string]): Promise<{ id: string }>
  endConversation(auth: AuthReply, conversationId: string): Promise<{ status: string }>
  MessagePoller: new (...args: [AuthReply, string, unknown, unknown?]) => Poller
  chat(show: (message: Message) => void): Promise<PageConversation & { poller: Poller }>
  renderMessage(message: Message): unknown
  renderQuickReplies(quickReplies: object): Choice[]
  renderListPicker(listPicker: object): { title: string; options: Choice[] }
  noteOffers(auth: AuthReply, message: Message): void
}

let browser = openPage()
let page: Page
const pollers: Poller[] = []

beforeEach(() => {
  browser = openPage()
  page = run(`${functions}\n${renderer}`, { fetch: browser.fetch })
})
afterEach(async () => {
  for (const poller of pollers.splice(0)) poller.stop()
  await browser.settled()
})

const paths = () => browser.calls.map(({ method, path }) => `${method} ${path}`)

async function startInPage(): Promise<PageConversation> {
  const auth = await page.request('auth', { body: {} })
  return { auth, conversationId: await page.startConversation(auth, 'Mina') }
}

/** Polls the whole conversation through the endpoint, and notes its offers. */
async function read({ auth, conversationId }: PageConversation): Promise<Message[]> {
  const { messages } = await page.authorised(auth, `poll?conversationId=${conversationId}`)
  for (const message of messages) page.noteOffers(auth, message)
  return messages
}

/** Returns the bot's answer to a word. */
async function answersTo(conversation: PageConversation, word: string): Promise<Message[]> {
  const { id } = await page.sendMessage(conversation.auth, conversation.conversationId, word)
  const messages = await read(conversation)
  return messages.slice(messages.findIndex((message) => message.id === id) + 1)
}

/** Expects a single message, of this type, and returns it. */
function only<T extends Message['messageType']>(messages: Message[], messageType: T) {
  expect(messages.map((message) => message.messageType)).toEqual([messageType])
  const isWanted = (message: Message): message is Extract<Message, { messageType: T }> =>
    message.messageType === messageType
  const found = messages.find(isWanted)
  if (!found) throw new Error('unreachable')
  return found
}

describe('the functions of the guide, over this gateway', () => {
  it('hold a conversation: auth, start, poll, send', async () => {
    const shown: Message[] = []
    const { auth, conversationId, poller } = await page.chat((message) => shown.push(message))
    pollers.push(poller)
    const words = 'Hello, is my container there?'
    await expect.poll(() => shown.at(-1)?.text, { timeout: 4000 }).toMatch(`You said “${words}”`)
    const texts = shown.map(({ sender, text }) => `${sender.role}: ${text}`)
    expect(texts).toContain(`EndUser: ${words}`)
    expect(new Set(shown.map(({ id }) => id)).size).toBe(shown.length)
    expect([...new Set(paths())].sort()).toEqual([
      'GET /api/messaging/poll',
      'POST /api/messaging/auth',
      'POST /api/messaging/send',
      'POST /api/messaging/start',
    ])
    expect(await page.endConversation(auth, conversationId)).toMatchObject({ status: 'ended' })
  })

  it('deliver a message once when its call is repeated with the same id', async () => {
    const conversation = await startInPage()
    const id = crypto.randomUUID()
    for (const duplicate of [false, true]) {
      const answer = await page.sendMessage(
        conversation.auth,
        conversation.conversationId,
        'Once',
        id,
      )
      expect(answer).toMatchObject({ id, duplicate })
    }
    const echoes = (await read(conversation)).filter((message) => message.id === id)
    expect(echoes).toHaveLength(1)
  })

  it('renew the token before it ends, in the same object', async () => {
    const { auth, conversationId } = await startInPage()
    const before = { ...auth }
    auth.expiresAt = new Date(Date.now() + 30_000).toISOString()
    await page.sendMessage(auth, conversationId, 'Still me')
    expect(paths().slice(-2)).toEqual(['POST /api/messaging/auth', 'POST /api/messaging/send'])
    expect(auth.refreshToken).not.toBe(before.refreshToken)
    expect(auth.user).toEqual(before.user)
    await page.sendMessage(auth, conversationId, 'And again')
    expect(paths().at(-2)).toBe('POST /api/messaging/send')
  })

  it('throw the problem that was answered', async () => {
    const { auth } = await startInPage()
    const refused = page.sendMessage(auth, crypto.randomUUID(), 'Hello')
    await expect(refused).rejects.toMatchObject({
      message: 'No such conversation',
      code: 'conversation_not_found',
      retryable: false,
    })
  })

  it('stop polling when the conversation has ended, and when it cannot go on', async () => {
    const setTimeout = vi.fn()
    const { MessagePoller }: Page = run(functions, { fetch: browser.fetch, setTimeout })
    const conversation = await startInPage()
    await page.endConversation(conversation.auth, conversation.conversationId)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 120_000 })
    const shown: unknown[] = []
    const problems: unknown[] = []
    for (const conversationId of [conversation.conversationId, crypto.randomUUID()]) {
      const poller = new MessagePoller(
        conversation.auth,
        conversationId,
        (message: Message) => shown.push(message),
        (problem: unknown) => problems.push(problem),
      )
      poller.start()
    }
    await expect.poll(() => shown.length > 0 && problems.length > 0).toBe(true)
    await new Promise((resolve) => setImmediate(resolve))
    expect(problems).toMatchObject([{ code: 'conversation_not_found' }])
    expect(setTimeout).not.toHaveBeenCalled()
  })

  it('go on at the pace that was set, and after a failure, until they are stopped', async () => {
    const setTimeout = vi.fn()
    const { MessagePoller }: Page = run(functions, { fetch: browser.fetch, setTimeout })
    const problems: { code: string }[] = []
    const { auth, conversationId } = await startInPage()
    const note = (problem: { code: string }) => problems.push(problem)
    const poller = new MessagePoller(auth, conversationId, () => {}, note)
    const turns = () => setTimeout.mock.calls.map(([, delayMs]) => delayMs)
    const turn = () => setTimeout.mock.lastCall?.[0]()
    poller.start()
    await expect.poll(turns).toEqual([3000])
    gateway.redis.fault({ what: 'drop' })
    turn()
    await expect.poll(turns).toEqual([3000, 1000])
    expect(problems).toMatchObject([{ code: 'store_unavailable', retryable: true }])
    turn()
    await expect.poll(turns).toHaveLength(3)
    expect(problems).toHaveLength(1)
    turn()
    poller.stop()
    await expect
      .poll(() => gateway.logLines.filter((line) => line.includes('"poll"')))
      .toHaveLength(4)
    await new Promise((resolve) => setImmediate(resolve))
    expect(turns()).toHaveLength(3)
  })
})

describe('the smallest renderer, over the messages of a real poll', () => {
  it('shows a text', async () => {
    const message = only(await answersTo(await startInPage(), 'Ahoy'), 'StaticContentMessage')
    const text = 'You said “Ahoy”. Is there more I can do?'
    expect(page.renderMessage(message)).toEqual({ text })
  })

  it.each([
    ['quick', ['Rotterdam', 'Busan', 'Valparaíso']],
    ['buttons', null],
  ])('draws the replies of “%s”, and a click on each is answered', async (word, labels) => {
    const conversation = await startInPage()
    const message = only(await answersTo(conversation, word), 'QuickReplyMessage')
    const choices = page.renderQuickReplies(message.quickReplies)
    expect(JSON.stringify(page.renderMessage(message))).toBe(JSON.stringify(choices))
    const { replies } = message.quickReplies
    expect(choices.map(({ value }) => value)).toEqual(replies.map(({ itemId }) => itemId))
    expect(choices.map(({ label }) => label)).toEqual(labels ?? replies.map(({ title }) => title))
    expect(choices.length).toBeGreaterThan(1)
    for (const choice of choices) await expectChosen(conversation, message, choice)
  })

  it('draws a list, and a click on each option is answered', async () => {
    const conversation = await startInPage()
    const message = only(await answersTo(conversation, 'list'), 'ListPickerMessage')
    const list = page.renderListPicker(message.listPicker)
    expect(JSON.stringify(page.renderMessage(message))).toBe(JSON.stringify(list))
    expect(list).toMatchObject({
      title: message.listPicker.title,
      options: [
        { label: 'Berth 4', detail: 'free at 14:00' },
        { label: 'Berth 7', detail: 'free at 15:30' },
        { label: 'Berth 12', detail: 'free all night' },
      ],
    })
    for (const choice of list.options) await expectChosen(conversation, message, choice)
  })

  /**
   * Expects that the click sends item and message, that Salesforce receives it, and that the bot
   * answers.
   */
  async function expectChosen(
    conversation: PageConversation,
    message: Message,
    { label, value, onClick }: Choice,
  ) {
    const { id } = await onClick()
    expect(browser.calls.at(-1)).toMatchObject({
      path: '/api/messaging/send',
      body: {
        messageType: 'ChoiceResponseMessage',
        conversationId: conversation.conversationId,
        inReplyToMessageId: message.id,
        selections: [{ itemId: value }],
      },
    })
    const [echo, answer] = (await read(conversation)).slice(-2)
    const selections = [{ itemId: value, title: label }]
    expect(echo).toMatchObject({ id, messageType: 'ChoiceResponseMessage', selections })
    expect(answer).toMatchObject({ sender: { role: 'Chatbot' }, text: `You chose “${label}”.` })
  }

  it.each([
    ['link', { label: 'Harbor map', href: 'https://harbor.example/map' }],
    ['links', { href: 'https://harbor.example/tides' }],
  ])('draws the link of “%s”', async (word, expected) => {
    const message = only(await answersTo(await startInPage(), word), 'RichLinkMessage')
    expect(page.renderMessage(message)).toMatchObject(expected)
  })

  it('draws files', async () => {
    const messages = await answersTo(await startInPage(), 'file')
    expect(messages.map(({ messageType }) => messageType)).toContain('AttachmentMessage')
    expect(messages.map((message) => page.renderMessage(message))).toEqual(
      expect.arrayContaining([
        [{ label: 'bill.pdf', href: expect.stringMatching(/^https?:.*bill\.pdf/) }],
        [{ label: 'copy of the bill.pdf', href: expect.stringMatching(/^https?:/) }],
      ]),
    )
  })

  it.each(['carousel', 'time', 'form', 'web', 'unknown'])(
    'passes over “%s” with a warning, and shows its text',
    async (word) => {
      const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
      const [message] = await answersTo(await startInPage(), word)
      if (!message) throw new Error(`The bot has nothing for “${word}”`)
      expect(page.renderMessage(message)).toBeNull()
      expect(warn.mock.calls).toEqual([[`Not drawn: ${message.messageType}`]])
      expect(message.text).toEqual(expect.any(String))
    },
  )
})

type Shown = {
  id: string
  text?: string
  staticContent?: { text: string }
  conversationId?: string
}

/** Creates the widget's state, and its functions as a render with that state makes them. */
function openWidget() {
  const state = { messages: [] as Shown[], inputText: '', conversationId: null as string | null }
  const refs = { authRef: { current: null }, pollerRef: { current: null } }
  const render = () =>
    run(widget, {
      ...page,
      ...refs,
      fetch: browser.fetch,
      deploymentId: 'Harbor_Custom_Client',
      inputText: state.inputText,
      conversationId: state.conversationId,
      setMessages: (change: (messages: Shown[]) => Shown[]) => {
        state.messages = change(state.messages)
      },
      setConversationId: (id: string) => {
        state.conversationId = id
      },
      setInputText: (text: string) => {
        state.inputText = text
      },
    })
  return { state, render }
}

describe('the widget', () => {
  it('starts with the guide’s own call, without a content type', async () => {
    const { state, render } = openWidget()
    await render().startChat()
    pollers.push({ start() {}, stop: render().cleanup })
    expect(browser.calls[0]).toEqual({
      method: 'POST',
      path: '/api/messaging/auth',
      type: 'text/plain;charset=UTF-8',
      body: { deploymentId: 'Harbor_Custom_Client' },
    })
    await expect.poll(() => state.messages.length, { interval: 5 }).toBeGreaterThan(0)
    expect(state.conversationId).toBe(state.messages[0]?.conversationId)
  })

  it('shows a message at once, and its echo in its place', async () => {
    const { state, render } = openWidget()
    await render().startChat()
    pollers.push({ start() {}, stop: render().cleanup })
    state.inputText = ' Is it there? '
    const sending = render().handleSend()
    const local = state.messages.at(-1)
    expect(local).toMatchObject({ staticContent: { text: 'Is it there?' } })
    expect(local?.conversationId).toBeUndefined()
    expect(state.inputText).toBe('')
    await sending
    expect(browser.calls.find(({ path }) => path.endsWith('/send'))?.body).toMatchObject({
      id: local?.id,
    })
    const answered = () => state.messages.some(({ text }) => text?.startsWith('You said “Is it'))
    await expect.poll(answered, { timeout: 4000 }).toBe(true)
    const copies = state.messages.filter(({ staticContent }) => {
      return staticContent?.text === 'Is it there?'
    })
    expect(copies).toEqual([
      expect.objectContaining({ id: local?.id, conversationId: state.conversationId }),
    ])
  })

  it('says nothing when nothing was typed', async () => {
    const { state, render } = openWidget()
    await render().startChat()
    pollers.push({ start() {}, stop: render().cleanup })
    state.inputText = '   '
    await render().handleSend()
    expect(gateway.salesforceCalls().join()).not.toMatch(/sendMessage/)
  })
})

describe('the page itself', () => {
  const text = readFileSync(file, 'utf8')

  it('has links that lead somewhere', () => {
    const anchors = [...text.matchAll(/^## (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    )
    for (const [, target = ''] of text.matchAll(/\]\(([^)]+)\)/g)) {
      const [path, anchor] = target.split('#')
      if (path) expect(existsSync(join(dirname(file), path)), target).toBe(true)
      else expect(anchors, target).toContain(anchor)
    }
  })

  it('has a row for each section of the guide', () => {
    const [, table = ''] = text.split('## ', 3)[1]?.split('|---|---|') ?? []
    const rows = [...table.matchAll(/^\| (.*?) \|/gm)].map(([, cell]) => cell).join('\n')
    const sections = [
      ...['Overview', 'Prerequisites', 'Connected App', 'Deployment ID', 'Organization ID'],
      ...['JWT Token Exchange', 'Authorization Endpoint', 'Start Conversation', 'Send Message'],
      ...['Server-Sent Events', 'MessagePoller', 'End Conversation', 'Incoming Message Structure'],
      ...['StaticContentMessage', 'RichLinkMessage', 'ListPickerMessage', 'QuickReplyMessage'],
      ...['AttachmentMessage', 'renderMessage', 'renderQuickReplies', 'startChat', 'cleanup'],
      ...['handleNewMessage', 'handleSend', 'Gotcha 1', 'Gotcha 2', 'Gotcha 3', 'Gotcha 4'],
      ...['private keys', 'short-lived tokens', 'ownership', 'rate limits', 'sanitising'],
      ...['Vercel', 'AWS Lambda', 'Cross-Skill References'],
    ]
    for (const section of sections) expect(rows, section).toContain(section)
  })
})
