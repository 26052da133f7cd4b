import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import auth from '../../api/auth.js'
import send from '../../api/send.js'
import upload from '../../api/upload.js'
import { startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { expectNoSalesforceCalls, expectProblem, noLimits } from '../support/sending.js'
import { attachments, filesSentToSalesforce } from '../support/uploads.js'

const gateway = setupGateway({ salesforce: { attachments }, env: noLimits })

const latin1 = (text: string) => Buffer.from(text, 'latin1')

describe('a JSON body', () => {
  async function sendBytes(encode: (text: string) => Buffer, type: string) {
    const { token, conversationId } = await startConversation()
    const body = encode(JSON.stringify({ conversationId, id: randomUUID(), text: 'Grüße' }))
    const headers = { 'content-type': type }
    return { call: () => request(send, { token, body, headers }) }
  }

  it('in ISO-8859-1 is refused with 400, and nothing reaches Salesforce', async () => {
    const { call } = await sendBytes(latin1, 'application/json')
    const answer = await expectNoSalesforceCalls(gateway, call)
    expectProblem(answer, 400, 'invalid_request')
    expect(answer.body.errors).toEqual([{ path: '', message: 'must be UTF-8' }])
  })

  it.each([
    'application/json; charset=ISO-8859-1',
    'application/json;charset="windows-1252"',
    'application/json; Charset = utf-16',
  ])('is refused with 415 when it declares another charset: %s', async (type) => {
    const { call } = await sendBytes(latin1, type)
    const answer = await expectNoSalesforceCalls(gateway, call)
    expectProblem(answer, 415, 'unsupported_media_type')
  })

  it.each([
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'application/json; profile=x; charset=utf8',
  ])('is accepted when it declares UTF-8: %s', async (type) => {
    const { call } = await sendBytes(Buffer.from, type)
    expect((await call()).status).toBe(202)
  })

  it('may begin with a byte-order mark', async () => {
    const { call } = await sendBytes((text) => Buffer.from(`\uFEFF${text}`), 'application/json')
    expect((await call()).status).toBe(202)
  })

  it('may hold U+FFFD itself', async () => {
    const { send: say } = await startConversation()
    expect((await say('\uFFFD')).status).toBe(202)
  })
})

it.each([
  ['text/plain', 400, 'invalid_request'],
  ['text/plain; charset=iso-8859-1', 415, 'unsupported_media_type'],
] as const)("a text body in ISO-8859-1 under the guide's prefix is refused: %s", async (...row) => {
  const [type, status, code] = row
  const answer = await request(auth, {
    url: 'https://chat.example/api/messaging/auth',
    body: latin1('{"deploymentId":"Hafen_ü"}'),
    headers: { 'content-type': type },
  })
  expectProblem(answer, status, code)
})

describe('a form', () => {
  const boundary = 'a-boundary'
  const part = (head: string, content: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`

  /** Uploads a text file, with this text beside it. */
  async function uploadForm(
    encode: (text: string) => Buffer,
    { text = 'x', name = 'a.txt', textHead = '', content = 'words' },
  ) {
    const { token, conversationId } = await startConversation()
    const form = [
      part('name="conversationId"', conversationId),
      part(`name="text"${textHead}`, text),
      part(`name="file"; filename="${name}"\r\nContent-Type: text/plain`, content),
    ]
    const body = encode(`${form.join('')}--${boundary}--\r\n`)
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` }
    return { call: () => request(upload, { token, body, headers }) }
  }

  const declaredUtf8 = '\r\nContent-Type: text/plain; charset=utf-8'

  it.each([
    ['text', { text: 'Grüße' }],
    ['text that declares UTF-8', { text: 'Grüße', textHead: declaredUtf8 }],
    ['file name', { name: 'Grüße.txt' }],
  ])('with a %s in ISO-8859-1 is refused, and nothing reaches Salesforce', async (_what, form) => {
    const { call } = await uploadForm(latin1, form)
    const answer = await expectNoSalesforceCalls(gateway, call)
    expectProblem(answer, 400, 'invalid_request')
    expect(answer.body.errors).toEqual([{ path: '', message: 'must be UTF-8' }])
  })

  it('with a text that declares an unknown charset is refused by its name', async () => {
    const { call } = await uploadForm(Buffer.from, {
      text: 'Hello',
      textHead: '\r\nContent-Type: text/plain; charset=x',
    })
    const answer = await expectNoSalesforceCalls(gateway, call)
    expectProblem(answer, 400, 'invalid_request')
    expect(answer.body.errors).toEqual([{ path: 'text', message: 'must be UTF-8' }])
  })

  it('with bytes that are no UTF-8 beside a file that holds U+FFFD is refused', async () => {
    const encode = (text: string) =>
      Buffer.concat(
        text
          .split('\uFFFD')
          .flatMap((each, index) =>
            index === 0 ? [latin1(each)] : [Buffer.from('\uFFFD'), latin1(each)],
          ),
      )
    const { call } = await uploadForm(encode, { text: 'Grüße', content: '\uFFFD\uFFFD\uFFFD' })
    expectProblem(await expectNoSalesforceCalls(gateway, call), 400, 'invalid_request')
  })

  it.each([
    ['texts and names in UTF-8', { text: 'Grüße', name: 'Füße.txt' }],
    ['a text that declares UTF-8', { text: 'Grüße', textHead: declaredUtf8 }],
    ['U+FFFD itself', { text: 'a\uFFFDb', name: '\uFFFD.txt' }],
  ])('with %s is accepted', async (_what, form) => {
    const { call } = await uploadForm(Buffer.from, form)
    expect((await call()).status).toBe(202)
    expect(filesSentToSalesforce(gateway)).toHaveLength(1)
  })
})
