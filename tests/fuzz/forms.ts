/** Generates multipart bodies, byte by byte: forms as a client writes them, with faults. */
import * as fc from 'fast-check'
import { png } from '../support/uploads.js'

type Part = { headers: readonly string[]; content: Buffer }

const disposition = (name: string, more = '') =>
  `Content-Disposition: form-data; name="${name}"${more}`

const field = (name: string, content: string): Part => ({
  headers: [disposition(name)],
  content: Buffer.from(content),
})

const contents = fc.oneof(
  fc.constant(png),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom('%PDF-1.7\n%%EOF', 'plain text', '<svg onload="x()"/>', '\ud800', '')
    .map(Buffer.from),
)

const types = fc.constantFrom(
  'image/png',
  'text/plain',
  'application/pdf',
  'image/svg+xml',
  'text/html',
  'IMAGE/PNG; charset=x',
  'nonsense',
  '',
)

const fileNames = fc.oneof(
  fc.constantFrom(
    'bill.png',
    '../../../etc/passwd',
    'C:\\fakepath\\a.png',
    'a.png.exe',
    '.',
    '\u202egnp.exe',
    'nul',
    'x'.repeat(400),
  ),
  fc.string({ unit: 'grapheme', maxLength: 20 }).map((name) => name.replace(/["\r\n]/g, '')),
)

const picture = { type: 'image/png', name: 'bill.png', content: png }

const file: fc.Arbitrary<Part> = fc
  .oneof(
    fc.constant(picture),
    fileNames.map((name) => ({ ...picture, name })),
    fc.record({ type: types, name: fileNames, content: contents }),
  )
  .map(({ type, name, content }) => ({
    headers: [disposition('file', `; filename="${name}"`), `Content-Type: ${type}`],
    content,
  }))

const oddParts: fc.Arbitrary<Part> = fc.oneof(
  file,
  fc.constantFrom<Part>(
    field('text', 'Look at this'),
    field('text', ''),
    field('__proto__', 'x'),
    field('unknown', 'x'),
    field('x'.repeat(300), 'x'),
    { headers: [], content: Buffer.from('no headers') },
    { headers: ['Content-Disposition: attachment'], content: Buffer.from('x') },
    { headers: [`X-Long: ${'y'.repeat(90_000)}`, disposition('text')], content: Buffer.from('x') },
    {
      headers: [disposition('text'), 'Content-Transfer-Encoding: base64'],
      content: Buffer.from('%%'),
    },
  ),
)

const boundary = 'fuzz-boundary'

function bytesOf(parts: readonly Part[]): Buffer {
  const all = parts.flatMap(({ headers, content }) => [
    Buffer.from(`--${boundary}\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`),
    content,
    Buffer.from('\r\n'),
  ])
  return Buffer.concat([...all, Buffer.from(`--${boundary}--\r\n`)])
}

const corruptions = fc.oneof(
  { weight: 12, arbitrary: fc.constant((bytes: Buffer) => bytes) },
  { weight: 2, arbitrary: fc.nat(600).map((at) => (bytes: Buffer) => bytes.subarray(0, at)) },
  { weight: 1, arbitrary: fc.nat(600).map((at) => (bytes: Buffer) => bytes.subarray(at)) },
  {
    weight: 1,
    arbitrary: fc.uint8Array({ maxLength: 100 }).map((noise) => () => Buffer.from(noise)),
  },
)

export type Form = { type: string; bytes: Buffer }

/** Generates forms for a conversation; most of them begin as valid ones. */
export function formsFor(
  conversationIds: fc.Arbitrary<string>,
  ids: fc.Arbitrary<string>,
): fc.Arbitrary<Form> {
  const good = fc
    .tuple(conversationIds, ids, file)
    .map(([conversationId, id, sent]) => [
      field('conversationId', conversationId),
      field('id', id),
      sent,
    ])
  const parts = fc
    .tuple(good, fc.oneof(fc.constant([]), fc.array(oddParts, { maxLength: 3 })), fc.nat(3))
    .map(([validParts, odd, skip]) => [...odd.slice(skip), ...validParts, ...odd.slice(0, skip)])
  const many = fc.nat(40).map((count) => Array.from({ length: count }, () => field('text', 'x')))
  const type = fc.oneof(
    { weight: 20, arbitrary: fc.constant(`multipart/form-data; boundary=${boundary}`) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        'multipart/form-data',
        'multipart/form-data; boundary=',
        'multipart/form-data; boundary=another',
        `multipart/form-data; boundary="${boundary}`,
        `multipart/mixed; boundary=${boundary}`,
      ),
    },
  )
  const all = fc.oneof({ weight: 9, arbitrary: parts }, { weight: 1, arbitrary: many })
  return fc
    .tuple(all, corruptions, type)
    .map(([each, corrupt, named]) => ({ type: named, bytes: corrupt(bytesOf(each)) }))
}
