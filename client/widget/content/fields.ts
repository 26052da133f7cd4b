/** Describes the fields of a form and checks their values. Pure. */
import type { AnswerType } from '../../core/index.js'
import type { Texts } from '../texts/en.js'
import { formatText } from '../texts/format.js'
import { fitsPattern } from './pattern.js'

/** One question of a form, whether it stands in the conversation or before it. */
export type FieldSpec = {
  type: AnswerType | 'email' | 'phone'
  label: string
  required: boolean
  options?: { itemId: string; title: string }[] | undefined
  maxLength?: number | undefined
  /** A regular expression of Salesforce that the whole text has to fit (`fitsPattern`). */
  pattern?: string | undefined
  placeholder?: string | undefined
  hint?: string | undefined
  /** Names what the browser may fill in, as `autocomplete` does. */
  completion?: string | undefined
  /** Initial values: texts, ids of items, or `on` for a ticked box. */
  given?: readonly string[] | undefined
}

/** Values of a field's controls. `isBroken`: the browser could not parse the input. */
export type FieldValues = { values: readonly string[]; isBroken: boolean }

/** Salesforce's limit, in characters. */
const longestText = 4000

const textual = new Set<FieldSpec['type']>(['text', 'multiline', 'email', 'phone'])

const isDate = (type: FieldSpec['type']) => type === 'date' || type === 'datetime'

/** Returns the maximum length of a field's text; undefined for fields that are no text. */
export function longestOf({ type, maxLength }: FieldSpec): number | undefined {
  return textual.has(type) ? Math.min(maxLength || longestText, longestText) : undefined
}

/** Returns the error for a field of this type. */
export function formatErrorOf({ type }: FieldSpec, texts: Texts): string {
  const errors: Partial<Record<FieldSpec['type'], string>> = {
    number: texts.notANumber,
    date: texts.notADate,
    datetime: texts.notADate,
    email: texts.notAnEmail,
    phone: texts.notAPhone,
  }
  return errors[type] ?? texts.wrongFormat
}

/** Returns the text of a field without white space around it. */
export const textOf = ({ values }: FieldValues): string => values[0]?.trim() ?? ''

/**
 * Returns the error of a field's values; empty when there is none. A box that is not ticked is an
 * answer.
 */
export function problemOf(spec: FieldSpec, entry: FieldValues, texts: Texts): string {
  const { type, required, pattern } = spec
  if (entry.isBroken) return formatErrorOf(spec, texts)
  const text = textOf(entry)
  if (!text) return required && type !== 'boolean' ? texts.answerMissing : ''
  const longest = longestOf(spec)
  if (longest && text.length > longest) return formatText(texts.tooLong, { length: longest })
  if (isDate(type) && !/^\d{4}-/.test(text)) return texts.notADate
  if (type === 'email' && !/^[^\s@]+@[^\s@]+$/.test(text)) return texts.notAnEmail
  if (type === 'phone' && !/\d/.test(text)) return texts.notAPhone
  if (textual.has(type) && pattern && !fitsPattern(pattern, text)) return texts.wrongFormat
  return ''
}
