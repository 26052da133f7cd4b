/** Makes foreign texts plain. */
import { decodeHTMLStrict } from 'entities/decode'
import { toLine, toPlainText } from '../contract/plain-text.js'

export { toLine, toPlainText }

/** Decodes HTML entities, which bots write into plain texts (`enhanced-chat-api.md §7` no. 20). */
export function decodeEntities(text: string): string {
  return toPlainText(decodeHTMLStrict(text))
}

/** Returns a name on one line; null when nothing is left of it. */
export function plainName(name: string | null | undefined): string | null {
  const line = toLine(name ?? '')
    .replace(/\s+/g, ' ')
    .trim()
  return line === '' ? null : line.slice(0, 200)
}

/** Joins texts to lines; a line that repeats another is left out. */
export function joinLines(...parts: readonly (string | null | undefined)[]): string {
  return [...new Set(parts.filter(Boolean))].join('\n')
}

/** Formats an option or a question as a line of a text. */
export function toBullet(title: string): string {
  return `- ${title}`
}
