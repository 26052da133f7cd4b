/** Tests what a start answers when Salesforce refuses to open the conversation, and what it leaves behind. */
import { randomUUID } from 'node:crypto'
import { HttpResponse, http } from 'msw'
import { describe, expect, it } from 'vitest'
import start from '../../api/start.js'
import { signInAsGuest } from '../support/conversation.js'
import { salesforceUrl, setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { expectProblem, noSalesforceLimits, patient } from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'
import { keysOf } from '../support/stored-keys.js'

const gateway = setupGateway({ salesforce: { switches: { limits: noSalesforceLimits } } })
simulateEachTest()
const minute = 60_000

async function visitor() {
  const { token, user } = await signInAsGuest()
  return {
    start: (body: object = {}) => request(start, { token, body }),
    /** Returns the fields of the visitor's record, and the visitor's locks. */
    async stored(): Promise<unknown[]> {
      const key = `local:visitor:{${user.id}}`
      const fields = await gateway.redisBackend.execute(['HKEYS', key])
      const locks = await keysOf(gateway, 'local:lock:*')
      return [fields, locks].flat()
    },
  }
}

const failCreation = (status: number, when: 'before' | 'after' = 'before') =>
  gateway.salesforce.fail({ operation: 'createConversation', when, what: { status } })

describe('start outside the business hours', () => {
  it('returns 409 outside_business_hours with the opening time and leaves nothing behind', async () => {
    const opens = Date.now() + 5 * minute
    gateway.salesforce.switches.businessHours = [{ startTime: opens, endTime: opens + minute }]
    const { start, stored } = await visitor()
    const conversationId = randomUUID()
    const answer = await start({ conversationId })
    expectProblem(answer, 409, 'outside_business_hours')
    expect(answer.body).toMatchObject({
      retryable: false,
      opensAt: new Date(opens).toISOString(),
    })
    expect(answer.body).not.toHaveProperty('retryAfterMs')
    expect(await stored()).not.toContainEqual(expect.stringMatching(/^[ct]:|lock/))
    gateway.salesforce.switches.businessHours = null
    expect(await start({ conversationId })).toMatchObject({ status: 201, body: { conversationId } })
  })

  it.each([
    ['are always open', null],
    ['say that it is open', [{ startTime: 0, endTime: Date.now() + 60 * minute }]],
    ['name no opening to come', [{ startTime: 0, endTime: 1 }]],
  ])('names no opening time when the hours %s', async (_, hours) => {
    gateway.salesforce.switches.businessHours = hours
    const { start } = await visitor()
    failCreation(412)
    const answer = await start()
    expectProblem(answer, 409, 'outside_business_hours')
    expect(answer.body).not.toHaveProperty('opensAt')
  })

  it.each(['hang', 'drop', 'nonsense', { status: 500 }] as const)(
    'answers in time without an opening time when the hours end in %j',
    async (what) => {
      gateway.setEnv({ REQUEST_DEADLINE_MS: '800' })
      const { start } = await visitor()
      failCreation(412)
      gateway.salesforce.fail({ operation: 'getBusinessHours', times: 9, what })
      const answer = await start()
      expectProblem(answer, 409, 'outside_business_hours')
      expect(answer.body).not.toHaveProperty('opensAt')
    },
  )

  it('asks for the hours after the refusal only, and counts as a start', async () => {
    gateway.setEnv(patient)
    const { start } = await visitor()
    for (const _ of [1, 2, 3]) {
      failCreation(412)
      expectProblem(await start(), 409, 'outside_business_hours')
    }
    expectProblem(await start(), 429, 'rate_limited')
    const calls = gateway.salesforceCalls().slice(0, 3)
    expect(calls).toEqual([
      'generateAccessTokenForUnauthenticatedUser 200',
      'createConversation 412',
      'getBusinessHours 200',
    ])
  })
})

describe('start of a conversation that Salesforce knows already', () => {
  it.each([{}, { conversationId: randomUUID() }])(
    'returns 201 when it is the visitor’s own and open (%j)',
    async (body) => {
      const { start } = await visitor()
      failCreation(409, 'after')
      const { status, body: started } = await start(body)
      expect(status).toBe(201)
      expect(started).toMatchObject({ ...body, status: 'open', resumed: false })
      expect(await start(body)).toMatchObject({ status: 200, body: { resumed: true } })
    },
  )

  it('returns 502 upstream_rejected when it is not the visitor’s, and leaves nothing behind', async () => {
    const { start, stored } = await visitor()
    failCreation(409)
    expectProblem(await start(), 502, 'upstream_rejected')
    expect(await stored()).not.toContainEqual(expect.stringMatching(/^[ct]:|lock/))
  })

  it.each([
    ['fails', { status: 500 }],
    ['is refused for a while', { status: 429 }],
    ['cannot be read', 'html'],
  ] as const)(
    'returns 503 upstream_unavailable when the look %s, and the repeat finds it',
    async (_, what) => {
      gateway.setEnv({ REQUEST_DEADLINE_MS: '800' })
      const { start } = await visitor()
      const body = { conversationId: randomUUID() }
      failCreation(409, 'after')
      gateway.salesforce.fail({ operation: 'listConversations', times: 9, what })
      const answer = await start(body)
      expectProblem(answer, 503, 'upstream_unavailable')
      expect(answer.body.retryable).toBe(true)
      gateway.salesforce.clearFaults()
      failCreation(409)
      expect(await start(body)).toMatchObject({ status: 201, body })
    },
  )

  /** Makes every conversation one that the visitor has closed, as often as `times` says. */
  function closedBefore(times: number) {
    let left = times
    let id = ''
    gateway.network.use(
      http.post(`${salesforceUrl}/iamessage/api/v2/conversation`, async ({ request: asked }) => {
        if (left === 0) return undefined
        left -= 1
        id = String(JSON.parse(await asked.clone().text()).conversationId)
        return HttpResponse.json({}, { status: 409 })
      }),
      http.get(`${salesforceUrl}/iamessage/api/v2/conversation/list`, () =>
        HttpResponse.json({
          conversations: [{ conversationId: id, startTimestamp: 1, endTimestamp: 2 }],
        }),
      ),
    )
    return () => id
  }

  it('takes another id when the gateway chose the one of a closed conversation', async () => {
    const { start } = await visitor()
    const closedId = closedBefore(1)
    const { status, body } = await start()
    expect(status).toBe(201)
    expect(body.conversationId).not.toBe(closedId())
    expect((await start()).body).toMatchObject({
      conversationId: body.conversationId,
      resumed: true,
    })
  })

  it('takes another id when an unfinished start was closed meanwhile', async () => {
    gateway.setEnv({ REQUEST_DEADLINE_MS: '400' })
    const { start } = await visitor()
    gateway.salesforce.fail({ operation: 'createConversation', times: 9, what: { status: 503 } })
    expectProblem(await start(), 503, 'upstream_unavailable')
    gateway.salesforce.clearFaults()
    gateway.setEnv({ REQUEST_DEADLINE_MS: '4000' })
    const closedId = closedBefore(1)
    const { status, body } = await start()
    expect(status).toBe(201)
    expect(body.conversationId).not.toBe(closedId())
  })

  it('returns 410 conversation_ended when the caller chose the id of a closed one', async () => {
    const { start } = await visitor()
    const conversationId = randomUUID()
    closedBefore(9)
    expectProblem(await start({ conversationId }), 410, 'conversation_ended')
    expectProblem(await start({ conversationId }), 410, 'conversation_ended')
  })
})
