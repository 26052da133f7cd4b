/** Tests that a Salesforce token in Redis is of no use in another visitor's record. */
import { describe, expect, it } from 'vitest'
import { startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { expectNoSalesforceCalls, expectProblem, noLimits } from '../support/sending.js'
import { verifiedEnv, verifiedSalesforce } from '../support/verified.js'

type Visitor = Awaited<ReturnType<typeof startConversation>>

const recordOf = ({ user }: Visitor) => `local:visitor:{${user.id}}`

describe("a guest's token that was copied into another guest's record", () => {
  const gateway = setupGateway({ env: noLimits })

  it('is not opened: send and poll return 410 and make no Salesforce call', async () => {
    const [owner, thief] = [await startConversation(), await startConversation()]
    const { redisBackend } = gateway
    const field = `t:${owner.conversationId}`
    const token = String(await redisBackend.execute(['HGET', recordOf(owner), field]))
    await redisBackend.execute(['HSET', recordOf(thief), `t:${thief.conversationId}`, token])
    for (const call of [() => thief.send('Hello'), () => thief.poll()]) {
      expectProblem(await expectNoSalesforceCalls(gateway, call), 410, 'conversation_lost')
    }
    expect((await owner.send('Still mine')).status).toBe(202)
  })
})

describe("a renewable token that was copied into another visitor's record", () => {
  const gateway = setupGateway({
    salesforce: verifiedSalesforce,
    env: { ...verifiedEnv, ...noLimits },
  })

  it('is not opened: the visitor gets a token of their own', async () => {
    const [owner, thief] = [await startConversation(), await startConversation()]
    const { redisBackend } = gateway
    const token = String(await redisBackend.execute(['HGET', recordOf(owner), 'token']))
    await redisBackend.execute(['HSET', recordOf(thief), 'token', token])
    const before = gateway.salesforce.exchanges.length
    expect((await thief.send('Hello')).status).toBe(202)
    const authorizations = gateway.salesforce.exchanges.map(({ authorization }) => authorization)
    const [ofOwner, ofThief] = [authorizations.slice(0, before), authorizations.slice(before)]
    const calls = gateway.salesforceCalls().slice(before)
    expect(calls).toContain('generateAccessTokenForAuthenticatedUser 200')
    expect(ofOwner.filter((each) => each !== null && ofThief.includes(each))).toEqual([])
  })
})
