import { toneOf } from '../content/notice.js'
import { useWidget } from '../context.js'
import { dayOf, timeOf } from '../time.js'
import { MessageRow } from './message-row.js'
import type { Row } from './rows.js'

/** A line of the list, whatever it is. */
export function ListRow({ row }: { row: Row }) {
  const { texts, language } = useWidget()
  switch (row.kind) {
    case 'day':
      return (
        <li className="miaw-divider" data-kind="day">
          <span>{dayOf(row.timestamp, language)}</span>
        </li>
      )
    case 'unread':
      return (
        <li className="miaw-divider" data-kind="unread">
          <span>{texts.newMessages}</span>
        </li>
      )
    case 'notice':
      return (
        <li
          className="miaw-notice"
          data-id={row.key}
          data-tone={toneOf(row.message)}
          title={timeOf(row.message.timestamp, language)}
        >
          <p dir="auto">{row.text}</p>
        </li>
      )
    case 'message':
      return <MessageRow message={row.message} opens={row.opens} closes={row.closes} />
  }
}
