/**
 * Reads ChoicesResponseMessage / Selections: the options that were chosen (`enhanced-chat-api.md
 * §5`).
 */
import * as z from 'zod'
import { type MessageBody, toSelections } from '../../bodies.js'
import type { Cleaning } from '../../cleaning.js'
import { maybe, opaqueId, readableItems } from '../../lenient.js'
import { titleItem } from './items.js'

/** Describes an option in an answer. */
export const selectedOption = z.object({
  optionIdentifier: opaqueId,
  optionTitle: maybe(titleItem),
})
type SelectedOption = z.infer<typeof selectedOption>

/** Returns the title of a choice; without one its id, because there is nothing else. */
export function titleOf(
  { optionIdentifier, optionTitle }: SelectedOption,
  clean: Cleaning,
): string {
  return clean.title(optionTitle?.title ?? '').trim() || optionIdentifier
}

const selectionsContent = z.object({ selectedOptions: readableItems(selectedOption) })

/** Reads selections: the options that were chosen. */
export function readSelections(content: unknown, clean: Cleaning): MessageBody | null {
  const options = selectionsContent.safeParse(content).data?.selectedOptions ?? []
  const selections = options.map((option) => ({
    itemId: option.optionIdentifier,
    title: titleOf(option, clean),
  }))
  return toSelections(selections)
}
