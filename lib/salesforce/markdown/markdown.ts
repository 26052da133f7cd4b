/** Reads what bots write as Markdown (contract, "Messages"; `enhanced-chat-api.md §3.5`). Pure; never throws. */
import { decodeHTMLStrict } from 'entities/decode'
import type { Token } from 'markdown-it'
import { toPlainText } from '../text.js'
import { toSafeMarkdown } from './hazards.js'
import { createParser, isTooDeep } from './parser.js'
import { plainTextOf } from './plain-text.js'

/**
 * Describes a text without marks; beside it the same as Markdown that any renderer can be given.
 */
export type FormattedText = { text: string; markdown?: string }

/** Salesforce's own limit of a text is 4,000 characters. */
const maxLength = 10_000
const maxCells = 4_000

const reader = createParser({ html: false, tables: true })

const mark = /[\\`*_[<>#|&~=]|^[ \t]*[-+\d]|^(?: {4}| *\t)/m
const entity = /&(?:#\d{1,8}|#x[\da-f]{1,8}|[a-z][a-z\d]{0,31});/gi
const escapeOrEntity = new RegExp(`\\\\([!-/:-@[-\`{-~])|${entity.source}`, 'gi')

/** Lists types of tokens that plain texts have as well. */
const plainTypes = new Set(['paragraph_open', 'paragraph_close', 'inline', 'text', 'text_special'])
const breaks = new Set(['softbreak', 'hardbreak'])

function hasMarks(tokens: readonly Token[]): boolean {
  return tokens.some(
    ({ type, children }) =>
      !(plainTypes.has(type) || breaks.has(type)) || (children !== null && hasMarks(children)),
  )
}

/** Takes out the entities that stand for what is removed from texts, such as control characters. */
function withoutHidden(source: string): string {
  return source.replace(entity, (written) => {
    const decoded = decodeHTMLStrict(written)
    const plain = toPlainText(decoded)
    return plain === decoded ? written : plain
  })
}

/** Decodes a text that has no marks: its escapes and entities, each once. */
function unescaped(source: string): string {
  return toPlainText(
    source.replace(
      escapeOrEntity,
      (written, escaped?: string) => escaped ?? decodeHTMLStrict(written),
    ),
  )
}

/**
 * Tells whether reading a text could take long: short rows are filled up to the width of their
 * table.
 */
function isTooLarge(source: string): boolean {
  if (source.length > maxLength) return true
  const lines = source.split('\n')
  const columns = Math.max(...lines.map((line) => line.split('|').length))
  return columns * lines.length > maxCells
}

/** Reads a text that is safe as Markdown. */
function readSafe(markdown: string): FormattedText {
  const tokens = reader.parse(markdown, {})
  const plain = { text: unescaped(markdown) }
  if (!hasMarks(tokens) || isTooDeep(tokens)) return plain
  const text = toPlainText(plainTextOf(tokens))
  if (text === '') return plain
  return text === markdown ? { text } : { text, markdown }
}

/**
 * Reads a text as CommonMark with tables. `markdown` is missing where the text has no marks, is the
 * same without them, or cannot be made safe, and where the text is longer than 10,000 characters.
 */
export function readMarkdown(written: string): FormattedText {
  const source = toPlainText(withoutHidden(toPlainText(written)))
  if (!mark.test(source) || isTooLarge(source)) return { text: unescaped(source) }
  const markdown = toSafeMarkdown(source)
  if (markdown !== null) return readSafe(markdown)
  const { text } = readSafe(source)
  return { text }
}
