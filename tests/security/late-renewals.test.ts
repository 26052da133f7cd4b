/** Tests that a token which is renewed while its guest becomes another visitor is not kept. */
import { expect, it } from 'vitest'
import auth from '../../api/auth.js'
import { startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { expectProblem, holdRequests, noLimits } from '../support/sending.js'
import { identityToken, loginEnv, verifiedEnv, verifiedSalesforce } from '../support/verified.js'

const gateway = setupGateway({
  salesforce: verifiedSalesforce,
  env: { ...verifiedEnv, ...loginEnv, ...noLimits },
})

const callsOf = (operation: string) =>
  gateway.salesforceCalls().filter((each) => each.startsWith(operation)).length

it('send and poll return 401 when their guest signs in during a renewal: the fresh token is revoked and not stored, and no other is fetched', async () => {
  const guest = await startConversation()
  gateway.salesforce.revokeTokens()
  const renewal = holdRequests(gateway, '/authorization/authenticated/access-token')
  const sending = guest.send('Hello')
  await renewal.asked
  const polling = guest.poll()
  await expect.poll(() => callsOf('listConversationEntries'), { interval: 5 }).toBe(1)
  const { refreshToken } = guest
  const signedIn = await request(auth, {
    body: { refreshToken, identityToken: await identityToken() },
  })
  expect(signedIn.status).toBe(200)
  const [fetched, revoked] = [callsOf('generate'), callsOf('revoke')]
  renewal.release()
  expectProblem(await sending, 401, 'unauthenticated')
  expectProblem(await polling, 401, 'unauthenticated')
  expect([callsOf('generate'), callsOf('revoke')]).toEqual([fetched + 1, revoked + 1])
  const record = `local:visitor:{${guest.user.id}}`
  expect(String(await gateway.redisBackend.execute(['HKEYS', record]))).toBe('gone')
})
