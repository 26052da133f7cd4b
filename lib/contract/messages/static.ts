/** Messages that only tell something: texts, links, files, pages (contract, "Messages"). */
import * as z from 'zod'
import { common, link } from './common.js'

export const staticContentMessage = z.strictObject({
  ...common,
  messageType: z.literal('StaticContentMessage'),
  staticContent: z.strictObject({
    formatType: z.literal('Text'),
    text: z.string(),
    citations: z.array(z.strictObject({ label: z.string().optional(), url: link })).optional(),
  }),
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
  /** Files that can be fetched; one that cannot, or not yet, is only named in `text`. */
  attachments: z.array(
    z.strictObject({ id: z.string(), name: z.string(), mimeType: z.string(), url: link }),
  ),
})

export const webViewMessage = z.strictObject({
  ...common,
  messageType: z.literal('WebViewMessage'),
  webView: z.strictObject({ url: link, title: z.string().optional() }),
})
