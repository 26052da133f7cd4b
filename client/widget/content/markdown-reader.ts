/** Reads Markdown as the widget shows it. Pages load this with the first text that has marks. */
import { type Block, readMarkdown } from './markdown-blocks.js'
import { type Inline, readInline } from './markdown-inline.js'

/** Holds the blocks of a text, and reads the marks within a paragraph of it. */
export type ReadText = { blocks: readonly Block[]; inlinesOf(paragraph: string): Inline[] }

/** Reads a Markdown text. */
export function readText(text: string): ReadText {
  const { blocks, definitions } = readMarkdown(text)
  return { blocks, inlinesOf: (paragraph) => readInline(paragraph, definitions) }
}
