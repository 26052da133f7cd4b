/** StaticContentMessage: texts, links, media, files and pages (`enhanced-chat-api.md §3.5`). */
import * as z from 'zod'
import { toRichLink, toText } from '../../bodies.js'
import { maybe, maybeText, readableItems } from '../../lenient.js'
import { safeLink } from '../../links.js'
import { joinLines } from '../../text.js'
import type { Body, Clean } from './body.js'
import { type Asset, asset, titleItem } from './items.js'

const citation = z.object({
  citedReference: z.object({ link: z.object({ url: z.string() }), label: maybeText }),
})

const textContent = z.object({
  text: z.string(),
  citationContent: maybe(z.object({ citations: readableItems(citation) })),
})

/** Text; citations whose link cannot be opened are left out. */
export function readText(content: unknown, clean: Clean): Body | null {
  const read = textContent.safeParse(content)
  if (!read.success) return null
  const text = clean(read.data.text)
  const citations = (read.data.citationContent?.citations ?? []).flatMap(({ citedReference }) => {
    const url = safeLink(citedReference.link.url)
    const label = clean(citedReference.label ?? '')
    return url ? [{ ...(label && { label }), url }] : []
  })
  const cited = citations.length > 0 && { citations }
  const staticContent = { formatType: 'Text' as const, text, ...cited }
  return { messageType: 'StaticContentMessage', text, staticContent }
}

function isPicture({ assetType, mimeType }: Asset): boolean {
  return mimeType ? mimeType.startsWith('image/') : assetType === 'ImageAsset'
}

function pictureUrl(image: Asset | null | undefined): string | null {
  return image && isPicture(image) ? image.assetUrl : null
}

const linkItem = z.object({ titleItem: maybe(titleItem), url: z.string() })

const richLinkContent = z.object({ linkItem, image: maybe(asset), text: maybeText })

/** RichLink: a title and where it leads. */
export function readRichLink(content: unknown, clean: Clean): Body | null {
  const read = richLinkContent.safeParse(content)
  if (!read.success) return null
  const { linkItem: item, image, text } = read.data
  return toRichLink({
    title: clean(item.titleItem?.title ?? ''),
    url: item.url,
    imageUrl: pictureUrl(image),
    description: clean(text || item.titleItem?.subTitle || ''),
  })
}

const linksContent = z.object({ links: readableItems(z.object({ url: z.string() })) })

/** Links: an address alone. */
export function readLinks(content: unknown): Body | null {
  const [first] = linksContent.safeParse(content).data?.links ?? []
  return first ? toRichLink({ title: '', url: first.url, imageUrl: null, description: '' }) : null
}

const mediaContent = z.object({ mediaAsset: asset, linkItems: readableItems(linkItem) })

/** Media: a picture or another file, which may lead somewhere. */
export function readMedia(content: unknown, clean: Clean): Body | null {
  const read = mediaContent.safeParse(content)
  if (!read.success) return null
  const { mediaAsset: image, linkItems } = read.data
  const item = linkItems.find(({ url }) => safeLink(url))
  const description = clean(image.description ?? '')
  const title = clean(item?.titleItem?.title ?? '') || description
  return toRichLink({
    title: title || (isPicture(image) ? 'A picture' : 'A file'),
    url: item?.url ?? image.assetUrl,
    imageUrl: pictureUrl(image),
    description: title === description ? '' : description,
  })
}

const webViewContent = z.object({ url: z.string(), title: maybe(titleItem) })

/** WebView: a page to be shown over the chat. */
export function readWebView(content: unknown, clean: Clean): Body | null {
  const read = webViewContent.safeParse(content)
  if (!read.success) return null
  const title = clean(read.data.title?.title ?? '')
  const url = safeLink(read.data.url)
  if (!url) return title ? toText(title) : null
  const webView = { url, ...(title && { title }) }
  return { messageType: 'WebViewMessage', text: joinLines(title, url), webView }
}
