import { expect, it } from 'vitest'
import start from '../../api/start.js'
import { signInAsGuest } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'

const formFields = [
  { name: 'Page', order: 1, type: 'Text', isHidden: true },
  { name: 'Nickname', order: 2, type: 'Text', required: false, isHidden: false },
]
const gateway = setupGateway({
  salesforce: { forms: [{ formType: 'PreChat', displayContext: 'Session', formFields }] },
})

it('shows a form in which nothing is required, and accepts it empty', async () => {
  const { token } = await signInAsGuest()
  const asked = await request(start, { token, body: {} })
  expect(asked).toMatchObject({ status: 409, body: { code: 'prechat_required' } })
  expect(asked.body.prechat).toMatchObject({ required: false, per: 'session' })
  expect(asked.body.prechat.fields).toEqual([{ name: 'Nickname', type: 'text', required: false }])
  const answered = await request(start, { token, body: { routingAttributes: {} } })
  expect(answered).toMatchObject({ status: 201, body: { prechat: asked.body.prechat } })
  expect(gateway.salesforceCalls()).toHaveLength(2)
})
