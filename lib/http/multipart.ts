/**
 * Reads a `multipart/form-data` body whole. The platform's own `request.formData()` knows no limits
 * and refuses what mobile clients write (`filename*=`, unquoted names, a preamble); busboy does not.
 */
import busboy, { type Busboy } from 'busboy'
import { GatewayError } from '../problem.js'
import { type BodyReader, hasType, invalid } from './input.js'

const maxParts = 8
const maxNameBytes = 100
const maxFieldBytes = 64 * 1024

type Parts = Map<string, string | File>

function unreadable(): GatewayError {
  return invalid([{ path: '', message: 'must be multipart/form-data' }])
}

function createParser(type: string): Busboy {
  try {
    return busboy({
      headers: { 'content-type': type },
      defParamCharset: 'utf8',
      limits: { parts: maxParts + 1, fieldNameSize: maxNameBytes, fieldSize: maxFieldBytes },
    })
  } catch {
    throw unreadable()
  }
}

/** Gathers the parts; the first thing wrong ends it. */
function collectParts(parser: Busboy, bytes: Uint8Array): Promise<Parts> {
  const parts: Parts = new Map()

  return new Promise((resolve, reject) => {
    function add(path: string, value: string | File): void {
      if (parts.has(path)) reject(invalid([{ path, message: 'must be given once' }]))
      parts.set(path, value)
      if (parts.size > maxParts) tooMany()
    }
    function tooMany(): void {
      reject(invalid([{ path: '', message: `must be at most ${maxParts} parts` }]))
    }
    // busboy's types hide that a name is missing, and a value where the part's charset is not known.
    parser.on('field', (name: string | undefined, value: string | undefined, info) => {
      const path = name ?? ''
      if (value === undefined) return reject(invalid([{ path, message: 'must be UTF-8' }]))
      if (info.nameTruncated)
        reject(invalid([{ path: '', message: 'has a part with a long name' }]))
      if (info.valueTruncated) reject(invalid([{ path, message: 'is too long' }]))
      add(path, value)
    })
    parser.on('file', (name: string | undefined, stream, { filename, mimeType }) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('error', () => reject(unreadable()))
      stream.on('end', () => add(name ?? '', new File(chunks, filename ?? '', { type: mimeType })))
    })
    parser.on('partsLimit', tooMany)
    parser.on('error', () => reject(unreadable()))
    parser.on('close', () => resolve(parts))
    parser.end(bytes)
  })
}

const replacement = '\uFFFD'

function countReplacements(content: string | Buffer): number {
  let count = 0
  for (let at = content.indexOf(replacement); at >= 0; count += 1) {
    at = content.indexOf(replacement, at + 1)
  }
  return count
}

/**
 * Checks that texts and names are UTF-8. busboy puts U+FFFD in place of bytes that are not, so there
 * are more of them than the caller wrote.
 * @throws {GatewayError} invalid_request
 */
async function checkEncoding(parts: Parts, bytes: Buffer): Promise<void> {
  const texts = [...parts].flatMap(([name, value]) => [
    name,
    typeof value === 'string' ? value : value.name,
  ])
  const found = countReplacements(texts.join())
  if (found === 0) return
  const files = [...parts.values()].filter((value) => typeof value !== 'string')
  const contents = await Promise.all(
    files.map(async (file) => Buffer.from(await file.arrayBuffer())),
  )
  const inFiles = contents.reduce((sum, content) => sum + countReplacements(content), 0)
  if (found > countReplacements(bytes) - inFiles) {
    throw invalid([{ path: '', message: 'must be UTF-8' }])
  }
}

/**
 * Reads a form.
 * @throws {GatewayError} unsupported_media_type, invalid_request
 */
async function read(request: Request): Promise<unknown> {
  const type = request.headers.get('content-type') ?? ''
  if (!hasType(request, 'multipart/form-data')) {
    const detail = 'Send a form with Content-Type: multipart/form-data.'
    throw new GatewayError('unsupported_media_type', { detail })
  }
  const parser = createParser(type)
  const bytes = Buffer.from(await request.arrayBuffer())
  const parts = await collectParts(parser, bytes)
  await checkEncoding(parts, bytes)
  const path = '__proto__'
  if (parts.has(path)) throw invalid([{ path, message: 'is not a known property' }])
  return Object.fromEntries(parts)
}

/** Reads a form with a file; below Vercel's own limit of 4.5 MB for a request. */
export const multipartBody: BodyReader = {
  mediaType: 'multipart/form-data',
  maxBytes: 4.2 * 1024 * 1024,
  read,
}
