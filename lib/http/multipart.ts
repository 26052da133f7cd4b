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
    function add(name: string | undefined, value: string | File): void {
      const path = name ?? ''
      if (parts.has(path)) reject(invalid([{ path, message: 'must be given once' }]))
      parts.set(path, value)
      if (parts.size > maxParts) tooMany()
    }
    function tooMany(): void {
      reject(invalid([{ path: '', message: `must be at most ${maxParts} parts` }]))
    }
    parser.on('field', (name, value, { nameTruncated, valueTruncated }) => {
      if (nameTruncated) reject(invalid([{ path: '', message: 'has a part with a long name' }]))
      if (valueTruncated) reject(invalid([{ path: name, message: 'is too long' }]))
      add(name, value)
    })
    parser.on('file', (name, stream, { filename, mimeType }) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('error', () => reject(unreadable()))
      stream.on('end', () => add(name, new File(chunks, filename ?? '', { type: mimeType })))
    })
    parser.on('partsLimit', tooMany)
    parser.on('error', () => reject(unreadable()))
    parser.on('close', () => resolve(parts))
    parser.end(bytes)
  })
}

async function read(request: Request): Promise<unknown> {
  const type = request.headers.get('content-type') ?? ''
  if (!hasType(request, 'multipart/form-data')) {
    const detail = 'Send a form with Content-Type: multipart/form-data.'
    throw new GatewayError('unsupported_media_type', { detail })
  }
  const parser = createParser(type)
  const parts = await collectParts(parser, new Uint8Array(await request.arrayBuffer()))
  const path = '__proto__'
  if (parts.has(path)) throw invalid([{ path, message: 'is not a known property' }])
  return Object.fromEntries(parts)
}

/** A form with a file; below Vercel's own limit of 4.5 MB for a request. */
export const multipartBody: BodyReader = {
  mediaType: 'multipart/form-data',
  maxBytes: 4.2 * 1024 * 1024,
  read,
}
