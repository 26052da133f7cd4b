/**
 * Reads ChoicesMessage / Carousel: cards with something to choose or to open (`enhanced-chat-api.md
 * §3.5`).
 */
import * as z from 'zod'
import type { Message } from '../../../contract/messages.js'
import { type MessageBody, titled } from '../../bodies.js'
import type { Cleaning } from '../../cleaning.js'
import { maybe, maybeText, readableItems } from '../../lenient.js'
import { safeLink } from '../../links.js'
import { joinLines, toBullet } from '../../text.js'
import { type Asset, asset, optionItem, pictureOf, titleItem, toOptions } from './items.js'

const linkItem = z.object({
  itemType: z.literal('TitleLinkItem'),
  titleItem: maybe(titleItem),
  url: z.string(),
})

const card = z.object({
  titleItem,
  interactionItems: readableItems(z.union([linkItem, optionItem])),
})
type Card = z.infer<typeof card>
type Item = Card['interactionItems'][number]

type OutwardCard = (Message & { messageType: 'CarouselMessage' })['carousel']['cards'][number]
type Action = OutwardCard['actions'][number]

const carouselContent = z.object({
  title: maybeText,
  images: readableItems(asset),
  items: readableItems(card),
})

/**
 * Reads a card's actions. An option without a title, or a link that cannot be opened, is left out.
 */
function toActions(item: Item, clean: Cleaning): Action[] {
  if (!('url' in item)) {
    return toOptions([item], clean).map(({ itemId, title }) => ({ itemId, title }))
  }
  const url = safeLink(item.url)
  return url ? [{ url, title: clean.title(item.titleItem?.title ?? '') || url }] : []
}

function toCard(
  { titleItem, interactionItems }: Card,
  images: readonly Asset[],
  clean: Cleaning,
): OutwardCard {
  const subTitle = clean.title(titleItem.subTitle ?? '')
  return {
    title: clean.title(titleItem.title),
    ...(subTitle && { subTitle }),
    ...pictureOf(images, titleItem.imageId),
    actions: interactionItems.flatMap((item) => toActions(item, clean)),
  }
}

function lineOf(shown: OutwardCard): string {
  const actions = shown.actions.map((action) =>
    'url' in action && action.url !== action.title ? `${action.title} ${action.url}` : action.title,
  )
  return toBullet([titled(shown), actions.join(' / ')].filter(Boolean).join(': '))
}

/** Reads the cards. */
export function readCarousel(content: unknown, clean: Cleaning): MessageBody | null {
  const read = carouselContent.safeParse(content)
  if (!read.success || read.data.items.length === 0) return null
  const title = clean.title(read.data.title ?? '')
  const cards = read.data.items.map((item) => toCard(item, read.data.images, clean))
  return {
    messageType: 'CarouselMessage',
    text: joinLines(title, ...cards.map(lineOf)),
    carousel: { ...(title && { title }), cards },
  }
}
