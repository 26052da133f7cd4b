import { describe, expect, it } from 'vitest'
import conversations from '../../api/_conversations.js'
import { signInAsGuest, startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { expectNoSalesforceCalls, expectProblem, noLimits, shiftClock } from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'

const gateway = setupGateway({ env: noLimits })
simulateEachTest()
const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

const list = (token: string | undefined, query: Record<string, string> = {}) =>
  request(conversations, { token, query })

describe('conversations', () => {
  it('lists newest first and makes no Salesforce call', async () => {
    const visitor = await startConversation()
    await visitor.end()
    shiftClock(1000)
    const second = (await visitor.start()).body
    const { status, body, headers } = await expectNoSalesforceCalls(gateway, () =>
      list(visitor.token),
    )
    expect(status).toBe(200)
    expect(headers.get('ratelimit-policy')).toContain('"other"')
    expect(body).toEqual({
      conversations: [
        { conversationId: second.conversationId, status: 'open', startedAt: second.startedAt },
        {
          conversationId: visitor.conversationId,
          status: 'ended',
          startedAt: visitor.started.startedAt,
          endedAt: isoTime,
        },
      ],
    })
  })

  it('returns an empty list for a new visitor while others have conversations', async () => {
    await startConversation()
    const { token } = await signInAsGuest()
    expect((await list(token)).body).toEqual({ conversations: [] })
    expect((await list(token, { refresh: 'true' })).body).toEqual({ conversations: [] })
  })

  it('leaves out a conversation whose start has not succeeded', async () => {
    const { token } = await signInAsGuest()
    gateway.setEnv({ REQUEST_DEADLINE_MS: '300' })
    gateway.salesforce.fail({ operation: 'createConversation', times: 9, what: { status: 503 } })
    const { default: start } = await import('../../api/start.js')
    expect((await request(start, { token, body: {} })).status).toBe(503)
    expect((await list(token)).body).toEqual({ conversations: [] })
  })

  it('lists a lost conversation as ended, with refresh=true and afterwards', async () => {
    const { token, conversationId, started } = await startConversation()
    gateway.salesforce.revokeTokens()
    const lost = { conversationId, status: 'ended', startedAt: started.startedAt }
    const refreshed = await list(token, { refresh: 'true' })
    expect(refreshed.body.conversations).toEqual([lost])
    expect((await list(token)).body.conversations).toEqual([lost])
  })

  it('finds with refresh=true that Salesforce closed a conversation and remembers it', async () => {
    const { token, conversationId, start } = await startConversation()
    const endedAt = Date.now()
    gateway.salesforce.conversation(conversationId).endTimestamp = endedAt
    expect((await list(token)).body.conversations).toMatchObject([{ status: 'open' }])
    const ended = [{ conversationId, status: 'ended', endedAt: new Date(endedAt).toISOString() }]
    expect((await list(token, { refresh: 'true' })).body.conversations).toMatchObject(ended)
    const known = await expectNoSalesforceCalls(gateway, () => list(token, { refresh: 'true' }))
    expect(known.body.conversations).toMatchObject(ended)
    expect((await start()).status).toBe(201)
  })

  it('lists a conversation as open with refresh=true while Salesforce has it open', async () => {
    const { token } = await startConversation()
    const before = gateway.salesforceCalls().length
    const { body } = await list(token, { refresh: 'true' })
    expect(body.conversations).toMatchObject([{ status: 'open' }])
    expect(gateway.salesforceCalls().slice(before)).toEqual(['listConversations 200'])
  })

  it.each([
    ['HTTP 500', { status: 500 }, 503, 'upstream_unavailable'],
    ['an HTML page', 'html', 502, 'upstream_rejected'],
    ['no answer', 'hang', 504, 'upstream_timeout'],
  ] as const)(
    'returns an error with refresh=true when Salesforce answers with %s: %j → %i %s',
    async (...row) => {
      const [, what, status, code] = row
      gateway.setEnv({ REQUEST_DEADLINE_MS: '300' })
      const { token } = await startConversation()
      gateway.salesforce.fail({ operation: 'listConversations', times: 9, what })
      expectProblem(await list(token, { refresh: 'true' }), status, code)
      expect((await list(token)).body.conversations).toMatchObject([{ status: 'open' }])
    },
  )

  it('returns 401 without a token and 400 for a wrong query, and makes no Salesforce call', async () => {
    const { token } = await signInAsGuest()
    expectProblem(
      await expectNoSalesforceCalls(gateway, () => list(undefined)),
      401,
      'unauthenticated',
    )
    for (const query of [{ refresh: 'yes' }, { refresh: '' }, { limit: '5' }]) {
      const answer = await expectNoSalesforceCalls(gateway, () => list(token, query))
      expectProblem(answer, 400, 'invalid_request')
    }
  })
})
