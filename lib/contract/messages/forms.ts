/** Defines forms, the answers to them and the results of the answers (contract, "Messages"). */
import * as z from 'zod'
import { common, option } from './common.js'

/** Describes types of input that a visitor can fill in. */
export const answerType = z.enum([
  'text',
  'multiline',
  'number',
  'boolean',
  'date',
  'datetime',
  'select',
  'multiselect',
])
export type AnswerType = z.infer<typeof answerType>

const input = z.strictObject({
  inputId: z.string(),
  /** Names the type; `note`: a static title or footer, nothing to fill in. */
  type: z.enum([...answerType.options, 'note']),
  label: z.string(),
  required: z.boolean(),
  options: z.array(z.strictObject(option)).optional(),
  maxLength: z.int().optional(),
  pattern: z
    .string()
    .optional()
    .describe('A regular expression of Salesforce. Bound the time of its check before you run it.'),
  placeholder: z.string().optional(),
  hint: z.string().optional(),
})

export const formMessage = z.strictObject({
  ...common,
  messageType: z.literal('FormMessage'),
  form: z.strictObject({ title: z.string(), inputs: z.array(input) }),
})

const oneOrMany = z.union([z.string(), z.array(z.string())])

/** Describes either the values that were filled in, or what became of them. */
export const formResponseMessage = z
  .strictObject({
    ...common,
    messageType: z.literal('FormResponseMessage'),
    values: z
      .array(
        z.strictObject({
          inputId: z.string(),
          label: z.string().optional(),
          /** Holds, for a select, the id of the item, or of each. */
          value: z.union([oneOrMany, z.number(), z.boolean()]),
          title: oneOrMany.optional(),
        }),
      )
      .optional(),
    result: z.strictObject({ ok: z.boolean(), errors: z.array(z.string()).optional() }).optional(),
  })
  .refine(({ values, result }) => (values === undefined) !== (result === undefined), {
    message: 'must hold either values or result',
  })
