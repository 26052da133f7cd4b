/** Secrets change while visitors are in the middle of a conversation: each step has processes of its own. */
import { describe, expect, it } from 'vitest'
import { verifiedEnv, verifiedSalesforce } from '../support/verified.js'
import { openFleet } from './fleet.js'

const oldSecret = 'the-last-secret-of-at-least-thirty-two-bytes'
const newSecret = 'the-next-secret-of-at-least-thirty-two-bytes'
const each = [oldSecret, `${newSecret},${oldSecret}`, `${newSecret},${oldSecret}`, newSecret].map(
  (SESSION_SECRET) => ({ SESSION_SECRET }),
)
/** Which gateways have which secrets. */
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

describe.each(modes)('a secret that is replaced ($name)', ({ outlivesItsToken, ...mode }) => {
  const gateway = openFleet({ ...mode, each })

  type Visitor = Awaited<ReturnType<typeof gateway.startConversation>>

  /** Enough calls that each process is asked. */
  const everywhere = (work: () => ReturnType<Visitor['poll']>) => Promise.all(fourTimes.map(work))
  const told = (answers: { status: number; code: string | null }[]) =>
    answers.map(({ status, code }) => code ?? status)

  it('logs nobody out, loses no cursor and no conversation, until the old one is gone', async () => {
    gateway.useGateways(before)
    const visitor = await gateway.startConversation()
    const cursor = (await visitor.poll()).body.cursor ?? ''
    await visitor.sendText('Before')
    gateway.useGateways(both)
    const polls = await everywhere(() => visitor.poll({ cursor }))
    expect(told(polls)).toEqual([200, 200, 200, 200])
    for (const { body } of polls) expect(body.messages.map(({ text }) => text)).toContain('Before')
    expect((await visitor.sendText('Between')).status).toBe(202)
    expect((await visitor.refresh()).status).toBe(200)

    gateway.useGateways(after)
    const next = polls[0]?.body.cursor ?? ''
    const later = await everywhere(() => visitor.poll({ cursor: next }))
    if (outlivesItsToken) {
      expect(told(later)).toEqual([200, 200, 200, 200])
      expect(later[0]?.body.messages.map(({ text }) => text)).toContain('Between')
      expect((await visitor.sendText('After')).status).toBe(202)
      return
    }
    expect(told(later)).toEqual(fourTimes.map(() => 'conversation_lost'))
  })

  it('a conversation that began under both goes on when the old one is gone', async () => {
    gateway.useGateways(both)
    const visitor = await gateway.startConversation()
    const cursor = (await visitor.poll()).body.cursor ?? ''
    gateway.useGateways(after)
    expect((await visitor.sendText('Still here')).status).toBe(202)
    const polls = await everywhere(() => visitor.poll({ cursor }))
    expect(told(polls)).toEqual([200, 200, 200, 200])
    expect((await visitor.refresh()).status).toBe(200)
  })

  it('a token that cannot be opened is told apart from a failure of ours, at every endpoint', async () => {
    gateway.useGateways(before)
    const visitor = await gateway.startConversation()
    gateway.useGateways(both)
    await visitor.refresh()
    gateway.useGateways(after)
    const endpoints = {
      poll: () => visitor.poll(),
      send: () => visitor.sendText('Hello?'),
      list: () => visitor.get('conversations', { refresh: 'true' }),
      transcript: () => visitor.get('transcript', visitor.named()),
      typing: () => visitor.signal(),
      end: () => visitor.end(),
      start: () => visitor.start(),
    }
    const answers: Record<string, unknown> = {}
    for (const [endpoint, call] of Object.entries(endpoints))
      answers[endpoint] = told([await call()])[0]
    const well = { poll: 200, send: 202, list: 200, typing: 202, end: 200, start: 201 }
    const lost = 'conversation_lost'
    expect(answers).toEqual(
      outlivesItsToken
        ? { ...well, transcript: 'unsupported' }
        : { ...well, poll: lost, send: lost, typing: lost, transcript: lost, end: lost },
    )
    expect(gateway.lines().filter((line) => line.includes('"internal"'))).toEqual([])
  })

  it('everybody is asked to sign in again when it is gone at once', async () => {
    gateway.useGateways(before)
    const visitor = await gateway.startConversation()
    gateway.useGateways(after)
    expect(told(await everywhere(() => visitor.poll()))).toEqual(
      fourTimes.map(() => 'unauthenticated'),
    )
    expect(told([await visitor.refresh()])).toEqual(['refresh_rejected'])
    expect((await gateway.startConversation()).tokens().token).not.toBe('')
  })
})
