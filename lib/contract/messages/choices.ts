/** Defines messages that offer a choice, and the choice made (contract, "Messages"). */
import * as z from 'zod'
import { timestamp } from '../common.js'
import { common, link, option } from './common.js'

const pictured = { subTitle: z.string().optional(), imageUrl: link.optional() }

export const quickReplyMessage = z.strictObject({
  ...common,
  messageType: z.literal('QuickReplyMessage'),
  quickReplies: z.strictObject({
    text: z.string(),
    replies: z.array(z.strictObject({ ...option, imageUrl: link.optional() })),
    style: z.enum(['QuickReplies', 'Buttons']),
  }),
})

export const listPickerMessage = z.strictObject({
  ...common,
  messageType: z.literal('ListPickerMessage'),
  listPicker: z.strictObject({
    title: z.string(),
    options: z.array(z.strictObject({ ...option, ...pictured })),
  }),
})

export const carouselMessage = z.strictObject({
  ...common,
  messageType: z.literal('CarouselMessage'),
  carousel: z.strictObject({
    title: z.string().optional(),
    cards: z.array(
      z.strictObject({
        title: z.string(),
        ...pictured,
        /** A link is opened by the client; nothing is sent for it. */
        actions: z.array(
          z.union([z.strictObject(option), z.strictObject({ url: link, title: z.string() })]),
        ),
      }),
    ),
  }),
})

export const timePickerMessage = z.strictObject({
  ...common,
  messageType: z.literal('TimePickerMessage'),
  timePicker: z.strictObject({
    title: z.string(),
    /** Is as Salesforce gives it; presumably minutes from UTC. */
    timezoneOffset: z.int().optional(),
    slots: z.array(
      z.strictObject({ itemId: z.string(), startTime: timestamp, durationSeconds: z.int() }),
    ),
  }),
})

export const choiceResponseMessage = z.strictObject({
  ...common,
  messageType: z.literal('ChoiceResponseMessage'),
  selections: z.array(z.strictObject(option)),
})
