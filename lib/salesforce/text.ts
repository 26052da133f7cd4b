/** Foreign texts made plain. */
import { decodeHTMLStrict } from 'entities/decode'

/** Also those that turn the direction of what follows, by which a text can pretend to be another. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g

/** Without control characters, but with line breaks and tabs. */
export function toPlainText(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(controls, '')
}

/** Bots write HTML entities into plain texts (`enhanced-chat-api.md §7` no. 20). */
export function decodeEntities(text: string): string {
  return toPlainText(decodeHTMLStrict(text))
}

/** A name on one line; null when nothing is left of it. */
export function plainName(name: string | null | undefined): string | null {
  const line = toPlainText(name ?? '')
    .replace(/\s+/g, ' ')
    .trim()
  return line === '' ? null : line.slice(0, 200)
}

/** Joins texts to lines; a line that repeats another is left out. */
export function joinLines(...parts: readonly (string | null | undefined)[]): string {
  return [...new Set(parts.filter(Boolean))].join('\n')
}

/** Something to choose or to fill in, as a line of a text. */
export function toBullet(title: string): string {
  return `- ${title}`
}
