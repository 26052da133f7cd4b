import * as z from 'zod'

const titleItem = z.object({ title: z.string(), subTitle: z.string().nullish() })
const optionItems = z.array(z.object({ optionIdentifier: z.string(), titleItem }))

/** Converts quick replies; buttons are the same to the guide. */
export const replies = z
  .object({
    choices: z.object({
      formatType: z.enum(['QuickReplies', 'Buttons']),
      text: z.string().nullish(),
      optionItems,
    }),
  })
  .transform(({ choices: { text, optionItems } }) => ({
    messageType: 'QuickReplyMessage',
    quickReplies: {
      ...(text && { text }),
      replies: optionItems.map(({ optionIdentifier, titleItem: { title } }) => ({
        itemId: optionIdentifier,
        title,
      })),
    },
  }))

/** Converts a list picker; its introduction replaces a missing title. */
export const listPicker = z
  .object({
    choices: z.object({
      formatType: z.literal('ListPicker'),
      title: z.string().nullish(),
      message: titleItem.nullish(),
      optionItems,
    }),
  })
  .transform(({ choices: { title, message, optionItems } }) => ({
    messageType: 'ListPickerMessage',
    listPicker: {
      ...headed(title ?? message?.title),
      options: optionItems.map(({ optionIdentifier, titleItem: { title, subTitle } }) => ({
        itemId: optionIdentifier,
        title,
        ...(subTitle && { subTitle }),
      })),
    },
  }))

/** Converts the visitor's choice, as it was sent. */
export const selection = z
  .object({
    choicesResponse: z.object({
      selectedOptions: z.tuple([
        z.object({
          optionIdentifier: z.string(),
          optionTitle: z.object({ title: z.string() }),
        }),
      ]),
    }),
  })
  .transform(({ choicesResponse: { selectedOptions } }) => ({
    messageType: 'QuickReplySelectionMessage',
    quickReplySelection: {
      itemId: selectedOptions[0].optionIdentifier,
      title: selectedOptions[0].optionTitle.title,
    },
  }))

const headed = (title: string | null | undefined) => (title ? { title } : {})
