/** Reads the parts of message bodies: titles, pictures, options (`enhanced-chat-api.md §3.5`). */
import * as z from 'zod'
import type { Cleaning } from '../../cleaning.js'
import { maybe, maybeText, opaqueId } from '../../lenient.js'
import { safeSource } from '../../links.js'

export const titleItem = z.object({ title: z.string(), subTitle: maybeText, imageId: maybeText })

export const asset = z.object({
  id: maybeText,
  assetType: maybeText,
  mimeType: maybeText,
  assetUrl: z.string(),
  description: maybeText,
})
export type Asset = z.infer<typeof asset>

/** Describes a TitleOptionItem; an item of a form's select may have its title beside the id. */
export const optionItem = z
  .object({
    optionIdentifier: opaqueId,
    titleItem: maybe(titleItem),
    title: maybeText,
    imageId: maybeText,
  })
  .transform(({ optionIdentifier, titleItem: item, title, imageId }) => ({
    itemId: optionIdentifier,
    title: item?.title ?? title ?? '',
    subTitle: item?.subTitle,
    imageId: item?.imageId ?? imageId,
  }))
type OptionItem = z.infer<typeof optionItem>

/** Returns the picture an item points to, ready to be spread. */
export function pictureOf(images: readonly Asset[], imageId: string | null | undefined) {
  const image = images.find(({ id }) => id && id === imageId)
  const imageUrl = image ? safeSource(image.assetUrl) : null
  return imageUrl ? { imageUrl } : {}
}

/** Returns the options that have a title to show. */
export function toOptions(items: readonly OptionItem[], clean: Cleaning) {
  return items.flatMap(({ itemId, title, subTitle, imageId }) => {
    const shown = clean.title(title).trim()
    return shown === ''
      ? []
      : [{ itemId, title: shown, subTitle: clean.title(subTitle ?? ''), imageId }]
  })
}
