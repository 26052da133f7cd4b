/** Reads FormMessage / Inputs: a form to fill in (`enhanced-chat-api.md §3.5`). */
import * as z from 'zod'
import type { Message } from '../../../contract/messages.js'
import type { MessageBody } from '../../bodies.js'
import type { Cleaning } from '../../cleaning.js'
import {
  maybe,
  maybeBoolean,
  maybeInteger,
  maybeText,
  opaqueId,
  readableItems,
} from '../../lenient.js'
import { joinLines, toBullet, toPlainText } from '../../text.js'
import { optionItem, titleItem, toOptions } from './items.js'

type Input = (Message & { messageType: 'FormMessage' })['form']['inputs'][number]

const formInput = z.object({
  inputType: z.string(),
  id: opaqueId,
  label: maybe(titleItem),
  hintText: maybeText,
  required: maybeBoolean,
  maximumCharacterCount: maybeInteger,
  regEx: maybeText,
  placeholder: maybeText,
  keyboardType: maybeText,
  textInputType: maybeText,
  multipleSelection: maybeBoolean,
  optionItems: readableItems(optionItem),
})
type FormInput = z.infer<typeof formInput>

const formContent = z.object({
  formTitle: maybe(titleItem),
  message: maybe(titleItem),
  sections: readableItems(z.object({ input: formInput })),
})

const selects = new Set(['SelectInput', 'OptionPickerInput', 'SelectNavigationInput'])
const notes = new Set(['StaticTitle', 'StaticFooter'])
/** A pad of digits alone is also used for codes, whose zeros in front must stay: that is text. */
const numeric = /^(decimalpad|decimal|numeric|number)$/i

/** Returns the type of an input; text for an unknown one, unless its name says more. */
function typeOf({ inputType, multipleSelection, keyboardType, textInputType }: FormInput) {
  if (notes.has(inputType)) return 'note'
  if (selects.has(inputType)) return multipleSelection ? 'multiselect' : 'select'
  if (inputType === 'DatePickerInput') return 'date'
  if (inputType === 'DateTimePickerInput') return 'datetime'
  if (/^(boolean|checkbox|toggle)/i.test(inputType)) return 'boolean'
  if (numeric.test(keyboardType ?? '') || /^number/i.test(inputType)) return 'number'
  return textInputType === 'Multiline' ? 'multiline' : 'text'
}

/**
 * Returns the pattern of an input, unless JavaScript cannot read it and it would only break the
 * form.
 */
function patternOf({ regEx }: FormInput): string | null {
  if (!regEx || toPlainText(regEx) !== regEx) return null
  try {
    new RegExp(regEx)
    return regEx
  } catch {
    return null
  }
}

function toInput(input: FormInput, clean: Cleaning): Input {
  const type = typeOf(input)
  const plain = (text: string | null | undefined) => clean.title(text ?? '').trim()
  const written = input.label?.title ?? ''
  const label = (type === 'note' ? clean.text(written) : clean.title(written)).trim()
  const placeholder = plain(input.placeholder)
  const hint = plain(input.hintText)
  const pattern = patternOf(input)
  const maxLength = input.maximumCharacterCount ?? 0
  const options = toOptions(input.optionItems, clean).map(({ itemId, title }) => ({
    itemId,
    title,
  }))
  return {
    inputId: input.id,
    type,
    label: label || placeholder || hint,
    required: type !== 'note' && input.required === true,
    ...((type === 'select' || type === 'multiselect') && { options }),
    ...(maxLength > 0 && { maxLength }),
    ...(pattern && { pattern }),
    ...(placeholder && { placeholder }),
    ...(hint && { hint }),
  }
}

/** Reads the inputs in their order; a note that says nothing is left out. */
export function readForm(content: unknown, clean: Cleaning): MessageBody | null {
  const read = formContent.safeParse(content)
  if (!read.success) return null
  const title = clean.title(read.data.formTitle?.title || read.data.message?.title || '')
  const inputs = read.data.sections
    .map(({ input }) => toInput(input, clean))
    .filter(({ type, label }) => type !== 'note' || label !== '')
  if (inputs.every(({ type }) => type === 'note')) return null
  const lines = inputs.map(({ type, label }) =>
    type === 'note' ? label : label && toBullet(label),
  )
  return {
    messageType: 'FormMessage',
    text: joinLines(title, ...lines) || 'A form to fill in.',
    form: { title, inputs },
  }
}
