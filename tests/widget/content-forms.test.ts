/** Tests what forms accept, refuse and send. */
import { describe, expect, it } from 'vitest'
import { ChatProblem, type FormInput, type Prechat } from '../../client/core/index.js'
import { type FieldSpec, problemOf } from '../../client/widget/content/fields.js'
import { questionsIn, specOf, valuesOf } from '../../client/widget/content/form-values.js'
import {
  attributesOf,
  specOf as prechatSpecOf,
  refusedIn,
} from '../../client/widget/content/prechat.js'
import { english, german } from '../../client/widget/texts/index.js'
import { everyInput } from './fixtures/forms.js'

const held = (...values: string[]) => ({ values, isBroken: false })

const field = (type: FieldSpec['type'], more: Partial<FieldSpec> = {}): FieldSpec => ({
  type,
  label: 'Question',
  required: false,
  ...more,
})

describe('a field', () => {
  const required = { required: true }
  const { answerMissing, notANumber, notADate, notAnEmail, notAPhone, wrongFormat } = english
  const pattern = '[A-Z]{2}'

  it.each([
    ['nothing where nothing is needed', field('text'), held(''), ''],
    ['nothing where something is needed', field('text', required), held(' '), answerMissing],
    ['no choice', field('select', required), held(''), answerMissing],
    ['no tick of several', field('multiselect', required), held(), answerMissing],
    ['a box that is not ticked', field('boolean', required), held(), ''],
    ['what the browser cannot read', field('number'), { values: [''], isBroken: true }, notANumber],
    ['half a date', field('date'), { values: [''], isBroken: true }, notADate],
    ['a year of five digits', field('datetime'), held('12026-01-01T10:00'), notADate],
    ['no address', field('email'), held('desk'), notAnEmail],
    ['an address', field('email'), held('desk@harbor.example'), ''],
    ['a number without digits', field('phone'), held('call me'), notAPhone],
    ['a text that fits in part', field('text', { pattern }), held('ABC'), wrongFormat],
    ['one of two that fit', field('text', { pattern: 'A|B' }), held('AB'), wrongFormat],
    ['a text that fits', field('text', { pattern }), held(' AB '), ''],
    ['any text where no pattern can be read', field('text', { pattern: '(' }), held('AB'), ''],
    ['a text that is too long', field('text', { maxLength: 2 }), held('ABC'), english.tooLong],
  ])('judges %s', (_, spec, given, problem) => {
    expect(problemOf(spec, given, english)).toBe(problem.replace('{length}', '2'))
  })
})

describe('a form in the conversation', () => {
  const question = (inputId: string) => {
    const [found] = questionsIn(everyInput.inputs).filter((input) => input.inputId === inputId)
    if (!found) throw new Error(`No input ${inputId}`)
    return found
  }
  const send = (inputId: string, ...values: string[]) =>
    valuesOf(question(inputId), held(...values), 'en')

  it('sends what was filled in, by the type of its input, with words where people need them', () => {
    expect(send('container', ' HRBU1234567 ')).toEqual([
      { inputId: 'container', type: 'text', label: 'Container no.', value: 'HRBU1234567' },
    ])
    expect(send('tons', '2.5')).toMatchObject([{ type: 'number', value: 2.5 }])
    expect(send('cold', 'on')).toMatchObject([{ value: true }])
    expect(send('cold')).toMatchObject([{ value: false }])
    expect(send('day', '2026-12-24')[0]?.value).toBe('2026-12-24')
    expect(send('day', '2026-12-24')[0]?.title).toMatch(/Thursday, December 24/)
    expect(send('kind', 'reefer')).toMatchObject([{ value: 'reefer', title: 'Reefer' }])
    expect(send('services', 'customs', 'storage')).toMatchObject([
      { value: ['customs', 'storage'], title: ['Customs', 'Storage'] },
    ])
    const moment = new Date('2026-12-24T09:30').toISOString()
    expect(send('pickup', '2026-12-24T09:30')).toMatchObject([{ value: moment }])
  })

  it('sends nothing for what was left empty, and no notes', () => {
    for (const id of ['remarks', 'tons', 'day', 'pickup', 'kind']) expect(send(id, '')).toEqual([])
    expect(send('services')).toEqual([])
    expect(questionsIn(everyInput.inputs)).toHaveLength(8)
  })

  it('begins with what was filled in before', () => {
    const given = (input: FormInput['inputId'], value: string | string[] | number | boolean) =>
      specOf(question(input), [{ inputId: input, value }]).given
    expect(given('container', 'HRBU')).toEqual(['HRBU'])
    expect(given('tons', 2.5)).toEqual(['2.5'])
    expect(given('cold', true)).toEqual(['on'])
    expect(given('cold', false)).toEqual([])
    expect(given('services', ['customs', 'storage'])).toEqual(['customs', 'storage'])
    expect(given('pickup', new Date('2026-12-24T09:30').toISOString())).toEqual([
      '2026-12-24T09:30',
    ])
    expect(given('pickup', 'some day')).toEqual([''])
  })
})

