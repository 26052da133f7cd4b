#!/usr/bin/env bash
# What busboy hands to `field` for a part of a form that declares its charset.
# One would guess a string, as its types say (`value: string`): the text read in that charset, or an
# error where the charset is not known.
# A charset that busboy does not know gives the value `undefined`, with no error and no flag in
# `info`; a part without a name gives the name `undefined`. Code that trusts the types fails later,
# far from the parser. A known charset is decoded, `utf-16le` too. And a part with `filename=""` is a
# field where its type is an image's, but a file where it is `application/octet-stream`.
# Seen with busboy 1.6.0, @types/busboy 1.5.4, Node 20.20.2.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund busboy@1.6.0 @types/busboy@1.5.4
grep -n 'field: (name: string, value: string' node_modules/@types/busboy/index.d.ts
cat >probe.mjs <<'JS'
import { deepStrictEqual } from 'node:assert'
import busboy from 'busboy'

/** Returns what the parser tells of one part with these headers and bytes. */
function read(headers, bytes) {
  return new Promise((resolve, reject) => {
    const told = []
    const parser = busboy({ headers: { 'content-type': 'multipart/form-data; boundary=b' } })
    parser.on('field', (name, value) => told.push(['field', name, value]))
    parser.on('file', (name, stream) => {
      told.push(['file', name])
      stream.resume()
    })
    parser.on('error', reject)
    parser.on('close', () => resolve(told))
    const head = `--b\r\nContent-Disposition: form-data${headers.join('\r\n')}\r\n\r\n`
    parser.end(Buffer.concat([Buffer.from(head), bytes, Buffer.from('\r\n--b--\r\n')]))
  })
}

const text = (charset) => ['; name="note"', `Content-Type: text/plain; charset=${charset}`]
const seen = {
  'latin1': await read(text('iso-8859-1'), Buffer.from([0xfc])),
  'utf-16le': await read(text('utf-16le'), Buffer.from('ü', 'utf16le')),
  'a charset of the application': await read(text('x-harbor'), Buffer.from('hello')),
  'no name': await read([''], Buffer.from('hello')),
  'filename="" of an image': await read(
    ['; name="file"; filename=""', 'Content-Type: image/png'],
    Buffer.from('hello'),
  ),
  'filename="" of octets': await read(
    ['; name="file"; filename=""', 'Content-Type: application/octet-stream'],
    Buffer.from('hello'),
  ),
}
console.log(process.version, seen)
deepStrictEqual(seen, {
  'latin1': [['field', 'note', 'ü']],
  'utf-16le': [['field', 'note', 'ü']],
  'a charset of the application': [['field', 'note', undefined]],
  'no name': [['field', undefined, 'hello']],
  'filename="" of an image': [['field', 'file', 'hello']],
  'filename="" of octets': [['file', 'file']],
})
JS
node probe.mjs
