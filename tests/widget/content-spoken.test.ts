/** Tests the announcement of a message, and whether it can be answered again. */
import { expect, it } from 'vitest'
import type { Chat, ChatMessage } from '../../client/core/index.js'
import { isAnswered } from '../../client/widget/content/answers.js'
import { announcementOf } from '../../client/widget/shell/live-log.js'
import { mayRetry } from '../../client/widget/shell/reason.js'
import { type Content, message } from './fixtures/message.js'

const announced = (content: Content) =>
  announcementOf(message('Chatbot', '09:30', { id: 'x', ...content }))
const slots = [{ itemId: 'a', startTime: '2026-11-24T09:00:00.000Z', durationSeconds: 1800 }]
const cards = [
  { title: '20 ft', actions: [] },
  { title: '40 ft', actions: [] },
]

it('says what is asked, and leaves times, addresses and inputs to the list', () => {
  const text = 'Pick a time\n- 2026-11-24 09:00 UTC'
  const picker = { title: 'Pick a time', slots }
  expect(announced({ messageType: 'TimePickerMessage', text, timePicker: picker })).toBe(
    'Pick a time',
  )
  const carousel = { cards }
  expect(announced({ messageType: 'CarouselMessage', text, carousel })).toBe('20 ft, 40 ft')
  const untitled = { title: '', slots }
  expect(announced({ messageType: 'TimePickerMessage', text, timePicker: untitled })).toBe(text)
})

it('takes no second answer while the first is on its way, and one after it has failed', () => {
  const answer = (delivery: ChatMessage['delivery']) =>
    message('EndUser', '09:30', {
      id: 'answer',
      messageType: 'ChoiceResponseMessage',
      inReplyToMessageId: 'question',
      selections: [{ itemId: 'a', title: 'A' }],
      delivery,
    })
  const chatWith = (messages: ChatMessage[]) =>
    ({ getSnapshot: () => ({ messages }) }) as unknown as Chat
  expect(isAnswered(chatWith([]), 'question')).toBe(false)
  expect(isAnswered(chatWith([answer('sending')]), 'question')).toBe(true)
  expect(isAnswered(chatWith([answer('failed')]), 'question')).toBe(false)
})

it('offers to try again only what may do better', () => {
  const problem = (code: 'unreachable' | 'unsupported_media_type') => ({ code, retryable: false })
  expect(mayRetry(problem('unreachable'))).toBe(true)
  expect(mayRetry(problem('unsupported_media_type'))).toBe(false)
})
