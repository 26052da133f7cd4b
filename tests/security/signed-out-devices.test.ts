/** Tests that no endpoint serves a device that signed out, while its access token still lives. */
import { describe, expect, it, vi } from 'vitest'
import auth from '../../api/auth.js'
import start from '../../api/start.js'
import { startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { expectNoSalesforceCalls, expectProblem, noLimits } from '../support/sending.js'
import { identityToken, loginEnv, verifiedEnv, verifiedSalesforce } from '../support/verified.js'
import { authenticatedCalls } from './authenticated-calls.js'

const gateway = setupGateway({
  salesforce: verifiedSalesforce,
  env: { ...verifiedEnv, ...loginEnv, ...noLimits },
})

/** Signs two devices of one person in; the first one starts a conversation. */
async function signInTwice() {
  const signIn = async () =>
    String((await request(auth, { body: { identityToken: await identityToken() } })).body.token)
  const [leaving, staying] = [await signIn(), await signIn()]
  const { body } = await request(start, { token: leaving, body: {} })
  return { leaving, staying, conversationId: String(body.conversationId) }
}

const signOut = (token: string, query: Record<string, string> = {}) =>
  request(auth, { method: 'DELETE', token, query })

describe.each(Object.entries(authenticatedCalls))('%s', (_, call) => {
  it('returns 401 to a device that signed out, without a Salesforce call, and serves the other', async () => {
    const { leaving, staying, conversationId } = await signInTwice()
    expect((await signOut(leaving)).status).toBe(204)
    const refused = await expectNoSalesforceCalls(gateway, () =>
      call(conversationId, { token: leaving }),
    )
    expectProblem(refused, 401, 'unauthenticated')
    const served = await call(conversationId, { token: staying })
    expect(served.status, 'the device that stays').not.toBe(401)
  })

  it('returns 401 to every device after a sign-out everywhere, without a Salesforce call', async () => {
    const { leaving, staying, conversationId } = await signInTwice()
    expect((await signOut(leaving, { everywhere: 'true' })).status).toBe(204)
    for (const token of [leaving, staying]) {
      const refused = await expectNoSalesforceCalls(gateway, () => call(conversationId, { token }))
      expectProblem(refused, 401, 'unauthenticated')
    }
  })

  it('returns 401 to a device that signed in within the millisecond of a sign-out everywhere', async () => {
    vi.spyOn(Date, 'now').mockReturnValue(Date.now())
    const { leaving, staying, conversationId } = await signInTwice()
    expect((await signOut(leaving, { everywhere: 'true' })).status).toBe(204)
    const refused = await expectNoSalesforceCalls(gateway, () =>
      call(conversationId, { token: staying }),
    )
    expectProblem(refused, 401, 'unauthenticated')
  })

  it('returns 401 to a guest who signed out, without a Salesforce call', async () => {
    const { token, conversationId } = await startConversation()
    expect((await signOut(token)).status).toBe(204)
    const refused = await expectNoSalesforceCalls(gateway, () => call(conversationId, { token }))
    expectProblem(refused, 401, 'unauthenticated')
  })
})
