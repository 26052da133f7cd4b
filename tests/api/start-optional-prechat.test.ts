import { expect, it } from 'vitest'
import start from '../../api/start.js'
import { knock } from '../support/knock.js'
import { arrive } from '../support/visit.js'
import { openWorld } from '../support/world.js'

const formFields = [
  { name: 'Page', order: 1, type: 'Text', isHidden: true },
  { name: 'Nickname', order: 2, type: 'Text', required: false, isHidden: false },
]
const world = openWorld({
  salesforce: { forms: [{ formType: 'PreChat', displayContext: 'Session', formFields }] },
})

it('shows a form in which nothing is required, and accepts it empty', async () => {
  const { token } = await arrive()
  const asked = await knock(start, { token, body: {} })
  expect(asked).toMatchObject({ status: 409, body: { code: 'prechat_required' } })
  expect(asked.body.prechat).toMatchObject({ required: false, per: 'session' })
  expect(asked.body.prechat.fields).toEqual([{ name: 'Nickname', type: 'text', required: false }])
  const answered = await knock(start, { token, body: { routingAttributes: {} } })
  expect(answered).toMatchObject({ status: 201, body: { prechat: asked.body.prechat } })
  expect(world.heard()).toHaveLength(2)
})
