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

type Standard = {
  text: 'firstName' | 'lastName' | 'email' | 'phone' | 'subject'
  completion: string | undefined
}

/** Holds Salesforce's standard fields by their names without marks, in lower case. */
const standards: ReadonlyMap<string, Standard> = new Map([
  ['firstname', { text: 'firstName', completion: 'given-name' }],
  ['lastname', { text: 'lastName', completion: 'family-name' }],
  ['email', { text: 'email', completion: 'email' }],
  ['phone', { text: 'phone', completion: 'tel' }],
  ['subject', { text: 'subject', completion: undefined }],
])

/** Names what browsers fill in by a field's type. */
const completions: Partial<Record<Question['type'], string>> = { email: 'email', phone: 'tel' }

/** Returns the words of a name: `Order Number` for `orderNumber` and for `Order_Number__c`. */
function wordsOf(name: string): string {
  const words = name
    .replace(/__c$/i, '')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/[_\s]+/g, ' ')
    .trim()
  return words.charAt(0).toUpperCase() + words.slice(1) || name
}

/**
 * Returns a question as a field. Its label is the page's, the deployment's, that of a standard
 * field, or the words of its name.
 */
export function specOf(question: Question, texts: Texts): FieldSpec {
  const { name, label, type, required, maxLength, options } = question
  const chosen = options?.find((option) => option.default)
  const standard = standards.get(name.replace(/__c$|[\W_]/gi, '').toLowerCase())
  const given = Object.hasOwn(texts.fields, name) && texts.fields[name]
  return {
    type: types[type],
    label: given || label || (standard ? texts[standard.text] : wordsOf(name)),
    completion: standard?.completion ?? completions[type],
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
      ? [[at, formatErrorOf(specOf(question, texts), texts)] as const]
      : [],
  )
  return Object.fromEntries(wrong)
}
