/** Checks each endpoint after the store lost all data: visitors are still known, conversations are not. */
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import conversations from '../../api/_conversations.js'
import transcript from '../../api/_transcript.js'
import auth from '../../api/auth.js'
import end from '../../api/end.js'
import poll from '../../api/poll.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import upload from '../../api/upload.js'
import { dialects } from '../dialects/dialects.js'
import { startConversation, textsOf } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { expectNoSalesforceCalls, expectProblem, timesStored } from '../support/sending.js'
import { keysOf } from '../support/stored-keys.js'
import { attachments, createFile, createForm } from '../support/uploads.js'
import { identityToken, loginEnv } from '../support/verified.js'

describe.each(dialects)('after the store lost all data, in the dialect $name', (dialect) => {
  const { salesforce, env, resolvesUnclearSends } = dialect
  const gateway = setupGateway({
    salesforce: { ...salesforce, attachments, allowTranscriptDownload: true },
    env: { ...env, ...loginEnv },
  })
  const loseAll = () => gateway.redisBackend.execute(['FLUSHALL'])

  async function loseDataAfterStart() {
    const visitor = await startConversation()
    await visitor.send('Before')
    await loseAll()
    return visitor
  }

  it('every endpoint returns 404 for a lost conversation and makes no Salesforce call', async () => {
    const { token, conversationId } = await loseDataAfterStart()
    const body = { conversationId }
    const form = createForm({ conversationId, file: createFile() })
    const calls = [
      () => request(send, { token, body: { ...body, text: 'Hello?' } }),
      () =>
        request(send, { token, body: { ...body, messageType: 'TypingIndicator', typing: true } }),
      () => request(poll, { token, query: body }),
      () => request(end, { token, body }),
      () => request(transcript, { token, query: body }),
      () => request(upload, { token, form }),
    ]
    for (const call of calls) {
      expectProblem(await expectNoSalesforceCalls(gateway, call), 404, 'conversation_not_found')
    }
  })

  it('an access token is still accepted, and start opens a new conversation that works', async () => {
    const { token, conversationId } = await loseDataAfterStart()
    expect((await request(conversations, { token })).body).toEqual({ conversations: [] })
    const started = await request(start, { token, body: {} })
    expect(started.status).toBe(201)
    expect(started.body.conversationId).not.toBe(conversationId)
    const body = { conversationId: started.body.conversationId, text: 'Once more' }
    expect((await request(send, { token, body })).status).toBe(202)
    const query = { conversationId: started.body.conversationId }
    expect(textsOf((await request(poll, { token, query })).body)).not.toContain('Before')
  })

  it('a refresh token is rejected with 401, and a new guest can sign in', async () => {
    const { refreshToken } = await loseDataAfterStart()
    expectProblem(await request(auth, { body: { refreshToken } }), 401, 'refresh_rejected')
    expect((await request(auth, { body: {} })).status).toBe(200)
  })

  it('a verified visitor gets the same user id at the next sign-in', async () => {
    const claims = { subject: randomUUID() }
    const before = await request(auth, { body: { identityToken: await identityToken(claims) } })
    await loseAll()
    const { refreshToken } = before.body
    expectProblem(await request(auth, { body: { refreshToken } }), 401, 'refresh_rejected')
    const after = await request(auth, { body: { identityToken: await identityToken(claims) } })
    expect(after.body.user).toEqual(before.body.user)
    expect((await request(start, { token: after.body.token, body: {} })).status).toBe(201)
  })

  it('a guest’s sign-in is rejected with 401 when the refresh-token family is lost', async () => {
    const { refreshToken } = await loseDataAfterStart()
    const body = { identityToken: await identityToken(), refreshToken }
    expectProblem(
      await expectNoSalesforceCalls(gateway, () => request(auth, { body })),
      401,
      'refresh_rejected',
    )
  })

  it('a sign-out succeeds, and its access token is rejected afterwards', async () => {
    const { token } = await loseDataAfterStart()
    expect((await request(auth, { method: 'DELETE', token })).status).toBe(204)
    expectProblem(await request(start, { token, body: {} }), 401, 'unauthenticated')
  })

  it('a poll continues from its cursor when only the visitor’s record is left', async () => {
    const { user, poll: pollMessages, send } = await startConversation()
    await send('Before')
    const { cursor } = (await pollMessages()).body
    await send('News')
    const record = (await keysOf(gateway)).filter((key) => key.includes(`:visitor:{${user.id}}`))
    const others = (await keysOf(gateway)).filter((key) => !record.includes(key))
    expect(record).toHaveLength(1)
    expect(others.length).toBeGreaterThan(2)
    await gateway.redisBackend.execute(['DEL', ...others])
    const { status, body } = await pollMessages({ cursor })
    expect(status).toBe(200)
    expect(textsOf(body)).toContain('News')
    expect(textsOf(body)).not.toContain('Before')
  })

  it.runIf(resolvesUnclearSends)(
    'a repeated message is sent again under the same id when its send log is lost',
    async () => {
      const { send, conversationId } = await startConversation()
      const id = randomUUID()
      await send('Once', id)
      await gateway.redisBackend.execute([
        'DEL',
        ...(await keysOf(gateway)).filter((key) => key.includes(id)),
      ])
      expect((await send('Once', id)).status).toBe(202)
      expect(timesStored(gateway, conversationId, id), 'Salesforce keeps an id once').toBe(1)
    },
  )
})
