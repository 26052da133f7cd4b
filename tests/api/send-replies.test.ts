import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import send from '../../api/send.js'
import { option, title } from '../salesforce/fixtures/fixture.js'
import { everyInput } from '../salesforce/fixtures/forms.js'
import { startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { messagesSentToSalesforce, patient } from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'

// A timeout would add calls to Salesforce or leave out titles.
const gateway = setupGateway({ env: patient })
simulateEachTest()

const quickReplies = {
  messageType: 'ChoicesMessage',
  choices: {
    formatType: 'QuickReplies',
    text: 'Which port?',
    optionItems: [option('b1c2', 'Rotterdam &amp; co'), option('d3e4', 'Busan')],
  },
}

/** Starts a conversation in which a bot sends a message that the visitor can answer. */
async function startWithQuestion(
  message: { messageType: string; [field: string]: unknown },
  inReplyToMessageId: string = randomUUID(),
) {
  const visitor = await startConversation()
  const { conversationId, token } = visitor
  gateway.salesforce.inject(conversationId, [
    { from: 'Chatbot', message: { ...message, id: inReplyToMessageId } },
  ])
  const answer = (body: object) =>
    request(send, { token, body: { conversationId, inReplyToMessageId, ...body } })
  const choose = (selections: unknown, more: object = {}) =>
    answer({ messageType: 'ChoiceResponseMessage', selections, ...more })
  const fill = (values: unknown, more: object = {}) =>
    answer({ messageType: 'FormResponseMessage', values, ...more })
  return { ...visitor, inReplyToMessageId, answer, choose, fill }
}

const sent = () => messagesSentToSalesforce(gateway)

function listCount(): number {
  return gateway.salesforceCalls().filter((call) => call.startsWith('listConversationEntries'))
    .length
}

const titleItem = (text: string) => ({ itemType: 'TitleItem', title: text })

describe('send of a choice', () => {
  it('sends it in the format of Salesforce, and the poll returns it', async () => {
    const visitor = await startWithQuestion(quickReplies)
    const { inReplyToMessageId } = visitor
    const id = randomUUID()
    const answer = await visitor.choose([{ itemId: 'd3e4', title: 'Busan' }], { id })
    expect(answer.status).toBe(202)
    expect(answer.body).toMatchObject({ id, duplicate: false })
    const choicesResponse = {
      formatType: 'Selections',
      selectedOptions: [
        { optionIdentifier: 'd3e4', optionTitle: { ...titleItem('Busan'), subTitle: null } },
      ],
    }
    expect(sent()).toEqual([
      {
        message: { id, messageType: 'ChoicesResponseMessage', inReplyToMessageId, choicesResponse },
        esDeveloperName: 'Harbor_Custom_Client',
      },
    ])
    expect(listCount()).toBe(0)
    const { body } = await visitor.poll()
    expect(body.messages.find((message: { id: string }) => message.id === id)).toMatchObject({
      messageType: 'ChoiceResponseMessage',
      sender: { role: 'EndUser' },
      inReplyToMessageId,
      text: 'Busan',
      selections: [{ itemId: 'd3e4', title: 'Busan' }],
    })
  })

  it('takes a missing title from the answered message with one list call', async () => {
    const visitor = await startWithQuestion(quickReplies)
    expect((await visitor.choose([{ itemId: 'b1c2' }])).status).toBe(202)
    expect(listCount()).toBe(1)
    expect(sent()).toMatchObject([
      {
        message: {
          choicesResponse: {
            selectedOptions: [
              { optionIdentifier: 'b1c2', optionTitle: { title: 'Rotterdam & co' } },
            ],
          },
        },
      },
    ])
  })

  it.each(['1795000000000-REQ-1', '{a} b', 'X'.repeat(128)])(
    'answers a question whose id is %s: sends the id as it came, fills the title in, delivers once',
    async (questionId) => {
      const visitor = await startWithQuestion(quickReplies, questionId)
      const [question] = (await visitor.poll()).body.messages.slice(-1)
      expect(question.id).toBe(questionId)
      const id = randomUUID()
      for (const duplicate of [false, true]) {
        const answer = await visitor.choose([{ itemId: 'b1c2' }], { id })
        expect(answer).toMatchObject({ status: 202, body: { id, duplicate } })
      }
      const choicesResponse = { selectedOptions: [{ optionTitle: { title: 'Rotterdam & co' } }] }
      const message = { inReplyToMessageId: questionId, choicesResponse }
      expect(sent()).toMatchObject([{ message }])
    },
  )

  it.each([
    ['the answered message is unknown', { inReplyToMessageId: randomUUID() }],
    ['the answered message does not offer it', {}],
  ])('sends it without a title when %s', async (_, more) => {
    const visitor = await startWithQuestion(quickReplies)
    expect((await visitor.choose([{ itemId: 'zzz' }], more)).status).toBe(202)
    expect(sent()).toMatchObject([
      { message: { choicesResponse: { selectedOptions: [{ optionIdentifier: 'zzz' }] } } },
    ])
    expect(JSON.stringify(sent())).not.toContain('optionTitle')
  })

  it.each(['hang', 'drop', 'nonsense'] as const)(
    'sends it without a title when the list call ends in %s',
    async (what) => {
      gateway.setEnv({ REQUEST_DEADLINE_MS: '4000' })
      const visitor = await startWithQuestion(quickReplies)
      gateway.salesforce.fail({ operation: 'listConversationEntries', times: 9, what })
      expect((await visitor.choose([{ itemId: 'b1c2' }])).status).toBe(202)
      expect(JSON.stringify(sent())).not.toContain('optionTitle')
    },
  )

  it('sends a repeated choice once, even when routingAttributes are added', async () => {
    const visitor = await startWithQuestion(quickReplies)
    const id = randomUUID()
    await visitor.choose([{ itemId: 'b1c2' }], { id })
    const again = await visitor.choose([{ itemId: 'b1c2' }], { id, routingAttributes: { a: 'b' } })
    expect(again.status).toBe(202)
    expect(again.body).toMatchObject({ id, duplicate: true })
    expect(sent()).toHaveLength(1)
  })

  it('sends it once when the response to the first attempt was lost', async () => {
    const visitor = await startWithQuestion(quickReplies)
    const id = randomUUID()
    gateway.salesforce.fail({ operation: 'sendMessage', when: 'after', what: 'drop' })
    const first = await visitor.choose([{ itemId: 'b1c2' }], { id })
    expect(first.status).toBe(202)
    expect(sent()).toHaveLength(1)
  })

  it.each([
    ['another selection', { selections: [{ itemId: 'd3e4' }] }],
    ['one selection more', { selections: [{ itemId: 'b1c2' }, { itemId: 'd3e4' }] }],
    ['another question', { inReplyToMessageId: randomUUID() }],
    ['another type', { messageType: 'FormResponseMessage', selections: undefined, values: [] }],
  ])('returns 422 id_reused for %s under the same id', async (_, other) => {
    const visitor = await startWithQuestion(quickReplies)
    const id = randomUUID()
    const body = { messageType: 'ChoiceResponseMessage', selections: [{ itemId: 'b1c2' }], id }
    await visitor.answer(body)
    const { status, body: problem } = await visitor.answer({ ...body, ...other })
    expect([status, problem.code]).toEqual([422, 'id_reused'])
    expect(sent()).toHaveLength(1)
  })
})

describe('send of a form', () => {
  it('sends it in the format of Salesforce, each value by the type of its input', async () => {
    const visitor = await startWithQuestion(everyInput)
    const { inReplyToMessageId } = visitor
    const id = randomUUID()
    const values = [
      { inputId: 'in-1', value: 'HRBU1234567', type: 'text', label: 'Container no.' },
      { inputId: 'in-2', value: 'Mind\nthe gap', type: 'multiline', label: 'Remarks' },
      { inputId: 'in-3', value: 2.5, type: 'number', label: 'Weight' },
      { inputId: 'in-8', value: 4, type: 'number', label: 'Pieces' },
      { inputId: 'in-9', value: false, type: 'boolean', label: 'Hazardous' },
      { inputId: 'in-6', value: '2026-11-24', type: 'date', label: 'Day' },
      {
        ...{ inputId: 'in-7', value: '2026-11-24T09:00:00Z', type: 'datetime', label: 'When' },
        title: '24 Nov, 09:00',
      },
      { inputId: 'in-4', value: 'o-2', type: 'select', label: 'Size', title: '40 ft' },
      {
        ...{ inputId: 'in-5', value: ['e-1', 'e-2'], type: 'multiselect', label: 'Extras' },
        title: ['Reefer', 'Seal'],
      },
    ]
    expect((await visitor.fill(values, { id })).status).toBe(202)
    expect(listCount()).toBe(0)
    const single = (inputId: string, label: string, value: object, displayValue: string) => ({
      inputValueType: 'SingleInputValue',
      inputId,
      inputlabel: titleItem(label),
      value,
      displayValue,
    })
    const selected = (inputId: string, label: string, selectedOptions: object[]) => ({
      inputValueType: 'SelectedOptionsInputValue',
      inputId,
      inputlabel: titleItem(label),
      selectedOptions,
    })
    const text = (textValue: string) => ({ valueType: 'TextValue', textValue })
    const inputValues = [
      single('in-1', 'Container no.', text('HRBU1234567'), 'HRBU1234567'),
      single('in-2', 'Remarks', text('Mind\nthe gap'), 'Mind\nthe gap'),
      single('in-3', 'Weight', { valueType: 'DoubleValue', doubleValue: 2.5 }, '2.5'),
      single('in-8', 'Pieces', { valueType: 'IntegerValue', integerValue: 4 }, '4'),
      single('in-9', 'Hazardous', { valueType: 'BooleanValue', booleanValue: false }, 'false'),
      single('in-6', 'Day', { valueType: 'DateValue', dateValue: '2026-11-24' }, '2026-11-24'),
      single(
        'in-7',
        'When',
        { valueType: 'DateTimeValue', dateTimeValue: '2026-11-24T09:00:00Z' },
        '24 Nov, 09:00',
      ),
      selected('in-4', 'Size', [{ optionIdentifier: 'o-2', optionTitle: titleItem('40 ft') }]),
      selected('in-5', 'Extras', [
        { optionIdentifier: 'e-1', optionTitle: titleItem('Reefer') },
        { optionIdentifier: 'e-2', optionTitle: titleItem('Seal') },
      ]),
    ]
    const formResponse = { formatType: 'Inputs', inputValues }
    expect(sent()).toEqual([
      {
        message: { id, messageType: 'FormResponseMessage', inReplyToMessageId, formResponse },
        esDeveloperName: 'Harbor_Custom_Client',
      },
    ])
  })

  it('takes missing types, labels and titles from the form with one list call', async () => {
    const visitor = await startWithQuestion(everyInput)
    const values = [
      { inputId: 'in-1', value: 'HRBU1234567' },
      { inputId: 'in-4', value: 'o-2' },
      { inputId: 'in-6', value: '2026-11-24' },
      { inputId: 'in-7', value: 'tomorrow' },
    ]
    expect((await visitor.fill(values)).status).toBe(202)
    expect(listCount()).toBe(1)
    expect(sent()).toMatchObject([
      {
        message: {
          formResponse: {
            inputValues: [
              { inputlabel: { title: 'Container no.' }, value: { valueType: 'TextValue' } },
              {
                inputValueType: 'SelectedOptionsInputValue',
                selectedOptions: [{ optionIdentifier: 'o-2', optionTitle: { title: '40 ft' } }],
              },
              { inputlabel: { title: 'Day' }, value: { dateValue: '2026-11-24' } },
              { inputlabel: { title: 'When' }, value: { textValue: 'tomorrow' } },
            ],
          },
        },
      },
    ])
  })

  it('takes the type from the value when the form is unknown', async () => {
    const visitor = await startWithQuestion(everyInput)
    const values = [
      { inputId: 'a', value: 'x' },
      { inputId: 'b', value: 1 },
      { inputId: 'c', value: 1.5 },
      { inputId: 'd', value: true },
      { inputId: 'e', value: ['o-1'] },
    ]
    expect((await visitor.fill(values, { inReplyToMessageId: randomUUID() })).status).toBe(202)
    expect(sent()).toMatchObject([
      {
        message: {
          formResponse: {
            inputValues: [
              { value: { textValue: 'x' } },
              { value: { integerValue: 1 } },
              { value: { doubleValue: 1.5 } },
              { value: { booleanValue: true } },
              { selectedOptions: [{ optionIdentifier: 'o-1' }] },
            ],
          },
        },
      },
    ])
  })

  it('sends a repeated form once and returns 422 id_reused for other values under its id', async () => {
    const visitor = await startWithQuestion(everyInput)
    const id = randomUUID()
    await visitor.fill([{ inputId: 'in-1', value: 'A' }], { id })
    const again = await visitor.fill([{ inputId: 'in-1', value: 'A' }], { id })
    expect(again.body).toMatchObject({ id, duplicate: true })
    const other = await visitor.fill([{ inputId: 'in-1', value: 'B' }], { id })
    expect([other.status, other.body.code]).toEqual([422, 'id_reused'])
    expect(sent()).toHaveLength(1)
  })
})

describe('send of an invalid answer', () => {
  const choice = { messageType: 'ChoiceResponseMessage', inReplyToMessageId: randomUUID() }
  const form = { messageType: 'FormResponseMessage', inReplyToMessageId: randomUUID() }
  const value = (more: object) => ({ ...form, values: [{ inputId: 'a', value: 'x', ...more }] })

  it.each([
    [{ ...choice }, 'selections', 'is required'],
    [{ ...choice, selections: [] }, 'selections', 'at least one'],
    [{ ...choice, selections: 'b1c2' }, 'selections', 'array'],
    [{ ...choice, selections: [{ title: 'Busan' }] }, 'selections.0.itemId', 'is required'],
    [{ ...choice, selections: [{ itemId: '' }] }, 'selections.0.itemId', 'must not be empty'],
    [{ ...choice, selections: [{ itemId: 'a', id: 'b' }] }, 'selections.0.id', 'not a known'],
    [{ ...choice, selections: [{ itemId: 'a' }], text: 'Busan' }, 'text', 'not a known'],
    [
      { messageType: 'ChoiceResponseMessage', selections: [{ itemId: 'a' }] },
      'inReplyToMessageId',
      'is required',
    ],
    [
      { ...choice, inReplyToMessageId: 'x'.repeat(129), selections: [{ itemId: 'a' }] },
      'inReplyToMessageId',
      'must be 1 to 128 printable ASCII characters',
    ],
    [{ ...form }, 'values', 'is required'],
    [value({ value: { a: 1 } }), 'values.0.value', 'must be a text'],
    [value({ value: undefined }), 'values.0.value', 'is required'],
    [value({ type: 'email' }), 'values.0.type', 'multiselect'],
    [value({ type: 'number' }), 'values.0.value', 'must be a number'],
    [value({ type: 'boolean' }), 'values.0.value', 'true or false'],
    [value({ type: 'date' }), 'values.0.value', 'must be a date'],
    [value({ type: 'datetime', value: '2026-11-24T09:00' }), 'values.0.value', 'with a zone'],
    [value({ type: 'select', value: ['a', 'b'] }), 'values.0.value', 'one item'],
    [value({ type: 'multiselect', value: 5 }), 'values.0.value', 'item ids'],
    [value({ type: 'text', value: 5 }), 'values.0.value', 'must be a text'],
    [value({ inputlabel: 'x' }), 'values.0.inputlabel', 'not a known'],
    [{ messageType: 'CloseConversation' }, 'messageType', 'ChoiceResponseMessage'],
    [{ messageType: 7, text: 'Hello' }, 'messageType', 'StaticContentMessage'],
    [{ text: 'Hello', selections: [] }, 'selections', 'not a known'],
    [{}, 'text', 'is required'],
  ])('returns 400 and sends nothing for %j: %s %s', async (reply, path, words) => {
    const { token, conversationId } = await startConversation()
    const { status, body } = await request(send, { token, body: { conversationId, ...reply } })
    expect([status, body.code]).toEqual([400, 'invalid_request'])
    expect(body.errors).toHaveLength(1)
    expect(body.errors[0].path).toBe(path)
    expect(body.errors[0].message).toContain(words)
    expect(sent()).toEqual([])
  })
})

it('send takes the title of a carousel button from the carousel', async () => {
  const carousel = {
    messageType: 'ChoicesMessage',
    choices: {
      formatType: 'Carousel',
      items: [{ titleItem: title('20 ft'), interactionItems: [option('c1', 'Choose')] }],
    },
  }
  const visitor = await startWithQuestion(carousel)
  await visitor.choose([{ itemId: 'c1' }])
  expect(JSON.stringify(sent())).toContain('"title":"Choose"')
})
