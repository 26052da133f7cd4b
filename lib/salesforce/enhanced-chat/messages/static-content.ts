/**
 * Reads StaticContentMessage: texts, links, media, files and pages (`enhanced-chat-api.md §3.5`).
 */
import * as z from 'zod'
import { type MessageBody, toRichLink, toStatement, toText, toUnknown } from '../../bodies.js'
import type { Cleaning } from '../../cleaning.js'
import { maybe, maybeText, readableItems } from '../../lenient.js'
import { safeLink } from '../../links.js'
import { joinLines } from '../../text.js'
import { type Asset, asset, titleItem } from './items.js'

const citation = z.object({
  citedReference: z.object({ link: z.object({ url: z.string() }), label: maybeText }),
})

const textContent = z.object({
  text: z.string(),
  citationContent: maybe(z.object({ citations: readableItems(citation) })),
})

const unshown = {
  entryType: 'Message',
  messageType: 'StaticContentMessage',
  formatType: 'Text',
}

/** Reads Text. Citations whose link cannot be opened are left out. */
export function readText(content: unknown, clean: Cleaning): MessageBody | null {
  const read = textContent.safeParse(content)
  if (!read.success) return null
  const statement = clean.statement(read.data.text)
  if (!statement) return toUnknown('', unshown)
  const citations = (read.data.citationContent?.citations ?? []).flatMap(({ citedReference }) => {
    const url = safeLink(citedReference.link.url)
    const label = clean.title(citedReference.label ?? '')
    return url ? [{ ...(label && { label }), url }] : []
  })
  return toStatement(statement, citations.length > 0 ? { citations } : {})
}

function isPicture({ assetType, mimeType }: Asset): boolean {
  return mimeType ? mimeType.startsWith('image/') : assetType === 'ImageAsset'
}

function pictureUrl(image: Asset | null | undefined): string | null {
  return image && isPicture(image) ? image.assetUrl : null
}

const linkItem = z.object({ titleItem: maybe(titleItem), url: z.string() })

const richLinkContent = z.object({ linkItem, image: maybe(asset), text: maybeText })

/** Reads RichLink: a title with a link. */
export function readRichLink(content: unknown, clean: Cleaning): MessageBody | null {
  const read = richLinkContent.safeParse(content)
  if (!read.success) return null
  const { linkItem: item, image, text } = read.data
  return toRichLink({
    title: clean.title(item.titleItem?.title ?? ''),
    url: item.url,
    imageUrl: pictureUrl(image),
    description: clean.text(text || item.titleItem?.subTitle || ''),
  })
}

const linksContent = z.object({ links: readableItems(z.object({ url: z.string() })) })

/** Reads links: an address alone. */
export function readLinks(content: unknown): MessageBody | null {
  const [first] = linksContent.safeParse(content).data?.links ?? []
  return first ? toRichLink({ title: '', url: first.url, imageUrl: null, description: '' }) : null
}

const mediaContent = z.object({ mediaAsset: asset, linkItems: readableItems(linkItem) })

/** Reads Media: a picture or another file, which may have a link. */
export function readMedia(content: unknown, clean: Cleaning): MessageBody | null {
  const read = mediaContent.safeParse(content)
  if (!read.success) return null
  const { mediaAsset: image, linkItems } = read.data
  const item = linkItems.find(({ url }) => safeLink(url))
  const description = clean.text(image.description ?? '')
  const title = clean.title(item?.titleItem?.title ?? '') || description
  return toRichLink({
    title: title || (isPicture(image) ? 'A picture' : 'A file'),
    url: item?.url ?? image.assetUrl,
    imageUrl: pictureUrl(image),
    description: title === description ? '' : description,
  })
}

const webViewContent = z.object({ url: z.string(), title: maybe(titleItem) })

/** Reads WebView: a page to be shown over the chat. */
export function readWebView(content: unknown, clean: Cleaning): MessageBody | null {
  const read = webViewContent.safeParse(content)
  if (!read.success) return null
  const title = clean.title(read.data.title?.title ?? '')
  const url = safeLink(read.data.url)
  if (!url) return title ? toText(title) : null
  const webView = { url, ...(title && { title }) }
  return { messageType: 'WebViewMessage', text: joinLines(title, url), webView }
}
