/** Tests that faults of the set-up are named in the log, and that Salesforce's words go nowhere. */
import { describe, expect, it } from 'vitest'
import start from '../../api/start.js'
import { signInAsGuest, startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { expectProblem } from '../support/sending.js'
import { verifiedEnv, verifiedSalesforce } from '../support/verified.js'

function setupNoted(options: Parameters<typeof setupGateway>[0] = {}) {
  const gateway = setupGateway(options)
  return {
    gateway,

    /** Answers 400 in the words of Salesforce. */
    refuse(operation: Parameters<typeof gateway.salesforce.fail>[0]['operation'], text: string) {
      const body = { message: text, errorCode: 'BAD_REQUEST' }
      gateway.salesforce.fail({ operation, times: 9, what: { status: 400, body } })
    },

    expectNoted(answer: Awaited<ReturnType<typeof request>>, note: RegExp, words: string) {
      expectProblem(answer, 502, 'upstream_rejected')
      expect(answer.body.retryable).toBe(false)
      expect(JSON.parse(gateway.logLines.at(-1) ?? '{}').note).toMatch(note)
      const output = [JSON.stringify(answer.body), ...gateway.logLines].join('\n')
      expect(output).not.toContain(words)
      expect(output).not.toContain('BAD_REQUEST')
    },
  }
}

describe('a 400 of Salesforce', () => {
  const { gateway, refuse, expectNoted } = setupNoted()
  const token = 'generateAccessTokenForUnauthenticatedUser'
  it.each([
    ['Set the auth mode to false.', /the channel wants verified users/],
    ['OrgId is required', /X-Org-Id/],
    ['Set esDeveloperName to a deployment whose type is api', /Custom Client/],
  ])('to a token request in the words “%s” is noted as %s', async (text, note) => {
    const { token: bearer } = await signInAsGuest()
    refuse(token, text)
    expectNoted(await request(start, { token: bearer, body: {} }), note, text)
  })

  it('to a message above the maximum length is noted, and another text is sent', async () => {
    const { send } = await startConversation()
    const words = 'The text exceeds the maximum length of 4000.'
    refuse('sendMessage', words)
    expectNoted(await send('Hello'), /maximum length/, words)
    gateway.salesforce.clearFaults()
    expect((await send('Hello')).status).toBe(202)
  })

  it('to an event stream is noted on the line of the poll, which is answered', async () => {
    gateway.setEnv({ SALESFORCE_EVENTS: 'wait' })
    const { poll } = await startConversation()
    const { cursor } = (await poll()).body
    const words = 'OrgId is required'
    refuse('serverSentEvents', words)
    const { status } = await poll({ cursor, wait: '1' })
    const line = gateway.logLines.at(-1) ?? '{}'
    expect([status, JSON.parse(line).note]).toEqual([200, expect.stringMatching(/X-Org-Id/)])
    expect(line).not.toContain(words)
  })

  it('or a 429, that an organisation is exhausted, is noted', async () => {
    const { token } = await signInAsGuest()
    const words = 'RESOURCE_EXHAUSTED: too many conversations are open'
    const what = { status: 429, body: { message: words } }
    gateway.salesforce.fail({ operation: 'createConversation', what })
    expectProblem(await request(start, { token, body: {} }), 429, 'rate_limited')
    const line = gateway.logLines.at(-1) ?? '{}'
    expect(JSON.parse(line).note).toMatch(/close conversations that are left open/)
    expect(line).not.toContain(words)
  })

  it('in other words is noted nowhere', async () => {
    const { send } = await startConversation()
    refuse('sendMessage', 'Something else')
    expectProblem(await send('Hello'), 502, 'upstream_rejected')
    expect(gateway.logLines.at(-1)).not.toContain('note')
  })
})

describe('a 400 of Salesforce in verified mode', () => {
  const { refuse, expectNoted } = setupNoted({ salesforce: verifiedSalesforce, env: verifiedEnv })

  it.each([
    ['OrgId is required', /X-Org-Id/],
    ['Something else', /did not accept our identity token/],
  ])('to a token request in the words “%s” is noted as %s', async (text, note) => {
    const { token } = await signInAsGuest()
    refuse('generateAccessTokenForAuthenticatedUser', text)
    expectNoted(await request(start, { token, body: {} }), note, text)
  })
})
