/**
 * Reads the JSON document in which newer agents wrap their texts (`enhanced-chat-api.md §3.5`). Pure;
 * never throws.
 */
import * as z from 'zod'
import { parseJson } from '../json.js'
import { readableItems } from './lenient.js'

const markdownBlock = z.object({
  type: z.literal('markdown'),
  data: z.object({ content: z.string() }),
})

const suggestionsBlock = z.object({
  type: z.literal('suggestions'),
  data: z.object({ display_text: readableItems(z.string()) }),
})

const block = z.union([markdownBlock, suggestionsBlock])

const envelope = z.object({
  response: z.array(z.unknown()),
})

/** Describes the blocks of an envelope that can be shown: unknown ones are left out. */
export type Envelope = { markdown: string; suggestions: string[] }

/** Returns an envelope's blocks, texts joined by an empty line; null for any other text. */
export function readEnvelope(text: string): Envelope | null {
  if (!/^\s*\{/.test(text)) return null
  const read = envelope.safeParse(parseJson(text))
  if (!read.success) return null
  const blocks = readableItems(block).parse(read.data.response)
  const texts = blocks.flatMap((each) => (each.type === 'markdown' ? each.data.content : []))
  return {
    markdown: texts.filter((content) => content.trim() !== '').join('\n\n'),
    suggestions: blocks.flatMap((each) =>
      each.type === 'suggestions' ? each.data.display_text : [],
    ),
  }
}
