/** Cleans the texts of messages; how depends on who wrote them (contract, "Messages"). Pure. */
import type { Role } from '../contract/messages.js'
import { readEnvelope } from './envelope.js'
import { type FormattedText, readMarkdown } from './markdown/markdown.js'
import { decodeEntities, toLine, toPlainText } from './text.js'

/** Describes a text that a bot may have formatted, and answers that it suggests. */
export type Statement = FormattedText & { suggestions?: string[] }

/** Describes functions that make foreign texts fit to be shown. */
export type Cleaning = {
  /** Returns a text of one or more lines. */
  text(written: string): string
  /** Returns a title, label or name on one line. */
  title(written: string): string
  /** Reads the text of a message; null when it is an envelope in which nothing can be shown. */
  statement(written: string): Statement | null
}

function unwrapped(written: string, otherwise: (text: string) => Statement): Statement | null {
  const envelope = readEnvelope(written)
  if (!envelope) return otherwise(written)
  const suggestions = [...new Set(envelope.suggestions.map(toTitle).filter(Boolean))]
  const statement = readMarkdown(envelope.markdown)
  const suggested = suggestions.length > 0 && { suggestions }
  if (statement.text.trim() !== '') return { ...statement, ...suggested }
  return suggested ? { text: suggestions.join(' · '), ...suggested } : null
}

const toTitle = (written: string) => toLine(decodeEntities(written)).trim()

const plain: Cleaning = {
  text: toPlainText,
  title: toLine,
  statement: (written) => ({ text: toPlainText(written) }),
}

const ofBots: Cleaning = {
  text: decodeEntities,
  title: (written) => toLine(decodeEntities(written)),
  statement: (written) => unwrapped(written, readMarkdown),
}

/** Fallback answers of a bot platform come as `System`, in the same envelopes. */
const ofSystem: Cleaning = {
  ...plain,
  statement: (written) => unwrapped(written, (text) => ({ text: toPlainText(text) })),
}

/** Returns how the texts of a sender are cleaned. The visitor's own words stay as they were written. */
export function cleaningFor(role: Role): Cleaning {
  if (role === 'Chatbot') return ofBots
  return role === 'System' ? ofSystem : plain
}
