/** Checks what remains of calls that Redis acknowledged, and then lost with its last second. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import auth from '../../api/auth.js'
import poll from '../../api/poll.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import { hasRedisServer } from '../sandbox/redis-server.js'
import { signInAsGuest, startConversation, textsOf } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { expectProblem, noLimits, timesStored } from '../support/sending.js'
import { verifiedEnv, verifiedSalesforce } from '../support/verified.js'
import { type LossyStoreSetup, openServer } from './store-setup.js'

describe.skipIf(!hasRedisServer())('after Redis restarted without its last second', () => {
  const gateway = setupGateway({
    salesforce: { ...verifiedSalesforce, switches: { storesDuplicates: true } },
    env: { ...verifiedEnv, ...noLimits },
  })
  let store: LossyStoreSetup

  beforeAll(async () => {
    store = await openServer()
  })
  afterAll(() => store.close())
  beforeEach(async () => {
    await store.flush()
    gateway.setEnv(store.variables)
    gateway.network.use(store.handler)
  })

  const refresh = (refreshToken: string) => request(auth, { body: { refreshToken } })

  it('a message that is sent again is stored once, and the reply says that it is a duplicate', async () => {
    const { send, conversationId } = await startConversation()
    const id = randomUUID()
    expect((await store.loseWritesOf(() => send('Once', id))).status).toBe(202)
    await store.proxy.set('refuse')
    expectProblem(await send('Once', id), 503, 'store_unavailable')
    await store.proxy.set(null)
    const { status, body } = await send('Once', id)
    expect({ status, duplicate: body.duplicate }).toEqual({ status: 202, duplicate: true })
    expect(timesStored(gateway, conversationId, id)).toBe(1)
  })

  it('a new message is sent after a look into Salesforce’s list', async () => {
    const { send, conversationId } = await startConversation()
    await store.proxy.set('refuse')
    expectProblem(await send('Too early'), 503, 'store_unavailable')
    await store.proxy.set(null)
    const id = randomUUID()
    const before = gateway.salesforceCalls().length
    const { status, body } = await send('New', id)
    expect({ status, duplicate: body.duplicate }).toEqual({ status: 202, duplicate: false })
    expect(timesStored(gateway, conversationId, id)).toBe(1)
    expect(gateway.salesforceCalls().slice(before)).toEqual([
      'listConversationEntries 200',
      'sendMessage 202',
    ])
  })

  it('a conversation that had just begun is 404, and a start with its id continues it', async () => {
    const { token } = await signInAsGuest()
    const conversationId = randomUUID()
    const body = { conversationId }
    const { cursor } = await store.loseWritesOf(async () => {
      expect((await request(start, { token, body })).status).toBe(201)
      expect((await request(send, { token, body: { ...body, text: 'First' } })).status).toBe(202)
      return (await request(poll, { token, query: body })).body
    })
    expectProblem(await request(poll, { token, query: body }), 404, 'conversation_not_found')
    const again = await request(start, { token, body })
    expect(again.status).toBe(201)
    expect(again.body.conversationId).toBe(conversationId)
    await request(send, { token, body: { ...body, text: 'Second' } })
    const news = await request(poll, { token, query: { ...body, cursor } })
    expect(textsOf(news.body)).toContain('Second')
    expect(textsOf(news.body)).not.toContain('First')
  })

  it('a refresh token of a lost rotation is exchanged, and an older one still revokes the family', async () => {
    const { refreshToken } = await signInAsGuest()
    const second = String((await refresh(refreshToken)).body.refreshToken)
    const third = await store.loseWritesOf(async () =>
      String((await refresh(second)).body.refreshToken),
    )
    const { status, body } = await refresh(third)
    expect(status).toBe(200)
    expect((await refresh(String(body.refreshToken))).status).toBe(200)
    expectProblem(await refresh(refreshToken), 401, 'refresh_rejected')
    expectProblem(await refresh(String(body.refreshToken)), 401, 'refresh_rejected')
  })

  it('a session that had just begun keeps its access token, and its refresh token is rejected', async () => {
    const { token, refreshToken } = await store.loseWritesOf(signInAsGuest)
    expectProblem(await refresh(refreshToken), 401, 'refresh_rejected')
    expect((await request(start, { token, body: {} })).status).toBe(201)
  })
})
