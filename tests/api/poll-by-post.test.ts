/** Tests polls whose question is in a body: the same answers as those whose question is in the query. */
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import poll from '../../api/poll.js'
import { startConversation, textsOf } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { type RequestOptions, request, type TestResponse } from '../support/request.js'
import { expectNoSalesforceCalls, expectProblem } from '../support/sending.js'

const gateway = setupGateway()

/** Opens a conversation; `ask` polls it by POST. */
async function begin() {
  const visitor = await startConversation()
  const { token, conversationId } = visitor
  const ask = (question: object = {}, options: RequestOptions = {}) =>
    request(poll, { token, body: { conversationId, ...question }, ...options })
  return { ...visitor, ask }
}

/** Returns an answer without its cursor and place in the history, which are sealed anew each time. */
const comparable = ({ status, body: { cursor, before, ...rest } }: TestResponse) => ({
  ...{ status, rest },
  ...{ hasCursor: typeof cursor === 'string', hasBefore: typeof before === 'string' },
})

describe('poll by POST', () => {
  it('returns what GET returns: the newest page, a cursor’s, and a page of history', async () => {
    gateway.setEnv({ LIMITS: '{"list": [1000, "1 m"]}' })
    const { ask, poll: get, send } = await begin()
    for (const text of ['One', 'Two', 'Three']) await send(text)
    const first = await ask({ limit: 2 })
    expect(comparable(first)).toEqual(comparable(await get({ limit: '2' })))
    expect(first.body.messages).toHaveLength(2)
    const { cursor, before } = first.body
    const older = await ask({ before, limit: 3 })
    expect(comparable(older)).toEqual(comparable(await get({ before, limit: '3' })))
    expect(older.body.messages).toHaveLength(3)
    gateway.salesforce.inject(first.body.conversation.id, [{ text: 'Later' }])
    const next = await ask({ cursor })
    expect(comparable(next)).toEqual(comparable(await get({ cursor })))
    expect(textsOf(next.body)).toEqual(['Later'])
  })

  it('returns the newest 50 without a limit', async () => {
    const { ask, conversationId } = await begin()
    const texts = Array.from({ length: 60 }, (_, index) => ({ text: `Message ${index}` }))
    gateway.salesforce.inject(conversationId, texts)
    const { body } = await ask()
    expect(body.messages).toHaveLength(50)
    expect(textsOf(body).at(-1)).toBe('Message 59')
  })

  it('goes on from the cursor of a GET, and GET from its cursor', async () => {
    const { ask, poll: get, send } = await begin()
    const { cursor } = (await get()).body
    await send('Four')
    const { body } = await ask({ cursor })
    expect(textsOf(body)).toContain('Four')
    expect((await get({ cursor: body.cursor })).body.messages).toEqual([])
  })

  it('makes one Redis request and one Salesforce request', async () => {
    const { ask } = await begin()
    const { requests } = gateway.redis.counts
    const calls = gateway.salesforceCalls().length
    expect((await ask()).status).toBe(200)
    expect(gateway.redis.counts.requests - requests).toBe(1)
    expect(gateway.salesforceCalls().slice(calls)).toEqual(['listConversationEntries 200'])
  })

  it.each<[what: string, question: object, path: string, message: string]>([
    ['a limit in quotes', { limit: '5' }, 'limit', 'must be of type number'],
    ['a limit of 0', { limit: 0 }, 'limit', 'must be a whole number from 1 to 100'],
    ['a limit of 101', { limit: 101 }, 'limit', 'must be a whole number from 1 to 100'],
    ['a limit with a fraction', { limit: 1.5 }, 'limit', 'must be of type int'],
    ['a negative wait', { wait: -1 }, 'wait', 'must be a whole number from 0 to 25'],
    ['a wait of 26', { wait: 26 }, 'wait', 'must be a whole number from 0 to 25'],
    ['null for a cursor', { cursor: null }, 'cursor', 'must be of type string'],
    ['an empty cursor', { cursor: '' }, 'cursor', 'must not be empty: leave it out to begin'],
    [
      'an endless cursor',
      { cursor: 'x'.repeat(6145) },
      'cursor',
      'must be at most 6,144 characters',
    ],
    [
      'cursor and before',
      { cursor: 'x', before: 'y' },
      'before',
      'must not be given together with cursor',
    ],
    ['a typo', { curser: 'x' }, 'curser', 'is not a known property'],
    ['no conversation', { conversationId: undefined }, 'conversationId', 'is required'],
  ])('returns 400 that names the field for %s', async (_what, question, path, message) => {
    const { ask } = await begin()
    const answer = await expectNoSalesforceCalls(gateway, () => ask(question))
    expectProblem(answer, 400, 'invalid_request')
    expect(answer.body.errors).toEqual([{ path, message }])
  })

  it('returns 400 for a question in the query', async () => {
    const { ask, conversationId } = await begin()
    const answer = await ask({}, { query: { conversationId } })
    expectProblem(answer, 400, 'invalid_request')
    expect(answer.body.errors).toMatchObject([{ path: 'conversationId' }])
  })

  it('returns 400 cursor_invalid for the cursor of another conversation', async () => {
    const { cursor } = (await (await begin()).ask()).body
    const { ask } = await begin()
    expectProblem(await ask({ cursor }), 400, 'cursor_invalid')
  })

  it('returns 415 for a body that is not JSON by its type', async () => {
    const { ask } = await begin()
    expectProblem(
      await ask({}, { headers: { 'content-type': 'text/plain' } }),
      415,
      'unsupported_media_type',
    )
  })

  it('returns 404 for a conversation that never was, and makes no Salesforce call', async () => {
    const { ask } = await begin()
    const answer = await expectNoSalesforceCalls(gateway, () =>
      ask({ conversationId: randomUUID() }),
    )
    expectProblem(answer, 404, 'conversation_not_found')
  })

  it('shares the limits of GET', async () => {
    gateway.setEnv({ LIMITS: '{"poll": [3, "1 m"]}' })
    const { ask, poll: get } = await begin()
    expect((await get()).headers.get('ratelimit')).toContain('"poll";r=2')
    expect((await ask()).headers.get('ratelimit')).toContain('"poll";r=1')
    expect((await get()).status).toBe(200)
    expectProblem(await ask(), 429, 'rate_limited')
  })
})
