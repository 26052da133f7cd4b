import { describe, expect, test, vi } from 'vitest'
import { requestViolations } from '../../sandbox/salesforce/openapi.js'
import { createGuide, startConversation, summaryOf } from './guide-visitor.js'
import { noon, setupSalesforce } from './salesforce-setup.js'

const salesforce = setupSalesforce(createGuide(), requestViolations)

/** Opens a conversation with five messages of an agent, a second apart. */
async function fiveMessages() {
  const visitor = await startConversation(salesforce)
  const texts = ['one', 'two', 'three', 'four', 'five']
  salesforce.inject(
    visitor.conversationId,
    texts.map((text, index) => ({ text, transcriptedTimestamp: noon + (index + 1) * 1_000 })),
  )
  const messages = (await visitor.list()).slice(1)
  const idOf = (text: string) => messages.find((message) => summaryOf(message).endsWith(text))?.id
  const textsAfter = async (after?: string) =>
    (await visitor.list(after)).map((message) => summaryOf(message).replace('Agent: ', ''))
  return { visitor, idOf, textsAfter }
}

describe('the list', () => {
  test('tells messages alone, the oldest first, in the form of the guide', async () => {
    const { visitor } = await fiveMessages()
    salesforce.agentJoins(visitor.conversationId)
    salesforce.agentTypes(visitor.conversationId)
    salesforce.transfer(visitor.conversationId)
    salesforce.inject(visitor.conversationId, [{ text: 'a system’s word', from: 'System' }])
    const messages = await visitor.list()
    expect(messages.map(summaryOf)).toEqual([
      'Chatbot: Hello, I am the Harbor Assistant. How can I help you?',
      'Agent: Hello, this is Dana. How can I help you?',
      'Agent: Hello, this is Lee. I have read what was said so far.',
      ...['one', 'two', 'three', 'four', 'five'].map((text) => `Agent: ${text}`),
    ])
    expect(messages[1]).toEqual({
      id: expect.stringMatching(/^msg_/),
      conversationId: visitor.conversationId,
      messageType: 'StaticContentMessage',
      sender: { role: 'Agent', displayName: 'Dana' },
      staticContent: { formatType: 'Text', text: 'Hello, this is Dana. How can I help you?' },
      timestamp: '2026-11-24T12:00:00.000Z',
    })
  })

  test('passes on a message that was injected in words of its own', async () => {
    const visitor = await startConversation(salesforce)
    const message = { messageType: 'HologramMessage', hologram: { beam: 7 } }
    salesforce.inject(visitor.conversationId, [{ message }])
    expect((await visitor.list()).at(-1)).toMatchObject(message)
    expect((await visitor.list()).at(-1)).not.toHaveProperty('references')
  })

  test('after a message tells what came behind it, and itself once more', async () => {
    const { idOf, textsAfter } = await fiveMessages()
    expect(await textsAfter(idOf('three'))).toEqual(['three', 'four', 'five'])
    expect(await textsAfter(idOf('five'))).toEqual(['five'])
  })

  test('repeats as many as switched', async () => {
    const { idOf, textsAfter } = await fiveMessages()
    salesforce.switches.afterRepeats = 0
    expect(await textsAfter(idOf('three'))).toEqual(['four', 'five'])
    salesforce.switches.afterRepeats = 2
    expect(await textsAfter(idOf('three'))).toEqual(['two', 'three', 'four', 'five'])
  })

  test('tells everything after a message that nobody knows', async () => {
    const { textsAfter } = await fiveMessages()
    expect(await textsAfter('msg_unknown')).toHaveLength(6)
  })

  test('can tell everything twice, and the last three again', async () => {
    const { idOf, textsAfter } = await fiveMessages()
    salesforce.switches.listRepeatsEntries = true
    const texts = ['two', 'three', 'four', 'five']
    expect(await textsAfter(idOf('four'))).toEqual(texts.flatMap((text) => [text, text]))
    expect(await textsAfter()).toHaveLength(12)
  })

  test('can shuffle what was said in one millisecond', async () => {
    const { visitor } = await fiveMessages()
    vi.setSystemTime(noon + 60_000)
    salesforce.burst(visitor.conversationId, 20)
    vi.setSystemTime(noon + 61_000)
    const straight = await visitor.timeline()
    salesforce.switches.listShufflesTies = true
    const orders = new Set<string>()
    for (let time = 0; time < 10; time += 1) orders.add((await visitor.timeline()).join())
    expect(orders.size).toBeGreaterThan(1)
    expect((await visitor.timeline()).sort()).toEqual(straight.sort())
  })

  test('lags as switched, so that a late message may stand before listed ones', async () => {
    const { visitor, idOf } = await fiveMessages()
    salesforce.inject(visitor.conversationId, [
      { text: 'late', transcriptedTimestamp: noon + 2_500, visibleAfterMs: 5_000 },
    ])
    expect(await visitor.timeline()).not.toContain('Agent: late')
    vi.setSystemTime(noon + 5_000)
    expect(await visitor.timeline()).toContain('Agent: late')
    expect((await visitor.list(idOf('five'))).map(summaryOf)).toEqual(['Agent: five'])
  })
})
