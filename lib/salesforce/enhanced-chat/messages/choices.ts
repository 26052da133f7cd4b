/**
 * Reads ChoicesMessage: quick replies, buttons and lists to pick from (`enhanced-chat-api.md
 * §3.5`).
 */
import * as z from 'zod'
import { type MessageBody, toList, toReplies } from '../../bodies.js'
import type { Cleaning } from '../../cleaning.js'
import { maybe, maybeText, readableItems } from '../../lenient.js'
import { asset, optionItem, pictureOf, titleItem, toOptions } from './items.js'

const repliesContent = z.object({
  text: maybeText,
  images: readableItems(asset),
  optionItems: readableItems(optionItem),
})

function readReplies(
  style: 'QuickReplies' | 'Buttons',
  content: unknown,
  clean: Cleaning,
): MessageBody | null {
  const read = repliesContent.safeParse(content)
  if (!read.success) return null
  const { images, optionItems } = read.data
  const text = clean.text(read.data.text ?? '')
  const replies = toOptions(optionItems, clean).map(({ itemId, title, imageId }) => ({
    itemId,
    title,
    ...pictureOf(images, imageId),
  }))
  return toReplies(text, replies, style)
}

/** Reads QuickReplies, which disappear once one is chosen. */
export function readQuickReplies(content: unknown, clean: Cleaning): MessageBody | null {
  return readReplies('QuickReplies', content, clean)
}

/** Reads buttons: they stay. */
export function readButtons(content: unknown, clean: Cleaning): MessageBody | null {
  return readReplies('Buttons', content, clean)
}

const listContent = z.object({
  title: maybeText,
  message: maybe(titleItem),
  images: readableItems(asset),
  optionItems: readableItems(optionItem),
})

/** Reads ListPicker: a list with second lines and pictures. */
export function readListPicker(content: unknown, clean: Cleaning): MessageBody | null {
  const read = listContent.safeParse(content)
  if (!read.success) return null
  const { images, optionItems, message } = read.data
  const title = clean.title(read.data.title || message?.title || '')
  const options = toOptions(optionItems, clean).map(
    ({ itemId, title: shown, subTitle, imageId }) => ({
      itemId,
      title: shown,
      ...(subTitle && { subTitle }),
      ...pictureOf(images, imageId),
    }),
  )
  return toList(title, options)
}
