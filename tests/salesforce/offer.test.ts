import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attachments, prechat } from '../../lib/contract/replies.js'
import { toOffer } from '../../lib/salesforce/enhanced-chat/offer.js'
import { deploymentConfig } from '../../lib/salesforce/enhanced-chat/schemas.js'

/** Reads a deployment's configuration as Salesforce answers it. */
function offerOf(config: unknown) {
  return toOffer(deploymentConfig.parse(config))
}

function fieldsOf(formFields: unknown[], more: object = {}) {
  return offerOf({ forms: [{ formType: 'PreChat', formFields }], ...more }).prechat?.fields
}

const field = { name: '_email', order: 1, type: 'Email', required: true, isHidden: false }

describe('the pre-chat form', () => {
  const without: [name: string, config: unknown][] = [
    ['an empty configuration', {}],
    ['null forms', { forms: null }],
    ['no forms', { forms: [] }],
    ['a form without fields', { forms: [{ formType: 'PreChat' }] }],
    ['a form with null fields', { forms: [{ formFields: null }] }],
    ['hidden fields only', { forms: [{ formFields: [{ ...field, isHidden: true }] }] }],
  ]
  it.each(without)('is none for %s', (_, config) => {
    expect(offerOf(config).prechat).toBeNull()
  })

  it('is none without a configuration', () => {
    expect(toOffer(undefined)).toEqual({ prechat: null, attachments: null })
    expect(toOffer(null)).toEqual({ prechat: null, attachments: null })
  })

  it.each([
    ['Session', 'session'],
    ['Conversation', 'conversation'],
    [undefined, 'conversation'],
    [null, 'conversation'],
  ])('with the context %s is asked per %s', (displayContext, per) => {
    expect(offerOf({ forms: [{ displayContext, formFields: [field] }] }).prechat?.per).toBe(per)
  })

  it.each([
    ['Text', 'text'],
    ['Email', 'email'],
    ['Number', 'number'],
    ['Phone', 'phone'],
    ['Checkbox', 'checkbox'],
    ['ChoiceList', 'choice'],
    ['Telepathy', 'text'],
    ['constructor', 'text'],
  ])('calls a field of type %s %s', (type, shown) => {
    expect(fieldsOf([{ ...field, type }])).toMatchObject([{ name: '_email', type: shown }])
  })

  it('keeps visible fields in their order, with what is known of them', () => {
    const fields = fieldsOf([
      { name: 'b', order: 2, type: 'Text', maxLength: 40, label: 'B\u0000' },
      { ...field, name: 'secret', isHidden: true },
      { name: 'a', order: 1, type: 'Text', required: true },
    ])
    expect(fields).toEqual([
      { name: 'a', type: 'text', required: true },
      { name: 'b', label: 'B', type: 'text', required: false, maxLength: 40 },
    ])
  })

  it('is required when one visible field is', () => {
    const optional = { ...field, required: false }
    const requiredOf = (formFields: unknown[]) =>
      offerOf({ forms: [{ formFields }] }).prechat?.required
    expect(requiredOf([optional, field])).toBe(true)
    expect(requiredOf([optional, { ...field, isHidden: true }])).toBe(false)
  })

  it('answers a choice by the names of its values, in their order', () => {
    const choiceList = [
      {
        choiceListId: 'list',
        choiceListValues: [
          { order: 2, choiceListValueName: 'Claims', choiceListValueId: '2' },
          {
            order: 1,
            choiceListValueName: 'Billing',
            choiceListValueId: '1',
            label: 'Bills',
            isDefaultValue: true,
          },
        ],
      },
      { choiceListId: 'other', choiceListValues: [] },
    ]
    const choice = { name: 'Topic', order: 1, type: 'ChoiceList', choiceListId: 'list' }
    expect(fieldsOf([choice], { choiceListConfig: { choiceList } })).toMatchObject([
      { options: [{ value: 'Billing', label: 'Bills', default: true }, { value: 'Claims' }] },
    ])
    expect(fieldsOf([choice])).toMatchObject([{ type: 'choice', options: [] }])
  })
})

describe('attachments', () => {
  const megabyte = 1024 * 1024
  const offers: [config: object | null, maxBytes: number | null][] = [
    [null, null],
    [{ endUserToAgent: false, maxFileSize: 5 }, null],
    [{ maxFileSize: 5 }, null],
    [{ endUserToAgent: true, maxFileSize: 5 }, 5 * megabyte],
    [{ endUserToAgent: true, maxFileSize: null }, 5 * megabyte],
    [{ endUserToAgent: true }, 5 * megabyte],
    [{ endUserToAgent: true, maxFileSize: 2.3 }, Math.floor(2.3 * megabyte)],
  ]
  it.each(offers)('%o allow %s bytes', (config, maxBytes) => {
    expect(offerOf({ attachments: config }).attachments).toEqual(maxBytes && { maxBytes })
  })
})

it('never offers what may not leave', () => {
  const number = fc.oneof(fc.nat(), fc.double({ noNaN: true, min: 0, max: 1e6 }))
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
  const formField = fc.record({
    name: fc.string(),
    order: maybe(number),
    type: fc.constantFrom('Text', 'ChoiceList', 'Checkbox', 'x'),
    required: maybe(fc.boolean()),
    maxLength: maybe(number),
    isHidden: maybe(fc.boolean()),
    label: maybe(fc.string()),
  })
  const config = fc.record({
    forms: maybe(fc.array(fc.record({ formFields: maybe(fc.array(formField)) }), { maxLength: 2 })),
    attachments: maybe(fc.record({ endUserToAgent: fc.boolean(), maxFileSize: maybe(number) })),
  })
  fc.assert(
    fc.property(config, (given) => {
      const offer = offerOf(given)
      expect(prechat.nullable().safeParse(offer.prechat).error).toBeUndefined()
      expect(attachments.nullable().safeParse(offer.attachments).error).toBeUndefined()
    }),
    { numRuns: Number(process.env.FC_RUNS ?? 200) },
  )
})
