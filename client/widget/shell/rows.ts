import type { ChatMessage } from '../../core/index.js'

/** A line of the list: each message is in at most one, in the order of the messages. */
export type Row =
  | { kind: 'day'; key: string; timestamp: string }
  | { kind: 'unread'; key: string }
  | { kind: 'notice'; key: string; text: string; message: ChatMessage }
  | {
      kind: 'message'
      key: string
      message: ChatMessage
      /** True for the first of a sender's group of messages: it shows name and initials. */
      opens: boolean
      /** True for the last of the group. */
      closes: boolean
    }

type Options = {
  /** Returns the line of an entry that is no message; empty: nothing to show; undefined: it is one. */
  noticeOf(message: ChatMessage): string | undefined
  /** The message above which the unread ones begin. */
  unreadFrom?: string | undefined
}

const groupGapMs = 5 * 60_000

const dayOf = ({ timestamp }: ChatMessage) => new Date(timestamp).toDateString()

/** Tells whether a message continues the one before it: the same sender, soon after. */
function continues(message: ChatMessage, previous: ChatMessage): boolean {
  const { sender, reason, timestamp } = message
  return (
    sender.role === previous.sender.role &&
    sender.displayName === previous.sender.displayName &&
    reason === previous.reason &&
    Date.parse(timestamp) - Date.parse(previous.timestamp) < groupGapMs
  )
}

/**
 * Returns the list as it is shown: with the days in between, the start of the unread messages, and
 * groups by sender.
 */
export function rowsOf(
  messages: readonly ChatMessage[],
  { noticeOf, unreadFrom }: Options,
): readonly Row[] {
  const rows: Row[] = []
  let day = ''
  let isUnreadDue = false
  for (const message of messages) {
    const { id, timestamp } = message
    isUnreadDue ||= id === unreadFrom
    const text = noticeOf(message)
    if (text === '') continue
    if (dayOf(message) !== day) {
      day = dayOf(message)
      rows.push({ kind: 'day', key: `day before ${id}`, timestamp })
    }
    if (isUnreadDue) rows.push({ kind: 'unread', key: 'unread' })
    isUnreadDue = false
    const before = rows.at(-1)
    if (text !== undefined) {
      rows.push({ kind: 'notice', key: id, message, text })
      continue
    }
    const isJoined = before?.kind === 'message' && continues(message, before.message)
    if (isJoined) before.closes = false
    rows.push({ kind: 'message', key: id, message, opens: !isJoined, closes: true })
  }
  return rows
}