describe('the questions before a chat', () => {
  const questions: Prechat['fields'] = [
    { name: 'First.Name', label: 'First name', type: 'text', required: true, maxLength: 40 },
    { name: 'Mail', type: 'email', required: false },
    {
      name: 'Topic',
      type: 'choice',
      required: true,
      options: [
        { value: 'a', label: 'Parcels' },
        { value: 'b', default: true },
      ],
    },
    { name: 'Consent', type: 'checkbox', required: true },
  ]

  it('become fields, with the choice that is made beforehand', () => {
    const [first, mail, topic, consent] = questions.map((each) => prechatSpecOf(each, english))
    expect(first).toMatchObject({ type: 'text', label: 'First name', maxLength: 40 })
    expect(mail).toMatchObject({ type: 'email', label: 'Mail', required: false })
    expect(topic).toMatchObject({ type: 'select', given: ['b'] })
    expect(topic?.options).toEqual([
      { itemId: 'a', title: 'Parcels' },
      { itemId: 'b', title: 'b' },
    ])
    expect(consent?.type).toBe('boolean')
  })

  it.each([
    ['_firstName', 'text', 'Vorname', 'given-name'],
    ['_lastName', 'text', 'Nachname', 'family-name'],
    ['_email', 'email', 'E-Mail', 'email'],
    ['Email', 'text', 'E-Mail', 'email'],
    ['_subject', 'text', 'Betreff', undefined],
    ['Phone', 'phone', 'Telefon', 'tel'],
    ['orderNumber', 'text', 'Order Number', undefined],
    ['Order_Number__c', 'number', 'Order Number', undefined],
    ['invoice.mail', 'email', 'Invoice.mail', 'email'],
    ['bestellnummer', 'text', 'Bestellnummer', undefined],
    ['constructor', 'text', 'Constructor', undefined],
    ['__c', 'text', '__c', undefined],
    ['注文番号', 'text', '注文番号', undefined],
  ] as const)('%s of type %s is called %s without a label, and completed as %s', (...row) => {
    const [name, type, label, completion] = row
    const spec = prechatSpecOf({ name, type, required: false }, german)
    expect(spec).toMatchObject({ label, completion })
  })

  it('are called by the page’s label, before the deployment’s and the standard one', () => {
    const texts = { ...english, fields: { _firstName: 'Your name', Topic: 'What about?' } }
    const labelOf = (name: string, label?: string) =>
      prechatSpecOf({ name, label, type: 'text', required: false }, texts).label
    expect(labelOf('_firstName')).toBe('Your name')
    expect(labelOf('Topic', 'Subject matter')).toBe('What about?')
    expect(labelOf('_lastName', 'Family name')).toBe('Family name')
  })

  it('are answered by texts, without what was left empty', () => {
    const answers = [held(' Ada '), held(''), held('b'), held()]
    expect(attributesOf(questions, answers)).toEqual({
      'First.Name': 'Ada',
      Topic: 'b',
      Consent: 'false',
    })
  })

  it('are marked where the gateway did not take the answer', () => {
    const paths = ['routingAttributes.First.Name', 'routingAttributes.Mail', 'language']
    const errors = paths.map((path) => ({ path, message: 'is wrong' }))
    const problem = new ChatProblem({ code: 'invalid_request', retryable: false, errors })
    expect(refusedIn(questions, problem, english)).toEqual({
      0: english.wrongFormat,
      1: english.notAnEmail,
    })
    expect(refusedIn(questions, null, english)).toEqual({})
  })
})
