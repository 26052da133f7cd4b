/**
 * Tests `docs/polling.md`: its loop runs as it stands there, and its pace is the one of the code.
 */
import { describe, expect, it, vi } from 'vitest'
import type { Message } from '../../lib/contract/messages.js'
import type { PollReply } from '../../lib/contract/replies.js'
import { eventWaitSeconds, lookIntervalMs } from '../../lib/polling/pace.js'
import { startConversation } from '../support/conversation.js'
import { readTable } from '../support/doc-tables.js'
import { setupGateway } from '../support/gateway.js'
import { codeUnder, run } from './page.js'

const gateway = setupGateway({ env: { SALESFORCE_EVENTS: 'wait' } })
const file = 'docs/polling.md'

type Steps = {
  ask(path: string): Promise<PollReply>
  showMessage(message: Message): void
  showActivity(activity: NonNullable<PollReply['activity']>): void
}
type Page = { follow(conversationId: string, steps: Steps): Promise<void> }

describe('the loop', () => {
  it('shows each message once and the activity, waits as each reply says, and ends', async () => {
    const { follow }: Page = run(codeUnder(file, 'The loop'), {})
    const visitor = await startConversation()
    const shown: string[] = []
    const heard: unknown[] = []
    const waits: (string | null)[] = []
    const following = follow(visitor.conversationId, {
      async ask(path) {
        const query = Object.fromEntries(new URLSearchParams(path.replace('poll?', '')))
        waits.push(query.wait ?? null)
        return (await visitor.poll(query)).body
      },
      showMessage: ({ text }) => shown.push(text),
      showActivity: (activity) => heard.push(activity.progress),
    })
    await vi.waitUntil(() => waits.length === 2, 10_000)
    await new Promise((resolve) => setTimeout(resolve, 200))
    gateway.salesforce.progress(visitor.conversationId, 'Looking up your order')
    await vi.waitUntil(() => heard.includes('Looking up your order'), 10_000)
    gateway.salesforce.inject(visitor.conversationId, [{ text: 'Here it is' }])
    await vi.waitUntil(() => shown.includes('Here it is'), 10_000)
    await visitor.end()
    await following
    expect(new Set(shown).size).toBe(shown.length)
    expect(waits.slice(0, 2)).toEqual([null, String(eventWaitSeconds)])
  }, 15_000)
})

describe('the pace', () => {
  const minute = 60_000
  const quiet = { quietMs: minute, lastSpeaker: null, isQueued: false }
  const lines: Parameters<typeof lookIntervalMs>[0][] = [
    { quietMs: 29_999, lastSpeaker: 'EndUser', isQueued: true },
    { ...quiet, lastSpeaker: 'EndUser', isQueued: true },
    { ...quiet, lastSpeaker: 'EndUser' },
    { ...quiet, quietMs: 2 * minute - 1 },
    { ...quiet, quietMs: 10 * minute - 1 },
    { ...quiet, quietMs: 10 * minute },
  ]

  it('has the lines of the document', () => {
    const documented = readTable(file, 'The pace').map(([, cell = '']) => cell)
    expect(documented).toEqual(lines.map((line) => lookIntervalMs(line).toLocaleString('en')))
  })
})
