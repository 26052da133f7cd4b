/** Tests where routing values are kept, what passes with a conversation, and what goes with it. */
import { http } from 'msw'
import { describe, expect, it } from 'vitest'
import auth from '../../api/auth.js'
import end from '../../api/end.js'
import send from '../../api/send.js'
import { startConversation } from '../support/conversation.js'
import { salesforceUrl, setupGateway, type TestGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { expectProblem, messagesSentToSalesforce, noLimits } from '../support/sending.js'
import { deleteFields, storedFields, writeFields } from '../support/stored-record.js'
import { identityToken, loginEnv, verifiedEnv, verifiedSalesforce } from '../support/verified.js'

const routingAttributes = { topic: 'Cargo' }

/** Rewrites a conversation as releases before the field `r:<conversationId>` stored it. */
async function storeAsBefore(gateway: TestGateway, visitorId: string, conversationId: string) {
  const stored = (await storedFields(gateway, visitorId)).get(`c:${conversationId}`) ?? ''
  const { language, ...first } = JSON.parse(stored)
  const { isSessionOver, deployment, ...before } = first
  const early = { ...before, routingAttributes, language, isSessionOver, deployment }
  await writeFields(gateway, visitorId, { [`c:${conversationId}`]: JSON.stringify(early) })
  await deleteFields(gateway, visitorId, `r:${conversationId}`, 'until')
}

/** Returns the ids of conversations by the kind of field that holds something of them. */
async function idsByKind(gateway: TestGateway, visitorId: string) {
  const names = [...(await storedFields(gateway, visitorId)).keys()].sort()
  const idsOf = (kind: string) =>
    names.filter((name) => name.startsWith(kind)).map((name) => name.slice(2))
  return { c: idsOf('c:'), r: idsOf('r:'), t: idsOf('t:') }
}

describe('the routing values of a conversation', () => {
  const gateway = setupGateway({ env: noLimits })

  it('are stored beside the conversation, and open the next session', async () => {
    const { user, conversationId, ...guest } = await startConversation({ routingAttributes })
    const fields = await storedFields(gateway, user.id)
    expect(fields.get(`c:${conversationId}`)).not.toContain('Cargo')
    expect(JSON.parse(fields.get(`r:${conversationId}`) ?? '')).toEqual(routingAttributes)
    await guest.end({ scope: 'session' })
    expect((await guest.send('One more thing')).status).toBe(202)
    expect(messagesSentToSalesforce(gateway).at(-1)).toMatchObject({ routingAttributes })
  })

  it('open the next session of a conversation that an earlier release stored', async () => {
    const { user, conversationId, ...guest } = await startConversation({ routingAttributes })
    await storeAsBefore(gateway, user.id, conversationId)
    expect((await guest.start()).body).toMatchObject({ conversationId, resumed: true })
    expect((await guest.poll()).status).toBe(200)
    await guest.end({ scope: 'session' })
    const fields = await storedFields(gateway, user.id)
    expect(fields.get(`c:${conversationId}`), 'moved by the write').not.toContain('Cargo')
    expect((await guest.send('One more thing')).status).toBe(202)
    expect(messagesSentToSalesforce(gateway).at(-1)).toMatchObject({ routingAttributes })
  })

  it('are sent when a start is repeated whose answer was lost', async () => {
    const { user, conversationId, start } = await startConversation({ routingAttributes })
    const stored = (await storedFields(gateway, user.id)).get(`c:${conversationId}`) ?? ''
    const starting = JSON.stringify({ ...JSON.parse(stored), status: 'starting' })
    await writeFields(gateway, user.id, { [`c:${conversationId}`]: starting })
    expect((await start({ conversationId })).status).toBe(201)
    const openings = gateway.salesforce.exchanges.filter(
      ({ operationId }) => operationId === 'createConversation',
    )
    expect(openings.map(({ requestBody }) => requestBody)).toMatchObject([
      { routingAttributes },
      { routingAttributes },
    ])
  })
})

describe('a record', () => {
  const gateway = setupGateway({
    env: { ...noLimits, MAX_CONVERSATIONS: '2', ENDED_CONVERSATION_DAYS: '1' },
  })

  it('loses the routing values and the token of a conversation together with it', async () => {
    const guest = await startConversation({ routingAttributes })
    const ids = [guest.conversationId]
    for (let nth = 0; nth < 3; nth++) {
      await request(end, { token: guest.token, body: { conversationId: ids.at(-1) } })
      ids.push(String((await guest.start({ routingAttributes })).body.conversationId))
    }
    const kept = ids.slice(-2).sort()
    expect(await idsByKind(gateway, guest.user.id)).toEqual({ c: kept, r: kept, t: kept })
  })

  it('keeps no routing values of a conversation that Salesforce refused', async () => {
    const guest = await startConversation()
    await guest.end()
    gateway.salesforce.fail({ operation: 'createConversation', what: { status: 400 } })
    expect((await guest.start({ routingAttributes })).status).toBe(502)
    const kept = [guest.conversationId]
    expect(await idsByKind(gateway, guest.user.id)).toEqual({ c: kept, r: kept, t: kept })
  })

  it('takes nothing in once it is buried, and the start that wanted it opens nothing', async () => {
    const guest = await startConversation()
    await guest.end()
    const key = `local:visitor:{${guest.user.id}}`
    gateway.network.use(
      http.all(`${salesforceUrl}/*access-token`, async () => {
        await gateway.redisBackend.execute(['DEL', key])
        await gateway.redisBackend.execute(['HSET', key, 'gone', 'nobody'])
        await gateway.redisBackend.execute(['PEXPIRE', key, '60000'])
      }),
    )
    expectProblem(await guest.start(), 401, 'unauthenticated')
    expect([...(await storedFields(gateway, guest.user.id)).keys()]).toEqual(['gone'])
    const creations = gateway.salesforceCalls().filter((call) => call.startsWith('createConv'))
    expect(creations).toHaveLength(1)
  })
})

describe('auth of a guest who signs in', () => {
  const gateway = setupGateway({
    salesforce: verifiedSalesforce,
    env: { ...verifiedEnv, ...loginEnv, ...noLimits },
  })

  it.each([
    ['stored by this release', async () => undefined],
    ['stored by an earlier release', storeAsBefore],
  ] as const)('moves the routing values of conversations %s', async (_by, prepare) => {
    const guest = await startConversation({ routingAttributes })
    const { conversationId, user, refreshToken } = guest
    await prepare(gateway, user.id, conversationId)
    await guest.end({ scope: 'session' })
    const body = { identityToken: await identityToken(), refreshToken }
    const known = (await request(auth, { body })).body
    const fields = await storedFields(gateway, known.user.id)
    expect(JSON.parse(fields.get(`r:${conversationId}`) ?? '')).toEqual(routingAttributes)
    expect([...(await storedFields(gateway, user.id)).keys()]).toEqual(['gone'])
    const message = { conversationId, text: 'One more thing' }
    expect((await request(send, { token: known.token, body: message })).status).toBe(202)
    expect(messagesSentToSalesforce(gateway).at(-1)).toMatchObject({ routingAttributes })
  })
})
