/** Rotates the secret while visitors are in a conversation; each step has separate processes. */
import { describe, expect, it } from 'vitest'
import { verifiedEnv, verifiedSalesforce } from '../support/verified.js'
import { openFleet } from './fleet.js'

const oldSecret = 'the-last-secret-of-at-least-thirty-two-bytes'
const newSecret = 'the-next-secret-of-at-least-thirty-two-bytes'
const each = [oldSecret, `${newSecret},${oldSecret}`, `${newSecret},${oldSecret}`, newSecret].map(
  (SESSION_SECRET) => ({ SESSION_SECRET }),
)
/** Lists the gateways that know the old secret, both secrets and the new secret. */
const [before, both, after] = [[0], [1, 2], [3]]
const fourTimes = [1, 2, 3, 4]

const modes = [
  { name: 'guest', salesforce: () => ({}), env: () => ({}), outlivesItsToken: false },
  {
    name: 'verified',
    salesforce: () => verifiedSalesforce,
    env: () => verifiedEnv,
    outlivesItsToken: true,
  },
]

describe.each(modes)('rotation of the session secret ($name)', ({ outlivesItsToken, ...mode }) => {
  const gateway = openFleet({ ...mode, each })

  type Visitor = Awaited<ReturnType<typeof gateway.startConversation>>

  /** Calls often enough that each process answers at least once. */
  const onEachProcess = (work: () => ReturnType<Visitor['poll']>) =>
    Promise.all(fourTimes.map(work))
  const outcomes = (answers: { status: number; code: string | null }[]) =>
    answers.map(({ status, code }) => code ?? status)

  it('keeps sessions, cursors and conversations while the old secret is still accepted', async () => {
    gateway.useGateways(before)
    const visitor = await gateway.startConversation()
    const cursor = (await visitor.poll()).body.cursor ?? ''
    await visitor.sendText('Before')
    gateway.useGateways(both)
    const polls = await onEachProcess(() => visitor.poll({ cursor }))
    expect(outcomes(polls)).toEqual([200, 200, 200, 200])
    for (const { body } of polls) expect(body.messages.map(({ text }) => text)).toContain('Before')
    expect((await visitor.sendText('Between')).status).toBe(202)
    expect((await visitor.refresh()).status).toBe(200)

    gateway.useGateways(after)
    const next = polls[0]?.body.cursor ?? ''
    const later = await onEachProcess(() => visitor.poll({ cursor: next }))
    if (outlivesItsToken) {
      expect(outcomes(later)).toEqual([200, 200, 200, 200])
      expect(later[0]?.body.messages.map(({ text }) => text)).toContain('Between')
      expect((await visitor.sendText('After')).status).toBe(202)
      return
    }
    expect(outcomes(later)).toEqual(fourTimes.map(() => 'conversation_lost'))
  })

  it('a conversation started under both secrets continues after the old secret is removed', async () => {
    gateway.useGateways(both)
    const visitor = await gateway.startConversation()
    const cursor = (await visitor.poll()).body.cursor ?? ''
    gateway.useGateways(after)
    expect((await visitor.sendText('Still here')).status).toBe(202)
    const polls = await onEachProcess(() => visitor.poll({ cursor }))
    expect(outcomes(polls)).toEqual([200, 200, 200, 200])
    expect((await visitor.refresh()).status).toBe(200)
  })

  it('every endpoint reports an unreadable Salesforce token as conversation_lost, not as internal', async () => {
    gateway.useGateways(before)
    const visitor = await gateway.startConversation()
    gateway.useGateways(both)
    await visitor.refresh()
    gateway.useGateways(after)
    const endpoints = {
      poll: () => visitor.poll(),
      send: () => visitor.sendText('Hello?'),
      list: () => visitor.get('conversations', { refresh: 'true' }),
      transcript: () => visitor.get('transcript', visitor.conversationQuery()),
      typing: () => visitor.signal(),
      end: () => visitor.end(),
      start: () => visitor.start(),
    }
    const answers: Record<string, unknown> = {}
    for (const [name, callEndpoint] of Object.entries(endpoints))
      answers[name] = outcomes([await callEndpoint()])[0]
    const successes = { poll: 200, send: 202, list: 200, typing: 202, end: 200, start: 201 }
    const lost = 'conversation_lost'
    expect(answers).toEqual(
      outlivesItsToken
        ? { ...successes, transcript: 'unsupported' }
        : { ...successes, poll: lost, send: lost, typing: lost, transcript: lost, end: lost },
    )
    expect(gateway.lines().filter((line) => line.includes('"internal"'))).toEqual([])
  })

  it('visitors must sign in again if the old secret is removed at once', async () => {
    gateway.useGateways(before)
    const visitor = await gateway.startConversation()
    gateway.useGateways(after)
    expect(outcomes(await onEachProcess(() => visitor.poll()))).toEqual(
      fourTimes.map(() => 'unauthenticated'),
    )
    expect(outcomes([await visitor.refresh()])).toEqual(['refresh_rejected'])
    expect((await gateway.startConversation()).tokens().token).not.toBe('')
  })
})
