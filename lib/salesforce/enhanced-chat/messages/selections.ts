/** ChoicesResponseMessage / Selections: the options that were chosen (`enhanced-chat-api.md §5`). */
import * as z from 'zod'
import { toSelections } from '../../bodies.js'
import { maybe, opaqueId, readableItems } from '../../lenient.js'
import type { Body, Clean } from './body.js'
import { titleItem } from './items.js'

/** An option in an answer. */
export const selectedOption = z.object({
  optionIdentifier: opaqueId,
  optionTitle: maybe(titleItem),
})
type SelectedOption = z.infer<typeof selectedOption>

/** An answer without a title is shown by its id; there is nothing else. */
export function titleOf({ optionIdentifier, optionTitle }: SelectedOption, clean: Clean): string {
  return clean(optionTitle?.title ?? '').trim() || optionIdentifier
}

const selectionsContent = z.object({ selectedOptions: readableItems(selectedOption) })

/** Selections: the options that were chosen. */
export function readSelections(content: unknown, clean: Clean): Body | null {
  const options = selectionsContent.safeParse(content).data?.selectedOptions ?? []
  const selections = options.map((option) => ({
    itemId: option.optionIdentifier,
    title: titleOf(option, clean),
  }))
  return toSelections(selections)
}
