/** How sessions and conversations end, told apart by what a poll says of the conversation. */
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import send from '../../api/send.js'
import { startConversation, textsOf } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { messagesSentToSalesforce, noLimits } from '../support/sending.js'

const gateway = setupGateway({ env: noLimits })

type Visitor = Awaited<ReturnType<typeof startConversation>>

/** What the conversation is like after each of these happenings, for a client that keeps polling. */
async function watch(visitor: Visitor) {
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

describe('the conversation tells', () => {
  it('an agent’s end, after which the next message is answered by the bot again', async () => {
    const visitor = await startConversation()
    const whatAfter = await watch(visitor)
    expect(await whatAfter(() => visitor.send('Hello'))).toEqual(bot)
    expect(await whatAfter(() => visitor.send('agent'))).toEqual(dana)
    expect(await whatAfter(() => visitor.send('bye'))).toEqual({ ...nobody, endedBy: 'Agent' })
    expect(await whatAfter(() => visitor.send('One more thing'))).toEqual(bot)
  })

  it('the bot’s end', async () => {
    const visitor = await startConversation()
    const whatAfter = await watch(visitor)
    expect(await whatAfter(() => visitor.send('bye'))).toEqual({ ...nobody, endedBy: 'System' })
    expect(await whatAfter(() => visitor.send('Hello again'))).toEqual(bot)
  })

  it('a transfer, in which somebody is always in charge or being looked for', async () => {
    const visitor = await startConversation()
    const whatAfter = await watch(visitor)
    await whatAfter(() => visitor.send('agent'))
    const moved = await whatAfter(() => gateway.salesforce.transfer(visitor.conversationId))
    expect(moved).toMatchObject({ status: 'open', endedBy: null })
    expect(['queue', 'agent']).toContain(moved.handledBy)
    expect(moved.present).not.toContain('Dana')
  })

  it('an agent who leaves without ending anything', async () => {
    const visitor = await startConversation()
    const whatAfter = await watch(visitor)
    await whatAfter(() => visitor.send('agent'))
    const left = await whatAfter(() => gateway.salesforce.agentLeaves(visitor.conversationId))
    expect(left).toEqual({ status: 'open', handledBy: 'queue', endedBy: null, present: [] })
  })

  it('that nobody is available', async () => {
    const visitor = await startConversation()
    const whatAfter = await watch(visitor)
    expect((await whatAfter(() => visitor.send('busy'))).status).toBe('open')
    const { body } = await visitor.poll()
    expect(JSON.stringify(body.messages)).toContain('No_Agent')
  })

  it('the visitor’s end of the session, which the next message reopens', async () => {
    const visitor = await startConversation({
      routingAttributes: { Topic: 'Billing' },
      language: 'de',
    })
    const whatAfter = await watch(visitor)
    expect(await whatAfter(() => visitor.end({ scope: 'session' }))).toEqual({
      ...nobody,
      endedBy: 'EndUser',
    })
    const id = randomUUID()
    expect(await whatAfter(() => visitor.send('I am back', id))).toEqual(bot)
    expect(messagesSentToSalesforce(gateway).at(-1)).toMatchObject({
      message: { id },
      isNewMessagingSession: true,
      routingAttributes: { Topic: 'Billing' },
      language: 'de',
    })
    await whatAfter(() => visitor.send('And more'))
    expect(messagesSentToSalesforce(gateway).at(-1)).not.toHaveProperty('isNewMessagingSession')
  })

  it('a close, after which nothing can be said', async () => {
    const visitor = await startConversation()
    const whatAfter = await watch(visitor)
    expect(await whatAfter(() => visitor.end())).toEqual({
      ...nobody,
      status: 'ended',
      endedBy: 'EndUser',
    })
    expect((await visitor.send('Too late')).body.code).toBe('conversation_ended')
  })
})

it('shows texts of every session in one conversation', async () => {
  const visitor = await startConversation()
  for (const text of ['first', 'bye', 'second']) await visitor.send(text)
  const { body } = await visitor.poll()
  expect(textsOf(body)).toEqual(expect.arrayContaining(['first', 'second']))
  const { conversationId, token } = visitor
  expect((await request(send, { token, body: { conversationId, text: 'third' } })).status).toBe(202)
})
