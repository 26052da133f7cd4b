import { describe, expect, it } from 'vitest'
import start from '../../api/start.js'
import { signInAsGuest } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'

const tokenAsked = 'generateAccessTokenForUnauthenticatedUser 200'
const shown = { isHidden: false, required: false }

const formFields = [
  { ...shown, name: 'Topic', order: 3, type: 'ChoiceList', maxLength: 255, choiceListId: 'list' },
  {
    ...shown,
    name: '_firstName',
    order: 1,
    type: 'Text',
    maxLength: 5,
    required: true,
    label: 'First name',
  },
  { ...shown, name: '_email', order: 2, type: 'Email', maxLength: 80 },
  { ...shown, name: 'Page', order: 4, type: 'Text', required: true, isHidden: true },
  { ...shown, name: 'Age', order: 5, type: 'Number', maxLength: 3 },
  { ...shown, name: 'Terms', order: 6, type: 'Checkbox' },
  { ...shown, name: 'Phone', order: 7, type: 'Phone' },
]

const choiceListValues = [
  { order: 2, choiceListValueName: 'Other', choiceListValueId: '0CV2', label: 'Something else' },
  { order: 1, choiceListValueName: 'Billing', choiceListValueId: '0CV1', isDefaultValue: true },
]

const gateway = setupGateway({
  salesforce: {
    forms: [{ formType: 'PreChat', displayContext: 'Conversation', formFields }],
    choiceListConfig: { choiceList: [{ choiceListId: 'list', choiceListValues }] },
    attachments: { endUserToAgent: true, maxFileSize: 5 },
  },
})

const form = {
  required: true,
  per: 'conversation',
  fields: [
    { name: '_firstName', label: 'First name', type: 'text', required: true, maxLength: 5 },
    { name: '_email', type: 'email', required: false, maxLength: 80 },
    {
      name: 'Topic',
      type: 'choice',
      required: false,
      maxLength: 255,
      options: [
        { value: 'Billing', default: true },
        { value: 'Other', label: 'Something else' },
      ],
    },
    { name: 'Age', type: 'number', required: false, maxLength: 3 },
    { name: 'Terms', type: 'checkbox', required: false },
    { name: 'Phone', type: 'phone', required: false },
  ],
}

/** Creates a visitor who fills in the form, once or several times. */
async function applicant() {
  const { token } = await signInAsGuest()
  return (body: object) => request(start, { token, body })
}

describe('a deployment with a pre-chat form', () => {
  it.each([
    ['nothing', {}],
    ['only contextParameters', { contextParameters: { _firstName: 'Mina' } }],
  ])('hands out the form to a caller who sends %s, and opens nothing', async (_what, body) => {
    const begin = await applicant()
    const answer = await begin(body)
    expect(answer.status).toBe(409)
    expect(answer.body).toMatchObject({ code: 'prechat_required', retryable: false })
    expect(answer.body.prechat).toEqual(form)
    expect(gateway.salesforceCalls()).toEqual([tokenAsked])
  })

  it('fetches no second token for the answers, nor for asking again', async () => {
    const begin = await applicant()
    await begin({})
    expect((await begin({})).body.prechat).toEqual(form)
    const answer = await begin({ routingAttributes: { _firstName: 'Mina', Page: '/cart' } })
    expect(answer).toMatchObject({ status: 201, body: { prechat: form, resumed: false } })
    expect(answer.body.attachments).toMatchObject({ maxBytes: 4 * 1024 * 1024 })
    expect(gateway.salesforceCalls()).toEqual([tokenAsked, 'createConversation 201'])
    const { conversationId } = answer.body
    expect(gateway.salesforce.conversation(conversationId).routingAttributes).toEqual({
      _firstName: 'Mina',
      Page: '/cart',
    })
  })

  it('fetches a fresh token when the one that was kept is no longer believed', async () => {
    const begin = await applicant()
    await begin({})
    gateway.salesforce.revokeTokens()
    expect(await begin({ routingAttributes: { _firstName: 'Mina' } })).toMatchObject({
      status: 201,
    })
  })

  it('does not use a token of another deployment', async () => {
    const begin = await applicant()
    await begin({})
    gateway.setEnv({ SALESFORCE_DEPLOYMENT: 'Another_Client' })
    await begin({ routingAttributes: { _firstName: 'Mina' } })
    expect(gateway.salesforceCalls()).toEqual([tokenAsked, tokenAsked.replace('200', '400')])
  })

  it('returns an open conversation without asking again', async () => {
    const begin = await applicant()
    const { body } = await begin({ routingAttributes: { _firstName: 'Mina' } })
    const { conversationId } = body
    expect(await begin({})).toMatchObject({ status: 200, body: { conversationId, prechat: form } })
  })

  it('lets a visitor correct the form more than twice: only opening counts', async () => {
    const begin = await applicant()
    await begin({})
    for (const _email of ['a', 'b', 'c']) {
      const routingAttributes = { _firstName: 'Mina', _email }
      expect((await begin({ routingAttributes })).status).toBe(400)
    }
    const routingAttributes = { _firstName: 'Mina', _email: 'mina@example.org' }
    expect((await begin({ routingAttributes })).status).toBe(201)
  })
})

