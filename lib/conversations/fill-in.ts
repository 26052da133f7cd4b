/**
 * Fills in the titles of an answer. A choice or a form may be answered by ids alone, but people in
 * Salesforce see titles: those that the answer leaves out are taken from the message that it
 * answers. Pure.
 */
import { readableTime } from '../contract/common.js'
import { type FormValue, mismatch } from '../contract/form-values.js'
import type { EntryMessage } from '../polling/entries.js'
import type { OutgoingMessage } from '../salesforce/messaging.js'

type Choice = Extract<OutgoingMessage, { messageType: 'ChoiceResponseMessage' }>
type Form = Extract<OutgoingMessage, { messageType: 'FormResponseMessage' }>
type Selection = Choice['selections'][number]
type Input = Extract<EntryMessage, { messageType: 'FormMessage' }>['form']['inputs'][number]

/** Returns the titles of all that can be chosen in a message, by id. */
function titlesIn(message: EntryMessage): Map<string, string> {
  switch (message.messageType) {
    case 'QuickReplyMessage':
      return titlesOf(message.quickReplies.replies)
    case 'ListPickerMessage':
      return titlesOf(message.listPicker.options)
    case 'CarouselMessage': {
      const actions = message.carousel.cards.flatMap((card) => card.actions)
      return titlesOf(actions.filter((action) => 'itemId' in action))
    }
    case 'TimePickerMessage': {
      const { slots } = message.timePicker
      return new Map(slots.map(({ itemId, startTime }) => [itemId, readableTime(startTime)]))
    }
    default:
      return new Map()
  }
}

function titlesOf(options: readonly { itemId: string; title: string }[]): Map<string, string> {
  return new Map(options.map(({ itemId, title }) => [itemId, title]))
}

function fillSelection(selection: Selection, titles: ReadonlyMap<string, string>): Selection {
  const title = selection.title ?? titles.get(selection.itemId)
  return { ...selection, ...(title && { title }) }
}

/** Returns the type of an answer: the input's, if it can take the value; else undefined. */
function typeFor({ type, value }: FormValue, input: Input): FormValue['type'] {
  if (type) return type
  return input.type === 'note' || mismatch(input.type, value) ? undefined : input.type
}

/** Returns the titles of all the chosen items, when the input knows them all. */
function titlesFor({ value }: FormValue, input: Input): FormValue['title'] {
  if (!input.options) return undefined
  const titles = titlesOf(input.options)
  const found = [value].flat().flatMap((id) => titles.get(String(id)) ?? [])
  return found.length === [value].flat().length ? found : undefined
}

function fillValue(answer: FormValue, inputs: readonly Input[]): FormValue {
  const input = inputs.find(({ inputId }) => inputId === answer.inputId)
  if (!input) return answer
  const type = typeFor(answer, input)
  const label = answer.label ?? input.label
  const title = answer.title ?? titlesFor(answer, input)
  return { ...answer, ...(type && { type }), ...(label && { label }), ...(title && { title }) }
}

/** Tells that the answer leaves out something that the message it answers may contain. */
export function isIncomplete(message: OutgoingMessage): message is Choice | Form {
  switch (message.messageType) {
    case 'ChoiceResponseMessage':
      return message.selections.some(({ title }) => title === undefined)
    case 'FormResponseMessage':
      return message.values.some(({ type, label, title }) => {
        const isSelection = type === 'select' || type === 'multiselect'
        return !type || !label || (isSelection && !title)
      })
    default:
      return false
  }
}

/**
 * Returns the answer with the parts it leaves out; unchanged when none of the messages is the one
 * it answers.
 */
export function fillIn(message: Choice | Form, messages: readonly EntryMessage[]): OutgoingMessage {
  const answered = messages.find(({ id }) => id === message.inReplyToMessageId)
  if (!answered) return message
  if (message.messageType === 'ChoiceResponseMessage') {
    const titles = titlesIn(answered)
    const selections = message.selections.map((selection) => fillSelection(selection, titles))
    return { ...message, selections }
  }
  if (answered.messageType !== 'FormMessage') return message
  const { inputs } = answered.form
  return { ...message, values: message.values.map((value) => fillValue(value, inputs)) }
}
