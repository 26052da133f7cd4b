/**
 * Maps an outgoing message to the body of sendMessage's `message` (`enhanced-chat-api.md §2.10`,
 * `§5`). Pure.
 */
import type { FormValue } from '../../contract/form-values.js'
import type { AnswerType } from '../../contract/messages/forms.js'
import type { OutgoingFile, OutgoingMessage } from '../messaging.js'
import { toPlainText } from '../text.js'

/**
 * Returns the type of an answer: the given one, else a selection for a list, else that of its JSON
 * type.
 */
function typeOf({ type, value }: FormValue): AnswerType {
  if (type) return type
  if (Array.isArray(value)) return 'multiselect'
  if (typeof value === 'number') return 'number'
  return typeof value === 'boolean' ? 'boolean' : 'text'
}

function toTitleItem(title: string) {
  return { itemType: 'TitleItem', title }
}

function toValue(type: AnswerType, value: FormValue['value']) {
  switch (type) {
    case 'number':
      return Number.isSafeInteger(value)
        ? { valueType: 'IntegerValue', integerValue: value }
        : { valueType: 'DoubleValue', doubleValue: value }
    case 'boolean':
      return { valueType: 'BooleanValue', booleanValue: value }
    case 'date':
      return { valueType: 'DateValue', dateValue: value }
    case 'datetime':
      return { valueType: 'DateTimeValue', dateTimeValue: value }
    default:
      return {
        valueType: 'TextValue',
        textValue: typeof value === 'string' ? toPlainText(value) : value,
      }
  }
}

function toSelectedOptions({ value, title }: FormValue) {
  const titles = [title].flat()
  return [value].flat().map((optionIdentifier, index) => {
    const optionTitle = titles[index]
    return { optionIdentifier, ...(optionTitle && { optionTitle: toTitleItem(optionTitle) }) }
  })
}

/** Converts one answer of a form. The spelling `inputlabel` is Salesforce's. */
function toInputValue(answer: FormValue) {
  const { inputId, label, value, title } = answer
  const type = typeOf(answer)
  const input = { inputId, ...(label && { inputlabel: toTitleItem(label) }) }
  if (type === 'select' || type === 'multiselect') {
    const selectedOptions = toSelectedOptions(answer)
    return { inputValueType: 'SelectedOptionsInputValue', ...input, selectedOptions }
  }
  const displayValue = title === undefined ? String(value) : [title].flat().join(', ')
  const held = { value: toValue(type, value), displayValue }
  return { inputValueType: 'SingleInputValue', ...input, ...held }
}

/** Builds the official message, with the titles and labels that are known. */
export function toOutgoing(message: Exclude<OutgoingMessage, OutgoingFile>) {
  const { id } = message
  switch (message.messageType) {
    case 'StaticContentMessage': {
      const { messageType, text } = message
      return { id, messageType, staticContent: { formatType: 'Text', text } }
    }
    case 'ChoiceResponseMessage': {
      const { inReplyToMessageId, selections } = message
      const selectedOptions = selections.map(({ itemId: optionIdentifier, title }) => ({
        optionIdentifier,
        ...(title && { optionTitle: { ...toTitleItem(title), subTitle: null } }),
      }))
      const choicesResponse = { formatType: 'Selections', selectedOptions }
      return { id, messageType: 'ChoicesResponseMessage', inReplyToMessageId, choicesResponse }
    }
    case 'FormResponseMessage': {
      const { messageType, inReplyToMessageId, values } = message
      const formResponse = { formatType: 'Inputs', inputValues: values.map(toInputValue) }
      return { id, messageType, inReplyToMessageId, formResponse }
    }
  }
}
