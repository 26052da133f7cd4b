import { useEffect, useState } from 'react'
import { nameOf } from '../content/name.js'
import { noticeOf } from '../content/notice.js'
import { spokenOf } from '../content/spoken.js'
import { useWidget } from '../context.js'
import { formatText } from '../texts/format.js'
import { reasonOf } from './reason.js'

type Line = { key: string; text: string }

const mostLines = 20

/** Says to those who do not see what others newly said, and what was not sent; never what was before. */
export function LiveLog() {
  const { chat, texts, language } = useWidget()
  const [lines, setLines] = useState<readonly Line[]>([])
  useEffect(() => {
    const say = (key: string, text: string) =>
      setLines((before) => [...before, { key, text }].slice(-mostLines))
    const unlisten = [
      chat.on('message', (message) => {
        const { id, sender } = message
        const notice = noticeOf(message, texts, language)
        say(id, notice ?? `${nameOf(sender, texts)}: ${spokenOf(message)}`)
      }),
      chat.on('delivery', ({ id, delivery, problem }) => {
        if (delivery !== 'failed' || !problem) return
        say(`${id} ${Date.now()}`, formatText(texts.failed, { reason: reasonOf(problem, texts) }))
      }),
    ]
    return () => {
      for (const stop of unlisten) stop()
    }
  }, [chat, texts, language])
  return (
    <div className="miaw-visually-hidden" role="log" aria-live="polite" aria-relevant="additions">
      {lines.map(({ key, text }) => (
        <p key={key}>{text}</p>
      ))}
    </div>
  )
}
