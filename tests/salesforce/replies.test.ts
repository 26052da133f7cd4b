import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isSignal, sendRequest } from '../../lib/contract/requests.js'
import { toOutgoing } from '../../lib/salesforce/enhanced-chat/outgoing.js'
import { requestViolations } from '../../sandbox/salesforce/openapi.js'

const conversationId = '7c1e9f52-3d0b-4a7e-9b55-0e6f2a1c8d44'
const id = '9f8e7d6c-5b4a-4392-8170-6f5e4d3c2b1a'

const word = fc
  .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
  .filter((text) => text.trim() !== '')
const some = fc.array(word, { maxLength: 3 })
const day = fc.date({ min: new Date(0), max: new Date('2099-12-31'), noInvalidDate: true })
const title = fc.option(fc.oneof(word, some), { nil: undefined })
const label = fc.option(word, { nil: undefined })

const answer = (type: string, value: fc.Arbitrary<unknown>) =>
  fc.record({ inputId: word, type: fc.constantFrom(type, undefined), value, title, label })

const values = fc.array(
  fc.oneof(
    answer('text', word),
    answer('multiline', fc.string()),
    answer('number', fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))),
    answer('boolean', fc.boolean()),
    answer(
      'date',
      day.map((date) => date.toISOString().slice(0, 10)),
    ),
    answer(
      'datetime',
      day.map((date) => date.toISOString()),
    ),
    answer('select', word),
    answer('multiselect', some),
  ),
  { maxLength: 5 },
)

const selections = fc.array(fc.record({ itemId: word, title: label }), {
  minLength: 1,
  maxLength: 4,
})

const base = { conversationId: fc.constant(conversationId) }
const reply = { ...base, inReplyToMessageId: fc.uuid() }
const request = fc.oneof(
  fc.record({ ...base, text: word }),
  fc.record({ ...reply, messageType: fc.constant('ChoiceResponseMessage'), selections }),
  fc.record({ ...reply, messageType: fc.constant('FormResponseMessage'), values }),
)

function complaintsAbout(requestBody: unknown): string[] {
  return requestViolations({
    at: 0,
    operationId: 'sendMessage',
    method: 'POST',
    path: '',
    query: {},
    authorization: null,
    requestBody,
    status: null,
    responseType: null,
    responseBody: undefined,
    faulty: false,
  })
}

it('builds an official body of whatever the contract lets in', () => {
  fc.assert(
    fc.property(request, (body) => {
      const sent = sendRequest.parse(body)
      if (isSignal(sent)) throw new TypeError('a signal is no message')
      const { conversationId: _, routingAttributes: __, ...outgoing } = sent
      const message: unknown = JSON.parse(JSON.stringify(toOutgoing({ ...outgoing, id })))
      expect(complaintsAbout({ message, esDeveloperName: 'Harbor_Custom_Client' })).toEqual([])
    }),
    { numRuns: 500 },
  )
})

it('would notice a body that is not official', () => {
  const message = { id, messageType: 'FormResponseMessage' }
  expect(complaintsAbout({ message, esDeveloperName: 'Harbor_Custom_Client' })).not.toEqual([])
})
