/**
 * Reads FormResponseMessage: the values filled in, and Salesforce's result (`enhanced-chat-api.md
 * §3.5`, `§5`).
 */
import * as z from 'zod'
import type { Message } from '../../../contract/messages.js'
import type { MessageBody } from '../../bodies.js'
import type { Cleaning } from '../../cleaning.js'
import { maybe, maybeText, opaqueId, readableItems } from '../../lenient.js'
import { joinLines } from '../../text.js'
import { titleItem } from './items.js'
import { selectedOption, titleOf } from './selections.js'

type Values = NonNullable<(Message & { messageType: 'FormResponseMessage' })['values']>
type Value = Values[number]

const scalar = z.union([z.string(), z.number(), z.boolean()])

const inputValue = z.object({
  inputValueType: maybeText,
  inputId: opaqueId,
  inputlabel: maybe(titleItem),
  displayValue: maybeText,
  value: maybe(z.record(z.string(), z.unknown())),
  selectedOptions: readableItems(selectedOption),
})
type InputValue = z.infer<typeof inputValue>

/** `TextValue/textValue`, `DateTimeValue/dateTimeValue` …: the one field that is named like the type. */
const valueFields = [
  'textValue',
  'booleanValue',
  'integerValue',
  'doubleValue',
  'urlValue',
  'dateValue',
  'dateTimeValue',
  'referenceId',
  'imageReferenceId',
  'assetReferenceId',
]

function scalarOf({ value, displayValue }: InputValue, clean: Cleaning): Value['value'] | null {
  const found = valueFields.map((field) => value?.[field]).find((held) => (held ?? null) !== null)
  const read = scalar.safeParse(found ?? displayValue).data
  return typeof read === 'string' ? clean.text(read) : (read ?? null)
}

/** Returns one text by itself, several as a list. */
function oneOrMany(all: string[]): string | string[] {
  const [first] = all
  return all.length === 1 && first !== undefined ? first : all
}

function answerOf(input: InputValue, clean: Cleaning): Pick<Value, 'value' | 'title'> | null {
  const { inputValueType, selectedOptions, displayValue } = input
  if (inputValueType === 'SelectedOptionsInputValue') {
    const value = oneOrMany(selectedOptions.map(({ optionIdentifier }) => optionIdentifier))
    return { value, title: oneOrMany(selectedOptions.map((option) => titleOf(option, clean))) }
  }
  const value = scalarOf(input, clean)
  if (value === null) return null
  const title = clean.text(displayValue ?? '')
  return { value, ...(title && title !== String(value) && { title }) }
}

function toValues(input: InputValue, clean: Cleaning): Value[] {
  const answer = answerOf(input, clean)
  if (!answer) return []
  const label = clean.title(input.inputlabel?.title ?? '')
  return [{ inputId: input.inputId, ...(label && { label }), ...answer }]
}

function lineOf({ label, value, title }: Value): string {
  const answer = [title ?? value].flat().join(', ')
  return label ? `${label}: ${answer}` : answer
}

const inputsContent = z.object({ inputValues: readableItems(inputValue) })

/** Reads inputs: what was filled in. */
export function readFilledIn(content: unknown, clean: Cleaning): MessageBody | null {
  const read = inputsContent.safeParse(content)
  if (!read.success) return null
  const values = read.data.inputValues.flatMap((input) => toValues(input, clean))
  const text = joinLines(...values.map(lineOf)) || 'A form was filled in.'
  return { messageType: 'FormResponseMessage', text, values }
}

const resultContent = z.object({
  result: z.object({
    resultType: z.string(),
    records: readableItems(z.object({ resultMessage: maybeText })),
    errors: readableItems(z.object({ errorType: maybeText, errorMessage: maybeText })),
  }),
})

/** Reads Result: what Salesforce made of a form that was filled in. */
export function readResult(content: unknown, clean: Cleaning): MessageBody | null {
  const read = resultContent.safeParse(content)
  if (!read.success) return null
  const { resultType, records, errors: listed } = read.data.result
  const ok = resultType !== 'FormErrorResult' && listed.length === 0
  const errors = listed.flatMap(
    ({ errorMessage, errorType }) => clean.text(errorMessage || errorType || '') || [],
  )
  const messages = records.map(({ resultMessage }) => clean.text(resultMessage ?? ''))
  const fallback = ok ? 'The form was received.' : 'The form was not accepted.'
  return {
    messageType: 'FormResponseMessage',
    text: joinLines(...errors, ...(ok ? messages : [])) || fallback,
    result: { ok, ...(errors.length > 0 && { errors }) },
  }
}
