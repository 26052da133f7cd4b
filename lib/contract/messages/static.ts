/** Defines messages that need no answer: texts, links, files, pages (contract, "Messages"). */
import * as z from 'zod'
import { common, link } from './common.js'

export const staticContentMessage = z.strictObject({
  ...common,
  messageType: z.literal('StaticContentMessage'),
  staticContent: z.strictObject({
    formatType: z.literal('Text'),
    text: z.string(),
    markdown: z
      .string()
      .optional()
      .describe(
        'The same as CommonMark, which may hold tables: safe for any renderer. Where it is missing, `text` is all.',
      ),
    citations: z.array(z.strictObject({ label: z.string().optional(), url: link })).optional(),
  }),
  suggestions: z
    .array(z.string())
    .optional()
    .describe('Texts that the visitor may send as an answer.'),
})

export const richLinkMessage = z.strictObject({
  ...common,
  messageType: z.literal('RichLinkMessage'),
  richLink: z.strictObject({
    title: z.string(),
    url: link,
    imageUrl: link.optional(),
    description: z.string().optional(),
  }),
})

export const attachmentMessage = z.strictObject({
  ...common,
  messageType: z.literal('AttachmentMessage'),
  /** Lists files that can be fetched; one that cannot, or not yet, is only named in `text`. */
  attachments: z.array(
    z.strictObject({ id: z.string(), name: z.string(), mimeType: z.string(), url: link }),
  ),
})

export const webViewMessage = z.strictObject({
  ...common,
  messageType: z.literal('WebViewMessage'),
  webView: z.strictObject({ url: link, title: z.string().optional() }),
})