describe('answers that the form does not allow', () => {
  it.each([
    ['_firstName', 'a required one that is missing', {}],
    ['_firstName', 'a required one that is blank', { _firstName: '  ' }],
    ['_firstName', 'one that is too long', { _firstName: 'Sixsix' }],
    ['_email', 'an address that is none', { _firstName: 'Mina', _email: 'mina' }],
    ['Topic', 'a choice that is not offered', { _firstName: 'Mina', Topic: 'Gossip' }],
    [
      'Topic',
      'a choice by its label instead of its name',
      { _firstName: 'Mina', Topic: 'Something else' },
    ],
    ['Age', 'a number that is none', { _firstName: 'Mina', Age: 'old' }],
    ['Terms', 'a checkbox that is neither on nor off', { _firstName: 'Mina', Terms: 'maybe' }],
    ['Phone', 'a phone number without a digit', { _firstName: 'Mina', Phone: 'none' }],
  ])('are 400 at %s: %s', async (field, _what, routingAttributes) => {
    const begin = await applicant()
    const answer = await begin({ routingAttributes })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    const path = `routingAttributes.${field}`
    expect(answer.body.errors).toEqual([{ path, message: expect.any(String) }])
    expect(gateway.salesforceCalls()).toEqual([tokenAsked])
  })

  it('are all named at once', async () => {
    const begin = await applicant()
    const answer = await begin({ routingAttributes: { _email: 'x', Topic: 'y' } })
    const paths = answer.body.errors.map(({ path }: { path: string }) => path)
    expect(paths.sort()).toEqual([
      'routingAttributes.Topic',
      'routingAttributes._email',
      'routingAttributes._firstName',
    ])
  })

  it('do not hold their text in the answer or in the log', async () => {
    const begin = await applicant()
    const answer = await begin({
      routingAttributes: { _firstName: 'Wilhelmina', _email: 'qwertz' },
    })
    expect(JSON.stringify(answer.body)).not.toMatch(/Wilhelmina|qwertz/)
    expect(gateway.logLines.join()).not.toMatch(/Wilhelmina|qwertz/)
  })
})

describe('answers that the form allows', () => {
  it.each([
    ['length is counted in characters, not in UTF-16 units', { _firstName: '👋👋👋👋👋' }],
    ['optional ones may be empty', { _firstName: 'Mina', _email: '', Topic: '', Age: '' }],
    ['all of them', { _firstName: 'Mina', _email: 'm@example.org', Topic: 'Other', Age: '42' }],
    ['a checkbox as browsers post it', { _firstName: 'Mina', Terms: 'on' }],
    ['a checkbox as programs say it', { _firstName: 'Mina', Terms: 'true' }],
    ['a phone number', { _firstName: 'Mina', Phone: '+49 (0)30 1234-56' }],
    ['names that the form does not know', { _firstName: 'Mina', campaign: 'spring' }],
  ])('open a conversation: %s', async (_what, routingAttributes) => {
    const begin = await applicant()
    expect((await begin({ routingAttributes })).status).toBe(201)
    const opening = gateway.salesforce.exchanges.at(-1)
    expect(opening?.requestBody).toMatchObject({ routingAttributes })
  })

  it('may come partly as contextParameters', async () => {
    const begin = await applicant()
    const body = { contextParameters: { _firstName: 'Mina' }, routingAttributes: {} }
    expect((await begin(body)).status).toBe(201)
  })
})
