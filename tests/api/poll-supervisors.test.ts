/** Tests what a poll shows of Supervisors, whose ends may end nothing, and of messages by Salesforce itself. */
import { describe, expect, it } from 'vitest'
import type { InjectionInput } from '../../sandbox/salesforce/index.js'
import { startConversation, textsOf } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { noLimits, shiftClock } from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'

const gateway = setupGateway({ env: noLimits })
simulateEachTest()

const supervisor = { role: 'Supervisor', appType: 'agent', subject: '005ZZ0000000009' }
const dana = { role: 'Agent', appType: 'agent', subject: '005ZZ0000000001' }
const change = (operation: string, displayName: string, participant: object) => ({
  operation,
  displayName,
  participant,
})
const participants = (...entries: object[]): InjectionInput => ({
  payload: { entryType: 'ParticipantChanged', entries },
})

/** Starts a conversation with an agent and returns functions that read on from there. */
async function conversationWithAgent() {
  const visitor = await startConversation()
  gateway.salesforce.agentJoins(visitor.conversationId)
  let { cursor } = (await visitor.poll()).body
  return {
    ...visitor,
    inject: (...entries: InjectionInput[]) =>
      gateway.salesforce.inject(visitor.conversationId, entries),
    async pollNext() {
      const { status, body } = await visitor.poll({ cursor })
      expect(status).toBe(200)
      cursor = body.cursor
      return body
    },
  }
}

describe('supervisors', () => {
  it('come, go and listen unseen', async () => {
    const { inject, pollNext, poll } = await conversationWithAgent()
    inject(
      participants(change('add', 'Chris', supervisor)),
      participants(change('update', 'Chris R.', supervisor)),
    )
    const { messages, conversation } = await pollNext()
    expect(messages).toEqual([])
    const withDana = { handledBy: 'agent', participants: [{ role: 'Agent', displayName: 'Dana' }] }
    expect(conversation).toMatchObject(withDana)
    expect((await poll()).body.conversation).toMatchObject(withDana)
    inject(participants(change('remove', 'Chris R.', supervisor)))
    expect((await pollNext()).messages).toEqual([])
  })

  it('are left out of an entry that tells of others, too', async () => {
    const { inject, pollNext } = await conversationWithAgent()
    inject(participants(change('add', 'Chris', supervisor), change('remove', 'Dana', dana)))
    const { messages } = await pollNext()
    expect(messages).toMatchObject([
      {
        messageType: 'ParticipantChanged',
        text: 'Dana left.',
        participants: [{ operation: 'remove', role: 'Agent', displayName: 'Dana' }],
      },
    ])
    expect(JSON.stringify(messages)).not.toMatch(/Chris|Supervisor/)
  })
})

describe('an agent whose end shows only as a removal', () => {
  it('is no participant any more', async () => {
    const { inject, pollNext } = await conversationWithAgent()
    inject(participants(change('remove', 'Dana', dana)))
    const { conversation } = await pollNext()
    expect(conversation).toMatchObject({ status: 'open', handledBy: 'queue', participants: [] })
  })
})

const ended = (role: string): InjectionInput => ({
  payload: {
    entryType: 'SessionStatusChanged',
    sessionStatus: 'Ended',
    sessionStatusPrev: 'Active',
    sessionEndedByRole: role,
  },
})

function routingStatusIs(routingStatus: string, times: number) {
  gateway.salesforce.fail({
    operation: 'retrieveConversationRoutingStatus',
    times,
    what: { status: 200, body: { routingStatus } },
  })
}

const routingCalls = () =>
  gateway.salesforceCalls().filter((call) => call.startsWith('retrieveConversationRouting')).length

describe('a session that ended by a Supervisor', () => {
  const believed = { status: 'open', handledBy: 'none', endedBy: 'Agent', participants: [] }

  it.each(['ROUTED', 'TRANSFER', 'INITIAL'])(
    'is neither shown nor over while the routing status is %s',
    async (routingStatus) => {
      const { inject, pollNext, poll } = await conversationWithAgent()
      inject(ended('Supervisor'))
      routingStatusIs(routingStatus, 2)
      const { messages, conversation } = await pollNext()
      expect(messages).toEqual([])
      expect(conversation).toMatchObject({ handledBy: 'agent', endedBy: null })
      const first = (await poll()).body
      expect(JSON.stringify(first.messages)).not.toContain('Ended')
      expect(first.conversation).toMatchObject({ handledBy: 'agent', endedBy: null })
    },
  )

  it('is shown and over once the routing status says so, in the poll that learns it', async () => {
    const { inject, pollNext, poll } = await conversationWithAgent()
    inject(ended('Supervisor'))
    routingStatusIs('ROUTED', 1)
    expect((await pollNext()).messages).toEqual([])
    routingStatusIs('NEEDS_ROUTING', 3)
    const { messages, conversation } = await pollNext()
    expect(messages).toMatchObject([
      { messageType: 'SessionStatusChanged', session: { status: 'Ended', endedBy: 'Agent' } },
    ])
    expect(conversation).toMatchObject(believed)
    expect((await pollNext()).messages).toEqual([])
    expect((await poll()).body.conversation).toMatchObject(believed)
  })

  it.each([{ status: 500 }, 'drop', { status: 403 }, 'nonsense'] as const)(
    'is not believed while the routing status ends in %j',
    async (what) => {
      gateway.setEnv({ REQUEST_DEADLINE_MS: '900' })
      const { inject, pollNext } = await conversationWithAgent()
      inject(ended('Supervisor'))
      const operation = 'retrieveConversationRoutingStatus'
      gateway.salesforce.fail({ operation, times: 9, what })
      const { messages, conversation } = await pollNext()
      expect(messages).toEqual([])
      expect(conversation.handledBy).toBe('agent')
    },
  )

  it.each(['Agent', 'System', 'Chatbot', 'EndUser'])(
    'needs no routing status when it ended by %s',
    async (role) => {
      const { inject, pollNext } = await conversationWithAgent()
      const before = routingCalls()
      inject(ended(role))
      expect((await pollNext()).conversation.handledBy).toBe('none')
      expect(routingCalls()).toBe(before)
    },
  )

  it('costs no routing status once it has left the window', async () => {
    const { inject, pollNext, send } = await conversationWithAgent()
    inject(ended('Supervisor'))
    await pollNext()
    shiftClock(70_000)
    await send('Are you there?')
    await pollNext()
    const before = routingCalls()
    await pollNext()
    expect(routingCalls()).toBe(before)
  })
})

describe('texts that are not by people', () => {
  it.each([
    ['System', 'System'],
    ['Router', 'System'],
    ['Supervisor', 'Supervisor'],
  ])('of the role %s are shown as %s', async (role, shown) => {
    const { inject, pollNext, conversationId } = await conversationWithAgent()
    inject({ text: 'Nobody can answer now.', from: 'System' })
    const logged = gateway.salesforce.conversation(conversationId).entryLog.at(-1)
    if (logged?.entry.sender) logged.entry.sender.role = role
    const { messages, conversation } = await pollNext()
    expect(textsOf({ messages })).toEqual(['Nobody can answer now.'])
    expect(messages[0].sender.role).toBe(shown)
    expect(conversation).toMatchObject({ handledBy: 'agent', participants: [{ role: 'Agent' }] })
  })
})
