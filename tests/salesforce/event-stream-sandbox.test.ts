/** Tests the sandbox's event stream through the port. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { ConversationEvent } from '../../lib/polling/events.js'
import { createEnhancedChat } from '../../lib/salesforce/enhanced-chat/client.js'
import { createSalesforce, instant } from '../../sandbox/salesforce/index.js'
import { baseUrl, createGuest } from '../sandbox/salesforce-visitor.js'

const salesforce = createSalesforce({ switches: instant })
const network = setupServer(...salesforce.handlers(baseUrl))
const callers: AbortController[] = []

beforeAll(() => network.listen({ onUnhandledRequest: 'error' }))
afterEach(() => {
  for (const caller of callers.splice(0)) caller.abort()
  salesforce.reset()
})
afterAll(() => network.close())

const messaging = createEnhancedChat({
  url: baseUrl,
  orgId: salesforce.orgId,
  deployment: salesforce.esDeveloperName,
  signer: null,
  capabilitiesVersion: '66',
  settleMs: 10,
  streamIdleMs: 100,
})

/**
 * Opens a conversation and listens to its events; `settle` waits until all earlier events have
 * arrived.
 */
async function listen() {
  const guest = await createGuest(salesforce)
  await guest.create()
  const caller = new AbortController()
  callers.push(caller)
  const { token, conversationId } = guest
  const events = await messaging.openEventStream(
    { token, conversationId },
    { after: 0, signal: caller.signal },
  )
  const heard: ConversationEvent[] = []
  const listening = (async () => {
    for await (const event of events) heard.push(event)
  })()
  const settle = async () => {
    await sleep(100)
    return heard.splice(0)
  }
  return { ...guest, caller, listening, settle }
}

it('the dialect says that it has events', () => {
  expect(messaging.traits.events).toBe(true)
})

it('a message and its answer ring, and what happened before does not', async () => {
  const { sendText, settle } = await listen()
  expect(await settle()).toEqual([])
  await sendText('hello')
  const events = await settle()
  expect(events.filter(({ kind }) => kind === 'listChanged')).toHaveLength(2)
})

it('an agent who joins, types and leaves, an ended session and a close are heard', async () => {
  const { conversationId, close, settle } = await listen()
  salesforce.agentJoins(conversationId)
  expect(await settle()).toContainEqual({ kind: 'listChanged' })
  salesforce.agentTypes(conversationId)
  salesforce.agentTypes(conversationId, 'Stopped')
  const typing = { kind: 'typing', role: 'Agent', displayName: 'Dana' }
  expect(await settle()).toMatchObject([
    { ...typing, isTyping: true },
    { ...typing, isTyping: false },
  ])
  salesforce.endSession(conversationId, 'Agent')
  expect(await settle()).toContainEqual({ kind: 'listChanged' })
  await close()
  expect(await settle()).toContainEqual({ kind: 'listChanged' })
})

it('a place in the queue is heard', async () => {
  const { conversationId, settle } = await listen()
  salesforce.transfer(conversationId)
  const events = await settle()
  expect(events).toContainEqual(expect.objectContaining({ kind: 'queuePosition' }))
})

it('another conversation of the same visitor is not heard', async () => {
  const { create, settle } = await listen()
  await create({ conversationId: randomUUID() })
  expect(await settle()).toEqual([])
})

it('a signal that is aborted ends the events at once', async () => {
  const { caller, listening, sendText, settle } = await listen()
  caller.abort()
  await listening
  await sendText('hello')
  expect(await settle()).toEqual([])
})

it('a conversation is read on when a reader has left before', async () => {
  const { token, conversationId, caller, sendText } = await listen()
  caller.abort()
  const again = new AbortController()
  callers.push(again)
  const events = await messaging.openEventStream(
    { token, conversationId },
    { after: 0, signal: again.signal },
  )
  await sendText('hello')
  for await (const event of events) {
    if (event.kind === 'listChanged') break
  }
})

it('the streams of an organisation that is not ours are refused', async () => {
  const { token, conversationId } = await createGuest(salesforce)
  const other = createEnhancedChat({
    url: baseUrl,
    orgId: '00DZZ0000000AbD',
    deployment: salesforce.esDeveloperName,
    signer: null,
    capabilitiesVersion: '66',
    settleMs: 10,
    streamIdleMs: 100,
  })
  const { signal } = new AbortController()
  const opening = other.openEventStream({ token, conversationId }, { after: 0, signal })
  await expect(opening).rejects.toMatchObject({ code: 'upstream_rejected' })
})
