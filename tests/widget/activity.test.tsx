/** Tests who types, what a bot does, a growing answer, and the fallback of a chat that takes nobody. */
import type { ReactNode } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import type { Activity, ChatMessage, Snapshot } from '../../client/core/index.js'
import { emptySnapshot } from '../../client/core/snapshot.js'
import { noticeOf } from '../../client/widget/content/notice.js'
import { WidgetProvider } from '../../client/widget/context.js'
import { FallbackContacts } from '../../client/widget/shell/fallback-contacts.js'
import { MessageRow } from '../../client/widget/shell/list-row.js'
import { withPartial } from '../../client/widget/shell/partial.js'
import { rowsOf } from '../../client/widget/shell/rows.js'
import { failedRoutingId } from '../../client/widget/shell/status.js'
import { typingLines } from '../../client/widget/shell/typing-indicator.js'
import { english } from '../../client/widget/texts/index.js'
import { withBot } from './fixtures/conversation.js'
import { message, textMessage } from './fixtures/message.js'
import { hearing, openChat, question } from './fixtures/states.js'
import { tagsIn, widgetOf } from './markup.js'

const dana = { role: 'Agent', displayName: 'Dana' } as const
const bot = withBot.participants[0] ?? dana

const chatThat = (heard: Partial<Activity>, messages: ChatMessage[] = [question]): Snapshot => ({
  ...emptySnapshot,
  ...openChat,
  messages,
  ...hearing(heard),
})

const partial = { messageId: 'answer', text: 'We open at <six>, see https://harbor.example' }
const markupOf = (node: ReactNode, more = {}) =>
  renderToStaticMarkup(<WidgetProvider {...widgetOf([], more)}>{node}</WidgetProvider>)

describe('the lines of those who type', () => {
  const lines = (snapshot: Snapshot) =>
    typingLines(snapshot, english).map(({ sender, text }) => `${sender.role}: ${text}`)

  it('name each of them', () => {
    expect(lines(chatThat({ typing: [dana, bot] }))).toEqual([
      'Agent: Dana is typing',
      'Chatbot: Harbor Assistant is answering',
    ])
  })

  it('have the progress in the place of a bot that types, and of one that does not', () => {
    const progress = 'Looking up your order'
    expect(lines(chatThat({ progress }))).toEqual([`Chatbot: ${progress}`])
    expect(lines(chatThat({ typing: [bot], progress }))).toEqual([`Chatbot: ${progress}`])
  })

  it('leave out the bot whose answer grows, and everybody while the chat is not online', () => {
    expect(lines(chatThat({ typing: [bot, dana], progress: 'Looking', partial }))).toEqual([
      'Agent: Dana is typing',
    ])
    expect(lines({ ...chatThat({ typing: [dana] }), connection: 'offline' })).toEqual([])
    expect(lines({ ...emptySnapshot, activity: null })).toEqual([])
  })
})

describe('a growing answer', () => {
  const rows = (messages: readonly ChatMessage[]) =>
    rowsOf(messages, { noticeOf: (each) => noticeOf(each, english, 'en') })

  it('is the last row, and is like the row of the message that replaces it', () => {
    const hello = textMessage('Chatbot', '09:30', 'hello', 'Hello!')
    const answer = textMessage('Chatbot', '09:53', 'answer', 'We open at six.')
    const growing = rows(withPartial(chatThat({ partial }, [hello, question]))).at(-1)
    const { key, opens, closes } = { key: '', opens: null, closes: null, ...growing }
    expect(rows([hello, question, answer]).at(-1)).toMatchObject({ key, opens, closes })
    expect(growing).toMatchObject({ message: { sender: bot } })
  })

  it('adds nothing without events, or without an answer', () => {
    const { messages } = chatThat({})
    expect(withPartial(chatThat({}, [question]))).toEqual(messages)
    expect(withPartial({ ...emptySnapshot, messages })).toBe(messages)
  })

  it('is plain text that screen readers skip, with a hint that a bot is answering', () => {
    const snapshot = chatThat({ partial })
    const message = withPartial(snapshot).at(-1) ?? question
    const row = markupOf(<MessageRow message={message} opens closes isGrowing />, { snapshot })
    expect(row).toContain('We open at &lt;six&gt;, see https://harbor.example')
    expect(row).toContain('Harbor Assistant is answering')
    expect(tagsIn(row).filter(({ name }) => name === 'a' || name === 'time')).toEqual([])
    const [shown] = row.split('We open at')
    const { attributes } = tagsIn(shown ?? '').findLast(({ name }) => name === 'div') ?? {}
    expect(attributes).toMatchObject({ 'aria-hidden': 'true' })
  })
})

describe('the fallback', () => {
  const failure = message('System', '09:53', {
    id: 'failed',
    messageType: 'RoutingResult',
    text: '',
    routing: { type: 'Initial', failure: 'No_Agent' },
  })
  const joined = message('System', '09:54', {
    id: 'joined',
    messageType: 'ParticipantChanged',
    text: '',
    participants: [{ operation: 'add', role: 'Agent', displayName: 'Dana' }],
  })

  it('stands at the last routing that failed, until an agent comes', () => {
    expect(failedRoutingId([question, failure])).toBe('failed')
    expect(failedRoutingId([failure, question])).toBe('failed')
    expect(failedRoutingId([failure, joined])).toBeUndefined()
    expect(failedRoutingId([failure, textMessage('Agent', '09:55', 'a', 'Hi')])).toBeUndefined()
    expect(failedRoutingId([question])).toBeUndefined()
  })

  const links = (fallback: object) =>
    tagsIn(markupOf(<FallbackContacts />, { fallback })).flatMap(({ attributes }) =>
      attributes.href === undefined ? [] : [attributes.href],
    )

  it('has links to a telephone, a mailbox and a page', () => {
    const fallback = {
      ...{ phone: '+49 (40) 555-0199', email: 'desk@harbor.example' },
      url: 'https://harbor.example/contact',
    }
    expect(links(fallback)).toEqual([
      'tel:+49405550199',
      'mailto:desk@harbor.example',
      'https://harbor.example/contact',
    ])
    expect(markupOf(<FallbackContacts />, { fallback })).toContain('You can also reach us here:')
  })

  it.each([
    [{ phone: '112' }, ['tel:112']],
    [{ email: 'desk@harbor.example' }, ['mailto:desk@harbor.example']],
    [{ url: 'https://harbor.example' }, ['https://harbor.example']],
  ])('may be one way alone: %j', (fallback, hrefs) => expect(links(fallback)).toEqual(hrefs))

  it('is only text where the page names no link, or a dangerous one', () => {
    expect(links({ url: 'javascript:alert(1)' })).toEqual([])
    const words = markupOf(<FallbackContacts />, { fallback: { text: 'Call <us> tomorrow' } })
    expect(words).toContain('Call &lt;us&gt; tomorrow')
    expect(words).not.toContain('You can also')
    expect(markupOf(<FallbackContacts />, { fallback: {} })).toBe('')
    expect(markupOf(<FallbackContacts />)).toBe('')
  })
})
