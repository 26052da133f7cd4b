/** Tests the ends of sessions and of conversations by the conversation that a poll returns. */
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import send from '../../api/send.js'
import { startConversation, textsOf } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { messagesSentToSalesforce, noLimits } from '../support/sending.js'

const gateway = setupGateway({ env: noLimits })

type Visitor = Awaited<ReturnType<typeof startConversation>>

/** Polls as a client does; the function that it returns polls after an action. */
async function createWatcher(visitor: Visitor) {
  let { cursor } = (await visitor.poll()).body
  return async (act: () => unknown) => {
    await act()
    const { body } = await visitor.poll({ cursor })
    cursor = body.cursor
    const { status, handledBy, endedBy, participants } = body.conversation
    const present = participants.map(({ displayName }: { displayName: string }) => displayName)
    return { status, handledBy, endedBy, present }
  }
}

const bot = { status: 'open', handledBy: 'bot', endedBy: null, present: ['Harbor Assistant'] }
const dana = { status: 'open', handledBy: 'agent', endedBy: null, present: ['Dana'] }
const nobody = { status: 'open', handledBy: 'none', present: [] }

describe('poll', () => {
  it('shows an end by the agent, after which the bot answers the next message', async () => {
    const visitor = await startConversation()
    const stateAfter = await createWatcher(visitor)
    expect(await stateAfter(() => visitor.send('Hello'))).toEqual(bot)
    expect(await stateAfter(() => visitor.send('agent'))).toEqual(dana)
    expect(await stateAfter(() => visitor.send('bye'))).toEqual({ ...nobody, endedBy: 'Agent' })
    expect(await stateAfter(() => visitor.send('One more thing'))).toEqual(bot)
  })

  it('shows an end by the bot, and the bot after the next message', async () => {
    const visitor = await startConversation()
    const stateAfter = await createWatcher(visitor)
    expect(await stateAfter(() => visitor.send('bye'))).toEqual({ ...nobody, endedBy: 'System' })
    expect(await stateAfter(() => visitor.send('Hello again'))).toEqual(bot)
  })

  it('shows an agent or the queue in charge during a transfer', async () => {
    const visitor = await startConversation()
    const stateAfter = await createWatcher(visitor)
    await stateAfter(() => visitor.send('agent'))
    const moved = await stateAfter(() => gateway.salesforce.transfer(visitor.conversationId))
    expect(moved).toMatchObject({ status: 'open', endedBy: null })
    expect(['queue', 'agent']).toContain(moved.handledBy)
    expect(moved.present).not.toContain('Dana')
  })

  it('shows the queue in charge after an agent leaves without ending the session', async () => {
    const visitor = await startConversation()
    const stateAfter = await createWatcher(visitor)
    await stateAfter(() => visitor.send('agent'))
    const left = await stateAfter(() => gateway.salesforce.agentLeaves(visitor.conversationId))
    expect(left).toEqual({ status: 'open', handledBy: 'queue', endedBy: null, present: [] })
  })

  it('shows the entry No_Agent in an open conversation when no agent is available', async () => {
    const visitor = await startConversation()
    const stateAfter = await createWatcher(visitor)
    expect((await stateAfter(() => visitor.send('busy'))).status).toBe('open')
    const { body } = await visitor.poll()
    expect(JSON.stringify(body.messages)).toContain('No_Agent')
  })

  it('shows an end of the session by the visitor, and the next message opens another session', async () => {
    const visitor = await startConversation({
      routingAttributes: { Topic: 'Billing' },
      language: 'de',
    })
    const stateAfter = await createWatcher(visitor)
    expect(await stateAfter(() => visitor.end({ scope: 'session' }))).toEqual({
      ...nobody,
      endedBy: 'EndUser',
    })
    const id = randomUUID()
    expect(await stateAfter(() => visitor.send('I am back', id))).toEqual(bot)
    expect(messagesSentToSalesforce(gateway).at(-1)).toMatchObject({
      message: { id },
      isNewMessagingSession: true,
      routingAttributes: { Topic: 'Billing' },
      language: 'de',
    })
    await stateAfter(() => visitor.send('And more'))
    expect(messagesSentToSalesforce(gateway).at(-1)).not.toHaveProperty('isNewMessagingSession')
  })

  it('shows an end of the conversation by the visitor, after which send returns conversation_ended', async () => {
    const visitor = await startConversation()
    const stateAfter = await createWatcher(visitor)
    expect(await stateAfter(() => visitor.end())).toEqual({
      ...nobody,
      status: 'ended',
      endedBy: 'EndUser',
    })
    expect((await visitor.send('Too late')).body.code).toBe('conversation_ended')
  })
})

it('poll returns texts of two sessions in one conversation', async () => {
  const visitor = await startConversation()
  for (const text of ['first', 'bye', 'second']) await visitor.send(text)
  const { body } = await visitor.poll()
  expect(textsOf(body)).toEqual(expect.arrayContaining(['first', 'second']))
  const { conversationId, token } = visitor
  expect((await request(send, { token, body: { conversationId, text: 'third' } })).status).toBe(202)
})
