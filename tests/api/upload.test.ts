import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import upload from '../../api/upload.js'
import { uuidOf } from '../../lib/uuid.js'
import { signInAsGuest } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import {
  expectNoSalesforceCalls,
  expectProblem,
  noLimits,
  timesStored,
} from '../support/sending.js'
import {
  attachments,
  createFile,
  createForm,
  filesSentToSalesforce,
  png,
  startUploadConversation,
} from '../support/uploads.js'

const gateway = setupGateway({ salesforce: { attachments }, env: noLimits })

describe('a file', () => {
  it('is delivered, and the poll shows it under its id', async () => {
    const visitor = await startUploadConversation()
    const id = randomUUID()
    const { status, body, headers } = await visitor.upload({ text: ' My bill ' }, id)
    expect(status).toBe(202)
    expect(body).toEqual({
      id,
      conversationId: visitor.conversationId,
      timestamp: expect.stringMatching(/Z$/),
      duplicate: false,
    })
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('ratelimit-policy')).toContain('"send"')
    expect(filesSentToSalesforce(gateway)).toEqual([
      {
        messageEntry: {
          message: { id, fileId: uuidOf(`file:${id}`), text: 'My bill' },
          esDeveloperName: 'Harbor_Custom_Client',
        },
        fileData: `bill.png (image/png, ${png.length} bytes)`,
      },
    ])
    const { messages } = (await visitor.poll()).body
    const shown = messages.find((message: { id: string }) => message.id === id)
    expect(shown).toMatchObject({ messageType: 'AttachmentMessage', sender: { role: 'EndUser' } })
  })

  it('may come first, last or in between, without an id or a text', async () => {
    const { conversationId, uploadForm } = await startUploadConversation()
    for (const order of [
      ['file', 'conversationId'],
      ['conversationId', 'file'],
    ]) {
      const parts = { conversationId, file: createFile() }
      const rows = order.map((name): [string, string | File] => [
        name,
        name === 'file' ? parts.file : parts.conversationId,
      ])
      const { status, body } = await uploadForm(createForm(rows))
      expect([status, body.duplicate]).toEqual([202, false])
    }
  })

  it('of 4 MB is taken, and a byte more is 413', async () => {
    const { upload } = await startUploadConversation()
    const content = Buffer.concat([png, Buffer.alloc(4 * 1024 * 1024 - png.length)])
    expect((await upload({ file: createFile({ content }) })).status).toBe(202)
    const more = createFile({ content: Buffer.concat([content, Buffer.alloc(1)]) })
    expectProblem(
      await expectNoSalesforceCalls(gateway, () => upload({ file: more })),
      413,
      'payload_too_large',
    )
  })

  it('with a body above 4.2 MB is 413 before it is read', async () => {
    const { upload } = await startUploadConversation()
    const file = createFile({ content: Buffer.alloc(4.3 * 1024 * 1024) })
    const answer = await expectNoSalesforceCalls(gateway, () => upload({ file }))
    expectProblem(answer, 413, 'payload_too_large')
  })

  it('opens a new session where the last one is over', async () => {
    const { upload, conversationId } = await startUploadConversation({
      routingAttributes: { Topic: 'Bill' },
    })
    gateway.salesforce.agentJoins(conversationId)
    gateway.salesforce.endSession(conversationId, 'Agent')
    expect((await upload()).status).toBe(202)
  })

  it('sent again with its id is delivered once', async () => {
    const { upload, conversationId } = await startUploadConversation()
    const id = randomUUID()
    const [once, twice] = [await upload({}, id), await upload({}, id)]
    expect(twice.body).toEqual({ ...once.body, duplicate: true })
    expect(timesStored(gateway, conversationId, id)).toBe(1)
    expect(filesSentToSalesforce(gateway)).toHaveLength(1)
  })

  it.each([
    ['another name', { file: createFile({ name: 'other.png' }) }],
    ['another content', { file: createFile({ content: Buffer.concat([png, png]) }) }],
    ['another text', { text: 'other' }],
    ['another type', { file: createFile({ type: 'text/plain', content: 'x' }) }],
  ])('sent again with %s under its id is 422', async (_what, parts) => {
    const { upload, send } = await startUploadConversation()
    const id = randomUUID()
    await upload({}, id)
    expectProblem(await expectNoSalesforceCalls(gateway, () => upload(parts, id)), 422, 'id_reused')
    expectProblem(await expectNoSalesforceCalls(gateway, () => send('words', id)), 422, 'id_reused')
  })
})

describe('a file that is refused', () => {
  it("is 404 for another visitor's conversation and for an unknown one", async () => {
    const { conversationId } = await startUploadConversation()
    const { token } = await signInAsGuest()
    for (const id of [conversationId, randomUUID()]) {
      const form = createForm({ conversationId: id, file: createFile() })
      const answer = await expectNoSalesforceCalls(gateway, () => request(upload, { token, form }))
      expectProblem(answer, 404, 'conversation_not_found')
    }
  })

  it('is 401 without a token', async () => {
    const form = createForm({ conversationId: randomUUID(), file: createFile() })
    expectProblem(
      await expectNoSalesforceCalls(gateway, () => request(upload, { form })),
      401,
      'unauthenticated',
    )
  })

  it('is 410 once the conversation has ended', async () => {
    const { upload, end } = await startUploadConversation()
    await end()
    expectProblem(await expectNoSalesforceCalls(gateway, () => upload()), 410, 'conversation_ended')
  })

  it('is 429 above the limit of send, which messages count on as well', async () => {
    gateway.setEnv({ LIMITS: '{"send": [2, "1 m"]}' })
    const { upload, send } = await startUploadConversation()
    await send('One')
    await upload()
    expectProblem(await expectNoSalesforceCalls(gateway, () => upload()), 429, 'rate_limited')
  })

  it.each([
    [413, 'payload_too_large'],
    [415, 'unsupported_media_type'],
  ])('by Salesforce with %i is %s, and its id can be used again', async (status, code) => {
    const { upload } = await startUploadConversation()
    const id = randomUUID()
    gateway.salesforce.fail({ operation: 'sendFile', what: { status } })
    expectProblem(await upload({}, id), status, code)
    expect((await upload({ text: 'Now' }, id)).body).toMatchObject({ duplicate: false })
  })

  it.each([403, 404])(
    'by Salesforce with %i in an open conversation loses nothing',
    async (status) => {
      const { upload, send } = await startUploadConversation()
      gateway.salesforce.fail({ operation: 'sendFile', what: { status } })
      expectProblem(await upload(), 502, 'upstream_rejected')
      expect((await send('Still here')).status).toBe(202)
    },
  )

  it('by Salesforce because nobody is let in any more is 410', async () => {
    const { upload, start } = await startUploadConversation()
    gateway.salesforce.revokeTokens()
    expectProblem(await upload(), 410, 'conversation_lost')
    expect((await start()).status).toBe(201)
  })
})
