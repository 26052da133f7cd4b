import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import transcript from '../../api/_transcript.js'
import { signInAsGuest, startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { expectNoSalesforceCalls, expectProblem } from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'

const gateway = setupGateway({ salesforce: { allowTranscriptDownload: true } })
simulateEachTest()

const get = (token: string | undefined, query: Record<string, string>) =>
  request(transcript, { token, query })

it('a transcript is a PDF to keep, and no cache keeps it', async () => {
  const { token, conversationId, send } = await startConversation()
  await send('To be kept')
  const { status, headers, body } = await get(token, { conversationId })
  expect(status).toBe(200)
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-type': 'application/pdf',
    'content-disposition': `attachment; filename="conversation-${conversationId}.pdf"`,
    'cache-control': 'private, no-store',
    'x-content-type-options': 'nosniff',
    vary: 'Origin',
  })
  expect(headers.get('x-request-id')).toBeTruthy()
  expect(body).toMatch(/^%PDF-1\.4[\s\S]*To be kept[\s\S]*%%EOF\n$/)
})

it('a transcript is there after the end as well', async () => {
  const { token, conversationId, end } = await startConversation()
  await end()
  expect((await get(token, { conversationId })).status).toBe(200)
})

it("a transcript of another visitor's conversation is 404", async () => {
  const { conversationId } = await startConversation()
  const { token } = await signInAsGuest()
  for (const id of [conversationId, randomUUID()]) {
    const answer = await expectNoSalesforceCalls(gateway, () => get(token, { conversationId: id }))
    expectProblem(answer, 404, 'conversation_not_found')
  }
})

it('a transcript is 401 without a token and 400 with a query that is not valid', async () => {
  const { token } = await signInAsGuest()
  const conversationId = randomUUID()
  const answer = await expectNoSalesforceCalls(gateway, () => get(undefined, { conversationId }))
  expectProblem(answer, 401, 'unauthenticated')
  for (const query of [{}, { conversationId: 'x' }, { conversationId, format: 'html' }]) {
    expectProblem(
      await expectNoSalesforceCalls(gateway, () => get(token, query)),
      400,
      'invalid_request',
    )
  }
})

it.each([403, 404])(
  'a transcript that Salesforce refuses with %i is 409, and nothing is lost',
  async (status) => {
    const { token, conversationId, send } = await startConversation()
    gateway.salesforce.fail({ operation: 'retrieveConversationTranscript', what: { status } })
    expectProblem(await get(token, { conversationId }), 409, 'unsupported')
    expect((await send('Still here')).status).toBe(202)
  },
)

it('a transcript is 410 once the guest is no longer let in', async () => {
  const { token, conversationId } = await startConversation()
  gateway.salesforce.revokeTokens()
  expectProblem(await get(token, { conversationId }), 410, 'conversation_lost')
})

it.each([
  ['a web page', 'html', 502, 'upstream_rejected'],
  ['nothing', 'empty', 502, 'upstream_rejected'],
  ['HTTP 400', { status: 400 }, 502, 'upstream_rejected'],
  ['HTTP 503', { status: 503 }, 503, 'upstream_unavailable'],
  ['a cut connection', 'drop', 503, 'upstream_unavailable'],
  ['silence', 'hang', 504, 'upstream_timeout'],
] as const)('a transcript for which Salesforce gives %s is a problem', async (...row) => {
  const [, what, status, code] = row
  gateway.setEnv({ REQUEST_DEADLINE_MS: '300' })
  const { token, conversationId } = await startConversation()
  gateway.salesforce.fail({ operation: 'retrieveConversationTranscript', times: 9, what })
  const answer = await get(token, { conversationId })
  expectProblem(answer, status, code)
  expect(answer.headers.get('content-disposition')).toBeNull()
})
