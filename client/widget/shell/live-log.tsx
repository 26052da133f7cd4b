import { useEffect, useState } from 'react'
import type { ChatMessage } from '../../core/index.js'
import { nameOf } from '../content/name.js'
import { noticeOf } from '../content/notice.js'
import { useWidget } from '../context.js'
import { formatText } from '../texts/format.js'
import { reasonOf } from './reason.js'

/** Returns the title of a message that is more than its text. */
function titleOf(message: ChatMessage): string | undefined {
  switch (message.messageType) {
    case 'QuickReplyMessage':
      return message.quickReplies.text
    case 'ListPickerMessage':
      return message.listPicker.title
    case 'CarouselMessage':
      return message.carousel.title || message.carousel.cards.map(({ title }) => title).join(', ')
    case 'TimePickerMessage':
      return message.timePicker.title
    case 'FormMessage':
      return message.form.title
    case 'RichLinkMessage':
      return message.richLink.title
    default:
      return undefined
  }
}

/**
 * Returns the announcement of a new message. Its choices, times and inputs are found in the list.
 */
export const announcementOf = (message: ChatMessage): string => titleOf(message) || message.text

type Line = { key: string; text: string }

const mostLines = 20

/**
 * Announces others' new messages and failed deliveries to screen readers; never messages that were
 * there before.
 */
export function LiveLog() {
  const { chat, texts, language } = useWidget()
  const [lines, setLines] = useState<readonly Line[]>([])
  useEffect(() => {
    const announce = (key: string, text: string) =>
      setLines((before) => [...before, { key, text }].slice(-mostLines))
    const unlisten = [
      chat.on('message', (message) => {
        const { id, sender } = message
        const notice = noticeOf(message, texts, language)
        announce(id, notice ?? `${nameOf(sender, texts)}: ${announcementOf(message)}`)
      }),
      chat.on('delivery', ({ id, delivery, problem }) => {
        if (delivery !== 'failed' || !problem) return
        announce(
          `${id} ${Date.now()}`,
          formatText(texts.failed, { reason: reasonOf(problem, texts) }),
        )
      }),
    ]
    return () => {
      for (const stop of unlisten) stop()
    }
  }, [chat, texts, language])
  return (
    <div
      className="miaw-live miaw-visually-hidden"
      role="log"
      aria-live="polite"
      aria-relevant="additions"
    >
      {lines.map(({ key, text }) => (
        <p key={key}>{text}</p>
      ))}
    </div>
  )
}
