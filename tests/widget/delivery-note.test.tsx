/** Checks the line below an own message. */
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, it } from 'vitest'
import type { ChatMessage } from '../../client/core/index.js'
import { WidgetProvider } from '../../client/widget/context.js'
import { DeliveryNote } from '../../client/widget/shell/delivery-note.js'
import { widgetOf } from './markup.js'

const noteOf = (members: Partial<Pick<ChatMessage, 'delivery' | 'waitsUntil'>>) => {
  const message: ChatMessage = {
    ...{ id: 'm', conversationId: 'c', timestamp: '2026-11-24T09:00:00.000Z', text: 'Hello' },
    ...{ sender: { role: 'EndUser', displayName: null }, delivery: 'sending' },
    ...{ messageType: 'StaticContentMessage' },
    staticContent: { formatType: 'Text', text: 'Hello' },
    ...members,
  }
  const note = <DeliveryNote message={message} />
  const markup = renderToStaticMarkup(<WidgetProvider {...widgetOf([])}>{note}</WidgetProvider>)
  return markup.replace(/<[^>]*>/g, '').replace(/\s/g, ' ')
}

it('says that a message is being sent, and until when one waits that was put off', () => {
  expect(noteOf({})).toBe('Sending…')
  const until = new Date(2026, 10, 24, 9, 0, 5).toISOString()
  expect(noteOf({ waitsUntil: until })).toBe('Waiting, will be sent at 9:00:05 AM')
})
