/**
 * Converts between the fields of a form and the values that are sent. Pure but for the time zone of
 * the device.
 */
import type { AnswerType, FormInput, FormResponseMessage, FormValue } from '../../core/index.js'
import { dateOf, momentOf } from '../time.js'
import { type FieldSpec, type FieldValues, textOf } from './fields.js'

type Question = FormInput & { type: AnswerType }
type Filled = NonNullable<FormResponseMessage['values']>[number]

/** Returns the inputs that can be filled in. */
export function questionsIn(inputs: readonly FormInput[]): Question[] {
  return inputs.filter((input): input is Question => input.type !== 'note')
}

/** Returns a moment as its control takes it, in the device's time zone: `2026-11-24T09:00`. */
function localOf(iso: string): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return ''
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

/**
 * Returns the initial values of a field: those given before, such as in an answer that was refused.
 */
function givenOf({ type }: Question, filled: Filled | undefined): string[] | undefined {
  if (!filled) return undefined
  const { value } = filled
  if (type === 'boolean') return value === true ? ['on'] : []
  if (type === 'datetime') return [localOf(String(value))]
  return [value].flat().map(String)
}

/** Returns a question as a field, with its earlier answer. */
export function specOf(question: Question, filled: readonly Filled[]): FieldSpec {
  const before = filled.find(({ inputId }) => inputId === question.inputId)
  return { ...question, given: givenOf(question, before) }
}

type Content = Pick<FormValue, 'value' | 'title'>

/**
 * Returns a field's value, with a title for people where it is an id or a date; undefined when it
 * is empty.
 */
function contentOf(question: Question, entry: FieldValues, language: string): Content | undefined {
  const { type, options = [] } = question
  const titleOf = (id: string) => options.find(({ itemId }) => itemId === id)?.title.trim() || id
  const text = textOf(entry)
  if (type === 'boolean') return { value: entry.values.length > 0 }
  if (!text) return undefined
  switch (type) {
    case 'number':
      return { value: Number(text) }
    case 'date':
      return { value: text, title: dateOf(`${text}T00:00`, language) }
    case 'datetime': {
      const value = new Date(text).toISOString()
      return { value, title: momentOf(value, language) }
    }
    case 'select':
      return { value: entry.values[0] ?? '', title: titleOf(entry.values[0] ?? '') }
    case 'multiselect':
      return { value: [...entry.values], title: entry.values.map(titleOf) }
    default:
      return { value: text }
  }
}

/** Returns the answer to a question as values to send; none when nothing was filled in. */
export function valuesOf(question: Question, entry: FieldValues, language: string): FormValue[] {
  const { inputId, type, label } = question
  const content = contentOf(question, entry, language)
  return content ? [{ inputId, type, ...(label.trim() && { label }), ...content }] : []
}
