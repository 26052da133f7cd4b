import * as z from 'zod'
import { opaqueIdSchema, uuidSchema } from './uuid.js'

const id = uuidSchema('message id')
const reply = { id, inReplyToMessageId: opaqueIdSchema }

const formResponse = z.looseObject({
  messageType: z.literal('FormResponseMessage'),
  ...reply,
  formResponse: z.looseObject({
    formatType: z.literal('Inputs'),
    inputValues: z.array(z.looseObject({ inputValueType: z.string(), inputId: z.string() })),
  }),
})

/**
 * Parses messages that end users may send (`enhanced-chat-api.md` §2.10); unknown fields are echoed
 * with the rest.
 */
export const visitorMessageSchema = z.discriminatedUnion('messageType', [
  z.looseObject({
    messageType: z.literal('StaticContentMessage'),
    id,
    inReplyToMessageId: opaqueIdSchema.optional(),
    staticContent: z.looseObject({ formatType: z.literal('Text'), text: z.string().min(1) }),
  }),
  z.looseObject({
    messageType: z.literal('ChoicesResponseMessage'),
    ...reply,
    choicesResponse: z.looseObject({
      formatType: z.literal('Selections'),
      selectedOptions: z.array(z.looseObject({ optionIdentifier: z.string() })).min(1),
    }),
  }),
  formResponse,
])

/** Describes an end user's message after parsing. */
export type VisitorMessage = z.infer<typeof visitorMessageSchema>
/** Describes a filled-in form after parsing. */
export type VisitorForm = z.infer<typeof formResponse>

/** Returns a message's text for people: its text, the chosen titles, nothing for a form. */
export function textOf(message: VisitorMessage): string {
  switch (message.messageType) {
    case 'StaticContentMessage':
      return message.staticContent.text
    case 'ChoicesResponseMessage':
      return message.choicesResponse.selectedOptions.map(optionTitle).join(', ')
    case 'FormResponseMessage':
      return ''
  }
}

const optionSchema = z.object({ optionTitle: z.object({ title: z.string() }) })

function optionTitle(option: { optionIdentifier: string }): string {
  return optionSchema.safeParse(option).data?.optionTitle.title ?? option.optionIdentifier
}
