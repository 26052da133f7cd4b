import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import upload from '../../api/upload.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { expectNoSalesforceCalls, expectProblem, noLimits } from '../support/sending.js'
import { cpuMillisecondsOf } from '../support/time-taken.js'
import {
  attachments,
  createFile,
  createForm,
  type Parts,
  png,
  startUploadConversation,
} from '../support/uploads.js'

const gateway = setupGateway({ salesforce: { attachments }, env: noLimits })

const boundary = '----a-boundary-of-some-length'
const file = createFile()
const conversationId = randomUUID()

/** Writes a form as it stands on the wire: heads of parts and their contents. */
function wired(...parts: [head: string, content: string][]): string {
  const rows = parts.map(([head, content]) => `--${boundary}\r\n${head}\r\n\r\n${content}\r\n`)
  return `${rows.join('')}--${boundary}--\r\n`
}

function field(name: string, value: string): [string, string] {
  return [`Content-Disposition: form-data; name="${name}"`, value]
}

const textFile = (head: string): [string, string] => [
  `Content-Disposition: form-data; ${head}\r\nContent-Type: text/plain`,
  'words',
]

async function post(body: string, type = `multipart/form-data; boundary=${boundary}`) {
  const { token, conversationId: id } = await startUploadConversation()
  const ownBody = body.replace('OWN', id)
  const headers = { 'content-type': type }
  return await expectNoSalesforceCallsUnlessSent(() =>
    request(upload, { token, body: ownBody, headers }),
  )
}

async function expectNoSalesforceCallsUnlessSent<T extends { status: number }>(
  work: () => Promise<T>,
): Promise<T> {
  const before = gateway.salesforceCalls().length
  const answer = await work()
  if (answer.status !== 202) expect(gateway.salesforceCalls().slice(before)).toEqual([])
  return answer
}

describe('a form', () => {
  it.each<[string, Parts | [string, string | File][], string[]]>([
    ['without a file', { conversationId }, ['file']],
    ['without a conversation', { file }, ['conversationId']],
    ['with a text for a file', { conversationId, file: 'words' }, ['file']],
    ['with a file for a text', { conversationId, file, text: file }, ['text']],
    ['with an unknown part', { conversationId, file, caption: 'x' }, ['caption']],
    ['with an unknown file', { conversationId, file, other: file }, ['other']],
    ['with __proto__', { conversationId, file, ['__proto__']: 'x' }, ['__proto__']],
    ['with constructor', { conversationId, file, constructor: 'x' }, ['constructor']],
    [
      'with two files',
      [
        ['conversationId', conversationId],
        ['file', file],
        ['file', file],
      ],
      ['file'],
    ],
    [
      'with two ids',
      [
        ['id', conversationId],
        ['id', conversationId],
      ],
      ['id'],
    ],
    ['with an id that is none', { conversationId, file, id: 'x' }, ['id']],
    ['with an empty text', { conversationId, file, text: ' ' }, ['text']],
    ['with a long text', { conversationId, file, text: 'x'.repeat(4001) }, ['text']],
    ['with a huge text', { conversationId, file, text: 'x'.repeat(100_000) }, ['text']],
  ])('%s is 400', async (_what, parts, paths) => {
    const { token } = await startUploadConversation()
    const answer = await expectNoSalesforceCalls(gateway, () =>
      request(upload, { token, form: createForm(parts) }),
    )
    expectProblem(answer, 400, 'invalid_request')
    expect(answer.body.errors.map(({ path }: { path: string }) => path)).toEqual(paths)
  })

  it('with an empty file is 400', async () => {
    const answer = await (await startUploadConversation()).upload({
      file: createFile({ content: '' }),
    })
    expectProblem(answer, 400, 'invalid_request')
    expect(answer.body.errors).toEqual([{ path: 'file', message: 'must not be empty' }])
  })

  it.each([
    ['nine parts', wired(...Array.from({ length: 9 }, (_, n) => field(`p${n}`, 'x')))],
    ['very many parts', wired(...Array.from({ length: 40_000 }, (_, n) => field(`p${n}`, '')))],
    ['a name of a megabyte', wired(field('n'.repeat(1_000_000), 'x'))],
    ['a name of 200 bytes', wired(field('n'.repeat(200), 'x'))],
    ['a header of a megabyte', wired([`X-Padding: ${'x'.repeat(1_000_000)}`, 'x'])],
    ['no end', wired(field('text', 'x')).slice(0, -10)],
    ['no content', ''],
    ['no parts', wired()],
    ['other bytes', 'hello'],
    ['a part without a name', wired(['Content-Disposition: form-data', 'x'])],
  ])('of %s is 400, and soon', async (_what, body) => {
    const takenMs = await cpuMillisecondsOf(async () => {
      const answer = await post(body)
      expectProblem(answer, 400, 'invalid_request')
      expect(JSON.stringify(answer.body).length).toBeLessThan(2000)
    })
    expect(takenMs).toBeLessThan(4000)
  })

  it.each([
    ['application/json', 415, 'unsupported_media_type'],
    ['application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
    ['multipart/mixed; boundary=x', 415, 'unsupported_media_type'],
    ['', 415, 'unsupported_media_type'],
    ['multipart/form-data', 400, 'invalid_request'],
    ['multipart/form-data; boundary=', 400, 'invalid_request'],
    ['multipart/form-data; boundary=another', 400, 'invalid_request'],
  ])('of type "%s" is %i', async (type, status, code) => {
    expectProblem(await post(wired(field('text', 'x')), type), status, code)
  })

  it.each([
    ['a browser', 'name="file"; filename="a.txt"'],
    ['.NET', "name=file; filename=a.txt; filename*=utf-8''a.txt"],
    ['a name in other characters', 'name="file"; filename="Füße.txt"'],
  ])('as %s writes it is read', async (_who, head) => {
    const body = wired(textFile(head), [
      'Content-Disposition: form-data; name=conversationId',
      'OWN',
    ])
    expect((await post(`a preamble\r\n${body}`)).status).toBe(202)
  })

  it('with a query is 400', async () => {
    const { token } = await startUploadConversation()
    const form = createForm({ conversationId, file: createFile({ content: png }) })
    const answer = await request(upload, { token, form, query: { id: 'x' } })
    expectProblem(answer, 400, 'invalid_request')
  })

  it('of JSON is still 413 above 128 KB elsewhere', async () => {
    const { start } = await startUploadConversation()
    expect((await start({ padding: 'x'.repeat(128 * 1024) })).status).toBe(413)
  })
})
