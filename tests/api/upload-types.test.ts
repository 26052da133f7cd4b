import { describe, expect, it } from 'vitest'
import { startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { expectNoSalesforceCalls, expectProblem, noLimits } from '../support/sending.js'
import {
  attachments,
  createFile,
  type FileOptions,
  filesSentToSalesforce,
  png,
  startUploadConversation,
} from '../support/uploads.js'

const gateway = setupGateway({ salesforce: { attachments }, env: noLimits })

const svg = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
const html = '<!doctype html><script>alert(1)</script>'
const pdf = '%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n'
const word = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
/** An archive with a content type and nothing else. */
const docx = Buffer.from(
  'UEsDBBQAAAAIAAAAIVyT+DSMdwAAAJcAAAATAAAAW0NvbnRlbnRfVHlwZXNdLnhtbD2OQQ7CMAwEv1Llikg+0PbCHTjwAStxkKXYjpxQ4Pc0QupxtTujnR/fim2dbxuaUcLpDtavwLi48FZLIWl8MUr3Hy5uuqj0PQxocVBroQidVMImyWtF2VdZjaG3s+ZMEQ9+2KppxNZInlz80TCQnIY+rHP4//kBUEsBAhQDFAAAAAgAAAAhXJP4NIx3AAAAlwAAABMAAAAAAAAAAAAAAIABAAAAAFtDb250ZW50X1R5cGVzXS54bWxQSwUGAAAAAAEAAQBBAAAAqAAAAAAA',
  'base64',
)
const cfb = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)])
const emptyZip = Buffer.concat([Buffer.from('PK\u0005\u0006'), Buffer.alloc(18)])
const heic = Buffer.from('\0\0\0\u0018ftypheic\0\0\0\0mif1heic', 'latin1')

