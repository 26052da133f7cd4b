import { randomUUID } from 'node:crypto'
import { HttpResponse, http } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { startConversation } from '../support/conversation.js'
import { salesforceUrl, setupGateway } from '../support/gateway.js'
import { messagesSentToSalesforce, timesStored } from '../support/sending.js'

const gateway = setupGateway({ env: { SEND_SETTLE_MS: '0' } })

const uuids = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

describe('where Salesforce spells ids in upper case', () => {
  beforeEach(() => {
    gateway.network.use(
      http.all(`${salesforceUrl}/*`, async ({ request }) => {
        const response = await gateway.salesforce.handle(request)
        if (response.type === 'error') return response
        const { status, headers } = response
        const text = (await response.text()).replace(uuids, (id) => id.toUpperCase())
        return new HttpResponse(text, { status, headers })
      }),
    )
  })

  it('send returns 202, sends once, and poll echoes the message under its own id', async () => {
    const { send, poll, conversationId } = await startConversation()
    const id = randomUUID()
    expect((await send('Once', id)).status).toBe(202)
    expect(timesStored(gateway, conversationId, id)).toBe(1)
    expect(messagesSentToSalesforce(gateway)).toHaveLength(1)
    const { messages } = (await poll()).body
    expect(messages).toContainEqual(expect.objectContaining({ id, text: 'Once' }))
  })

  it('send finds a message whose response was lost, and does not send it again', async () => {
    const { send, conversationId } = await startConversation()
    const id = randomUUID()
    gateway.salesforce.switches.storesDuplicates = true
    gateway.salesforce.fail({ operation: 'sendMessage', when: 'after', what: { status: 500 } })
    expect((await send('Once', id)).status).toBe(202)
    expect(timesStored(gateway, conversationId, id)).toBe(1)
  })

  it('start returns 201 for a conversation that exists already and is the visitor’s', async () => {
    const what = { status: 409 }
    gateway.salesforce.fail({ operation: 'createConversation', when: 'after', what })
    expect((await startConversation()).started.status).toBe('open')
  })

  it('send opens a new session after a 403 in a conversation that is open', async () => {
    const { send, conversationId } = await startConversation()
    gateway.salesforce.endSession(conversationId, 'Agent')
    gateway.salesforce.fail({ operation: 'sendMessage', what: { status: 403 } })
    expect((await send('Anybody?')).status).toBe(202)
  })
})
