/** Shows the questions before a conversation as fields. Pure. */
import type { ChatProblem, Prechat } from '../../core/index.js'
import type { Texts } from '../texts/en.js'
import { type FieldSpec, type FieldValues, formatErrorOf, textOf } from './fields.js'

type Question = Prechat['fields'][number]

const types: Record<Question['type'], FieldSpec['type']> = {
  text: 'text',
  email: 'email',
  number: 'number',
  phone: 'phone',
  checkbox: 'boolean',
  choice: 'select',
}

/** Returns a question as a field; one without a label shows its name. */
export function specOf({ name, label, type, required, maxLength, options }: Question): FieldSpec {
  const chosen = options?.find((option) => option.default)
  return {
    type: types[type],
    label: label || name,
    required,
    maxLength,
    options: options?.map(({ value, label: title }) => ({ itemId: value, title: title || value })),
    given: chosen && [chosen.value],
  }
}

/** Returns the routing attributes, which are texts, without the ones left empty. */
export function attributesOf(
  questions: readonly Question[],
  entries: readonly FieldValues[],
): Record<string, string> {
  const given = questions.flatMap(({ name, type }, at) => {
    const { values = [], isBroken = false } = entries[at] ?? {}
    const text = type === 'checkbox' ? String(values.length > 0) : textOf({ values, isBroken })
    return text ? [[name, text] as const] : []
  })
  return Object.fromEntries(given)
}

/** Lists the fields that the gateway did not accept, by their places, in the visitor's language. */
export function refusedIn(
  questions: readonly Question[],
  problem: ChatProblem | null,
  texts: Texts,
): Record<number, string> {
  const paths = new Set(problem?.errors?.map(({ path }) => path))
  const wrong = questions.flatMap((question, at) =>
    paths.has(`routingAttributes.${question.name}`)
      ? [[at, formatErrorOf(specOf(question), texts)] as const]
      : [],
  )
  return Object.fromEntries(wrong)
}