describe('the type of a file', () => {
  it.each<[string, FileOptions]>([
    ['a PDF', { name: 'a.pdf', type: 'application/pdf', content: pdf }],
    ['a text', { name: 'a.txt', type: 'text/plain', content: 'Grüße\r\n\tBMW, MZ' }],
    ['an empty table', { name: 'a.csv', type: 'text/csv', content: '\uFEFFa;b\n' }],
    ['a document', { name: 'a.docx', type: word, content: docx }],
    ['a telephone', { name: 'a.heic', type: 'image/heic', content: heic }],
    ['a type in capitals', { type: 'IMAGE/PNG' }],
    ['no type, by the ending', { name: 'IMG_1.HEIC', type: '', content: heic }],
    [
      'any bytes, by the ending',
      { name: 'a.docx', type: 'application/octet-stream', content: docx },
    ],
    ['no type and a text', { name: 'notes.md', type: '', content: '# Notes' }],
    [
      'a table as Windows declares it',
      { name: 'a.csv', type: 'application/vnd.ms-excel', content: 'a' },
    ],
  ])('may be that of %s', async (_what, options) => {
    const { upload } = await startUploadConversation()
    expect((await upload({ file: createFile(options) })).status).toBe(202)
  })

  it.each<[string, FileOptions]>([
    ['SVG', { name: 'a.svg', type: 'image/svg+xml', content: svg }],
    ['HTML', { name: 'a.html', type: 'text/html', content: html }],
    ['a program', { name: 'a.exe', type: 'application/x-msdownload', content: 'MZ' }],
    ['none', { name: 'a', type: '' }],
    ['any bytes', { name: 'a.bin', type: 'application/octet-stream' }],
    ['no type, and another ending', { name: 'a.svg', type: '', content: svg }],
    ['no type, and the ending of another', { name: 'a.pdf', type: '' }],
    ['SVG as a picture', { content: svg }],
    ['HTML as a picture', { content: html }],
    ['HTML as text', { name: 'a.txt', type: 'text/plain', content: ` \n${html}` }],
    ['SVG as text', { name: 'a.txt', type: 'text/plain', content: '\uFEFF<svg onload=alert(1)>' }],
    ['SVG as a table', { name: 'a.csv', type: 'text/csv', content: svg }],
    ['PDF as text', { name: 'a.txt', type: 'text/plain', content: pdf }],
    ['PDF as a picture', { content: pdf }],
    ['a picture as PDF', { name: 'a.pdf', type: 'application/pdf' }],
    ['a picture as another', { name: 'a.jpg', type: 'image/jpeg' }],
    ['text with NUL', { name: 'a.txt', type: 'text/plain', content: 'a\u0000b' }],
    ['text that is not UTF-8', { type: 'text/plain', content: Buffer.from([0x61, 0xff, 0xfe]) }],
    ['HTML before a picture', { content: Buffer.concat([Buffer.from(html), png]) }],
    ['nothing known', { content: 'just words' }],
    [
      'a mere archive as a document',
      {
        type: word,
        content: Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(60)]),
      },
    ],
  ])('is 415 for %s', async (_what, options) => {
    const { upload } = await startUploadConversation()
    const answer = await expectNoSalesforceCalls(gateway, () =>
      upload({ file: createFile(options) }),
    )
    expectProblem(answer, 415, 'unsupported_media_type')
    expect(JSON.stringify(answer.body)).not.toContain('alert')
  })

  it('is one of UPLOAD_TYPES, but never SVG or HTML even when listed', async () => {
    gateway.setEnv({ UPLOAD_TYPES: 'image/svg+xml, text/html, image/gif' })
    const { upload } = await startUploadConversation()
    for (const options of [
      {},
      { type: 'image/svg+xml', content: svg },
      { type: 'text/html', content: html },
    ]) {
      const answer = await expectNoSalesforceCalls(gateway, () =>
        upload({ file: createFile(options) }),
      )
      expectProblem(answer, 415, 'unsupported_media_type')
      expect(answer.body.detail).toBe('Files of these types are taken: image/gif.')
    }
  })

  it.each<[string, FileOptions]>([
    [
      'image/jpg',
      { name: 'a.jpg', type: 'image/jpg', content: Buffer.from([0xff, 0xd8, 0xff, 0xe0]) },
    ],
    ['application/zip', { name: 'a.zip', type: 'application/x-zip-compressed', content: emptyZip }],
    ['application/msword', { name: 'a.doc', type: 'application/msword', content: cfb }],
  ])('may be %s when that is listed, whatever a system calls it', async (listed, options) => {
    gateway.setEnv({ UPLOAD_TYPES: listed })
    const { upload } = await startUploadConversation()
    expect((await upload({ file: createFile(options) })).status).toBe(202)
    expect(JSON.stringify(filesSentToSalesforce(gateway))).toContain(`"${options.name} (`)
  })

  it('is in the reply of start with its endings, and with the size that this gateway takes', async () => {
    gateway.setEnv({ UPLOAD_TYPES: 'image/png,text/html' })
    const { started } = await startConversation()
    const offered = { maxBytes: 4 * 1024 * 1024, mimeTypes: ['image/png'], endings: ['.png'] }
    expect(started.attachments).toEqual(offered)
  })
})

describe('the name of a file', () => {
  it.each([
    ['../../etc/passwd.png', 'passwd.png'],
    ['C:\\Users\\x\\bill.png', 'bill.png'],
    ['..', 'file.png'],
    ['.png', 'png.png'],
    ['evil.html', 'evil.html.png'],
    ['gpj\u202Egnp.exe', 'gpjgnp.exe.png'],
    ['a\u009Fb\u200B.png', 'ab.png'],
    ['Füße 1.PNG', 'Füße 1.PNG'],
    [`${'x'.repeat(300)}.png`, `${'x'.repeat(251)}.png`],
    [' . a . png . ', 'a . png.png'],
    [`a${' '.repeat(12_000)}b.png`, `a${' '.repeat(250)}.png`],
    [`a${'.'.repeat(12_000)}b.png`, `a${'.'.repeat(250)}.png`],
  ])('%j is passed on as %j', async (name, cleaned) => {
    const { upload } = await startUploadConversation()
    expect((await upload({ file: createFile({ name }) })).status).toBe(202)
    expect(filesSentToSalesforce(gateway)).toMatchObject([
      { fileData: `${cleaned} (image/png, ${png.length} bytes)` },
    ])
  })
})
