/** Checks that bytes are of their declared type, by a file's first bytes or by its text. */
import { endingsOf } from './endings.js'
import { isText } from './types.js'

/** Describes a kind of file; `endings`: those that a name may have, the usual one first. */
type FileKind = { endings: readonly string[] }

/** Matches the names that the library has for one container of several types. */
const containers: Readonly<Record<string, RegExp>> = {
  'image/heic': /^image\/hei[cf]$/,
  'image/heif': /^image\/hei[cf]$/,
  'application/msword': /^application\/x-cfb$/,
  'application/vnd.ms-excel': /^application\/x-cfb$/,
  'application/vnd.ms-powerpoint': /^application\/x-cfb$/,
}

/** Matches control characters that no text file holds. */
const controlCharacter = /(?![\t\n\f\r])\p{Cc}/u

/**
 * Starts of pages, pictures and documents that are text nevertheless (WHATWG MIME Sniffing §7.1,
 * and SVG).
 */
const pageOrDocumentStart =
  /^(<\?xml|<!--|<\/?(!doctype|html|head|body|script|style|iframe|svg|title|table|div|font|img|meta|link|object|embed|form|h1|br|a|b|p)[\s>/]|%pdf-|%!ps|\{\\rtf)/i

function readText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

function inspectText(type: string, bytes: Uint8Array): FileKind | null {
  const text = readText(bytes)
  if (text === null || controlCharacter.test(text) || pageOrDocumentStart.test(text.trimStart()))
    return null
  return { endings: endingsOf(type, endingsOf('text/plain')) }
}

/**
 * Detects a file's type. The library is loaded with the first file, so that no other function pays
 * for it.
 */
async function signatureOf(bytes: Uint8Array) {
  const { fileTypeFromBuffer } = await import('file-type/core')
  return await fileTypeFromBuffer(bytes)
}

/** Returns the kind of file; null when the bytes are of another type, or of an unknown one. */
export async function inspectContent(type: string, bytes: Uint8Array): Promise<FileKind | null> {
  if (isText(type)) return inspectText(type, bytes)
  const found = await signatureOf(bytes)
  if (!found) return null
  if (found.mime !== type && !containers[type]?.test(found.mime)) return null
  return { endings: endingsOf(type, [found.ext]) }
}
