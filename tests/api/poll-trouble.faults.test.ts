import { describe, expect, it } from 'vitest'
import type { FaultInput } from '../../sandbox/salesforce/index.js'
import { startConversation, textsOf } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { expectNoSalesforceCalls, expectProblem, noLimits } from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'

const gateway = setupGateway({ env: noLimits })
simulateEachTest()
const operation = 'listConversationEntries'

async function visitor() {
  const conversation = await startConversation()
  const { cursor } = (await conversation.poll()).body
  await conversation.send('Do not lose me')
  return { ...conversation, cursor: String(cursor) }
}

type Row = [
  name: string,
  what: FaultInput['what'],
  status: number,
  code: string,
  retryable: boolean,
]

const lasting: Row[] = [
  ['500', { status: 500 }, 503, 'upstream_unavailable', true],
  ['503', { status: 503 }, 503, 'upstream_unavailable', true],
  ['cut connections', 'drop', 503, 'upstream_unavailable', true],
  ['hanging', 'hang', 504, 'upstream_timeout', true],
  ['400', { status: 400 }, 502, 'upstream_rejected', false],
  ['an HTML page', 'html', 502, 'upstream_rejected', false],
  ['JSON of another kind', 'nonsense', 502, 'upstream_rejected', false],
  ['an empty body', 'empty', 502, 'upstream_rejected', false],
  [
    'a list of the wrong type',
    { status: 200, body: { conversationEntries: 'x' } },
    502,
    'upstream_rejected',
    false,
  ],
  [
    'a redirect',
    { status: 302, headers: { location: 'https://evil.example' } },
    502,
    'upstream_rejected',
    false,
  ],
]

describe('poll while Salesforce keeps failing', () => {
  it.each(lasting)(
    'returns an error within the deadline and loses no message: %s %j → %i %s',
    async (...row) => {
      const [, what, status, code, retryable] = row
      const { poll, cursor } = await visitor()
      gateway.setEnv({ REQUEST_DEADLINE_MS: '400' })
      gateway.salesforce.fail({ operation, times: 4, what })
      const startedAt = Date.now()
      const answer = await poll({ cursor })
      expect(Date.now() - startedAt).toBeLessThanOrEqual(400)
      expectProblem(answer, status, code)
      expect(answer.body.retryable).toBe(retryable)
      expect(JSON.stringify(answer.body)).not.toMatch(/Injected|Maintenance|unexpected|evil/)
      for (let tries = 0; tries < 4; tries += 1) {
        if ((await poll({ cursor })).status === 200) break
      }
      const after = await poll({ cursor })
      expect(textsOf(after.body)[0]).toBe('Do not lose me')
    },
  )
})

describe('poll when Salesforce fails once', () => {
  it.each([{ status: 500 }, { status: 503 }, 'drop'] as const)(
    'returns 200 after a retry: %o',
    async (what) => {
      const { poll, cursor } = await visitor()
      gateway.salesforce.fail({ operation, what })
      const answer = await poll({ cursor })
      expect(answer.status).toBe(200)
      expect(textsOf(answer.body)[0]).toBe('Do not lose me')
    },
  )

  it('returns 503 without a retry when Retry-After exceeds the deadline', async () => {
    const { poll, cursor } = await visitor()
    const before = gateway.salesforceCalls().length
    gateway.salesforce.fail({ operation, what: { status: 503, headers: { 'retry-after': '60' } } })
    expectProblem(await poll({ cursor }), 503, 'upstream_unavailable')
    expect(gateway.salesforceCalls().slice(before)).toEqual(['listConversationEntries 503'])
  })
})

describe("poll when Salesforce refuses the visitor's token", () => {
  it.each([401, 403, 404])(
    'returns 410 conversation_lost on %i, and start opens another conversation',
    async (status) => {
      const { poll, cursor, start, conversationId } = await visitor()
      gateway.salesforce.fail({ operation, what: { status, body: 'Jwt is expired' } })
      const answer = await poll({ cursor })
      expectProblem(answer, 410, 'conversation_lost')
      expect(JSON.stringify(answer.body)).not.toContain('Jwt')
      expectProblem(
        await expectNoSalesforceCalls(gateway, () => poll({ cursor })),
        410,
        'conversation_lost',
      )
      const started = await start()
      expect(started.status).toBe(201)
      expect(started.body.conversationId).not.toBe(conversationId)
    },
  )
})

describe('poll of malformed entries', () => {
  const odd: [name: string, payload: { entryType: string; [field: string]: unknown }][] = [
    ['a message without a message', { entryType: 'Message' }],
    [
      'a message of a type to come',
      { entryType: 'Message', abstractMessage: { messageType: 'Hologram' } },
    ],
    ['participants without a list', { entryType: 'ParticipantChanged' }],
    ['a routing result without a type', { entryType: 'RoutingResult' }],
    ['a session without a status', { entryType: 'SessionStatusChanged' }],
  ]
  it('returns 200 with the messages after them', async () => {
    const { poll, cursor, conversationId } = await visitor()
    gateway.salesforce.inject(conversationId, [
      ...odd.map(([, payload]) => ({ payload })),
      { text: 'Still here' },
    ])
    const answer = await poll({ cursor })
    expect(answer.status).toBe(200)
    expect(textsOf(answer.body).at(-1)).toBe('Still here')
  })

  const times = [253_402_300_800_000, 8.7e15, -5]
  it.each(times)(
    'returns 200 with the messages after an entry dated %f',
    async (transcriptedTimestamp) => {
      const { poll, cursor, conversationId } = await visitor()
      gateway.salesforce.inject(conversationId, [
        { text: 'Misdated', transcriptedTimestamp },
        { text: 'Still here' },
      ])
      for (const query of [{ cursor }, {}]) {
        const answer = await poll(query)
        expect(answer.status, answer.body.code).toBe(200)
        expect(textsOf(answer.body)).toContain('Still here')
      }
    },
  )
})
