import { describe, expect, it } from 'vitest'
import { fillIn, isIncomplete } from '../../lib/conversations/fill-in.js'
import type { EntryMessage } from '../../lib/polling/entries.js'
import { toEntry } from '../../lib/salesforce/enhanced-chat/entries.js'
import type { OutgoingMessage } from '../../lib/salesforce/messaging.js'
import { choices } from '../salesforce/fixtures/choices.js'
import { entryId, listed } from '../salesforce/fixtures/fixture.js'
import { forms } from '../salesforce/fixtures/forms.js'

type Answer = Parameters<typeof fillIn>[0]
type Values = Extract<OutgoingMessage, { messageType: 'FormResponseMessage' }>['values']

const id = '9f8e7d6c-5b4a-4392-8170-6f5e4d3c2b1a'
const envelope = { id, inReplyToMessageId: entryId }

function shown(messageType: string): EntryMessage[] {
  return [...choices, ...forms]
    .filter(({ expected }) => expected.messageType === messageType)
    .flatMap((fixture) => toEntry(listed(fixture))?.message ?? [])
    .slice(0, 1)
}

const chosen = (itemId: string, title?: string): Answer => ({
  ...envelope,
  messageType: 'ChoiceResponseMessage',
  selections: [{ itemId, ...(title && { title }) }],
})

const filled = (values: Values): Answer => ({
  ...envelope,
  messageType: 'FormResponseMessage',
  values,
})

describe('a choice', () => {
  it.each([
    ['QuickReplyMessage', 'b1c2', 'Rotterdam'],
    ['ListPickerMessage', 'l1', 'Berth 4'],
    ['CarouselMessage', 'c1', 'Choose'],
    ['TimePickerMessage', 's1', '2026-11-24 09:00 UTC'],
  ])('gets its title from a %s', (messageType, itemId, title) => {
    expect(fillIn(chosen(itemId), shown(messageType))).toEqual(chosen(itemId, title))
  })

  it('keeps the title that the caller gave', () => {
    const ownSelection = chosen('b1c2', 'The Dutch one')
    expect(isIncomplete(ownSelection)).toBe(false)
    expect(fillIn(ownSelection, shown('QuickReplyMessage'))).toEqual(ownSelection)
  })

  it('stays as it is when it answers another kind of message, or none', () => {
    expect(fillIn(chosen('b1c2'), shown('FormMessage'))).toEqual(chosen('b1c2'))
    expect(fillIn(chosen('b1c2'), [])).toEqual(chosen('b1c2'))
  })
})

describe('a form', () => {
  it('gets types, labels and titles from the form', () => {
    const answer = filled([
      { inputId: 'in-3', value: 2 },
      { inputId: 'in-5', value: ['e-1', 'e-2'] },
      { inputId: 'in-4', value: 'o-2', label: 'My size' },
    ])
    expect(isIncomplete(answer)).toBe(true)
    expect(fillIn(answer, shown('FormMessage'))).toEqual(
      filled([
        { inputId: 'in-3', value: 2, type: 'number', label: 'Weight' },
        {
          inputId: 'in-5',
          value: ['e-1', 'e-2'],
          type: 'multiselect',
          label: 'Extras',
          title: ['Reefer', 'Seal'],
        },
        { inputId: 'in-4', value: 'o-2', type: 'select', label: 'My size', title: ['40 ft'] },
      ]),
    )
  })

  it('leaves a value alone that its input cannot take, or that no input asked for', () => {
    const answer = filled([
      { inputId: 'in-6', value: 'soon' },
      { inputId: 'in-4', value: 'o-9' },
      { inputId: 'in-99', value: 'x' },
    ])
    expect(fillIn(answer, shown('FormMessage'))).toEqual(
      filled([
        { inputId: 'in-6', value: 'soon', label: 'Day' },
        { inputId: 'in-4', value: 'o-9', type: 'select', label: 'Size' },
        { inputId: 'in-99', value: 'x' },
      ]),
    )
  })

  it('is complete with a type and a label, and a title where something was selected', () => {
    const text = { inputId: 'a', value: 'x', type: 'text' as const, label: 'A' }
    const select = { inputId: 'b', value: 'o', type: 'select' as const, label: 'B' }
    expect(isIncomplete(filled([text]))).toBe(false)
    expect(isIncomplete(filled([text, select]))).toBe(true)
    expect(isIncomplete(filled([text, { ...select, title: 'O' }]))).toBe(false)
  })
})

it('leaves a text alone', () => {
  expect(isIncomplete({ id, messageType: 'StaticContentMessage', text: 'Hello' })).toBe(false)
})
