/** Answers to a form: each value and the type of input that it answers (contract, "POST /api/send"). */
import * as z from 'zod'
import { type AnswerType, answerType } from './messages/forms.js'
import { toLine } from './plain-text.js'

/** Describes an opaque id: as the message that is answered gave it. */
export const itemId = z
  .string()
  .min(1, 'must not be empty')
  .max(1000, 'must be at most 1,000 characters')

/** Describes words for people, beside an id. */
export const title = z
  .string()
  .overwrite(toLine)
  .trim()
  .min(1, 'must not be empty')
  .max(1000, 'must be at most 1,000 characters')

const value = z.union(
  [z.string().max(4000), z.number(), z.boolean(), z.array(itemId).max(100)],
  'must be a text of at most 4,000 characters, a number, true or false, or item ids',
)

const date = 'must be a date such as 2026-11-24'
const moment = 'must be a date and time with a zone, such as 2026-11-24T09:00:00Z'
const types = `must be one of: ${answerType.options.join(', ')}`

/** Holds the values that each type of input takes. */
const takes: Record<AnswerType, z.ZodType> = {
  text: z.string('must be a text'),
  multiline: z.string('must be a text'),
  number: z.number('must be a number'),
  boolean: z.boolean('must be true or false'),
  date: z.iso.date(date),
  datetime: z.iso.datetime({ offset: true, error: moment }),
  select: z.union([itemId, z.tuple([itemId])], 'must be the id of one item'),
  multiselect: z.union([itemId, z.array(itemId)], 'must be item ids'),
}

/** Says why an input of this type cannot take the value; null when it can. */
export function mismatch(type: AnswerType, given: unknown): string | null {
  return takes[type].safeParse(given).error?.issues[0]?.message ?? null
}

/** Describes one filled-in input. Without `type` it is what the JSON type of `value` says. */
export const formValue = z
  .strictObject({
    inputId: itemId,
    value,
    type: z.enum(answerType.options, types).optional(),
    label: title.optional(),
    /** Holds the titles of a select's items; else the text to show for the value. */
    title: z
      .union([title, z.array(title).max(100)], 'must be a text, or one for each item')
      .optional(),
  })
  .superRefine(({ type, value: given }, context) => {
    const message = type && mismatch(type, given)
    if (message) context.addIssue({ code: 'custom', path: ['value'], message })
  })
export type FormValue = z.infer<typeof formValue>
