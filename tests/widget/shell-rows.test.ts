import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChatMessage } from '../../client/core/index.js'
import { type Row, rowsOf } from '../../client/widget/shell/rows.js'

const minuteMs = 60_000
const noon = new Date(2026, 10, 24, 12).getTime()

function message(id: string, changes: Partial<ChatMessage> = {}): ChatMessage {
  const text = changes.text ?? id
  return {
    id,
    conversationId: 'c',
    sender: { role: 'Agent', displayName: 'Dana' },
    timestamp: new Date(noon).toISOString(),
    delivery: 'delivered',
    ...(changes as object),
    messageType: 'StaticContentMessage',
    text,
    staticContent: { formatType: 'Text', text },
  }
}

const at = (minutes: number) => new Date(noon + minutes * minuteMs).toISOString()
const own: ChatMessage['sender'] = { role: 'EndUser', displayName: null }

/** Shows System's texts as notices. */
const noticeOf = ({ sender, text }: ChatMessage) => (sender.role === 'System' ? text : undefined)
const system: ChatMessage['sender'] = { role: 'System', displayName: null }

const shapeOf = (rows: readonly Row[]) =>
  rows.map((row) => {
    if (row.kind === 'message') return `${row.opens ? '[' : ''}${row.key}${row.closes ? ']' : ''}`
    return row.kind === 'notice' ? row.text : row.kind
  })

describe('the rows of the list', () => {
  it("group one sender's messages of five minutes, and end with another sender", () => {
    const messages = [
      message('a'),
      message('b', { timestamp: at(4) }),
      message('c', { timestamp: at(9) }),
      message('d', { timestamp: at(9), sender: own }),
      message('e', { timestamp: at(9), sender: { role: 'Agent', displayName: 'Kim' } }),
    ]
    expect(shapeOf(rowsOf(messages, { noticeOf }))).toEqual([
      'day',
      ...['[a', 'b]', '[c]', '[d]', '[e]'],
    ])
  })

  it('begin each day with its name', () => {
    const messages = [message('a'), message('b', { timestamp: at(24 * 60) })]
    expect(shapeOf(rowsOf(messages, { noticeOf }))).toEqual(['day', '[a]', 'day', '[b]'])
  })

  it('show notices between, and leave out those with nothing to tell', () => {
    const messages = [
      message('a'),
      message('n', { sender: system, text: '' }),
      message('b'),
      message('o', { sender: system, text: 'Dana left' }),
      message('c'),
    ]
    expect(shapeOf(rowsOf(messages, { noticeOf }))).toEqual([
      'day',
      ...['[a', 'b]', 'Dana left', '[c]'],
    ])
  })

  it('have the mark above the first unread message, also where that is not shown itself', () => {
    const messages = [message('a'), message('n', { sender: system, text: '' }), message('b')]
    const marked = ['day', '[a]', 'unread', '[b]']
    expect(shapeOf(rowsOf(messages, { noticeOf, unreadFrom: 'b' }))).toEqual(marked)
    expect(shapeOf(rowsOf(messages, { noticeOf, unreadFrom: 'n' }))).toEqual(marked)
    expect(shapeOf(rowsOf(messages, { noticeOf, unreadFrom: 'z' }))).not.toContain('unread')
  })

  it('lose no message, double none, keep the order and have keys of their own', () => {
    const anyMessage = fc.record({
      role: fc.constantFrom('EndUser', 'Agent', 'Chatbot', 'System' as const),
      name: fc.constantFrom(null, 'Dana', 'Kim'),
      minutes: fc.integer({ min: -5000, max: 5000 }),
      isEmpty: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(anyMessage), fc.nat(20), (parts, unread) => {
        const messages = parts.map(({ role, name, minutes, isEmpty }, index) =>
          message(`m${index}`, {
            sender: { role: role as 'Agent', displayName: name },
            timestamp: at(minutes),
            text: isEmpty ? '' : 'text',
          }),
        )
        const rows = rowsOf(messages, { noticeOf, unreadFrom: `m${unread}` })
        const shown = rows.flatMap((row) => ('message' in row ? [row.message.id] : []))
        const expected = messages.filter((one) => noticeOf(one) !== '').map(({ id }) => id)
        expect(shown).toEqual(expected)
        expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length)
        const said = rows.filter((row) => row.kind === 'message')
        expect(said.filter(({ opens }) => opens)).toHaveLength(
          said.filter(({ closes }) => closes).length,
        )
      }),
    )
  })
})
