/**
 * Implements RESP2, Redis' wire protocol, as far as a client of plain commands needs it.
 * Binary-safe.
 */

/** Holds an error reply of Redis (`-ERR …`); never thrown, so that it concerns one command only. */
export class RedisError extends Error {
  override name = 'RedisError'
}

/** Holds a reply of Redis: a status (`string`), bytes, an integer, nothing, an error, or a list. */
export type Reply = string | Buffer | number | null | RedisError | Reply[]

const lineEnd = '\r\n'

/** Encodes one command. */
export function encodeCommand(command: readonly string[]): Buffer {
  const parts = command.map((part) => `$${Buffer.byteLength(part)}${lineEnd}${part}${lineEnd}`)
  return Buffer.from(`*${command.length}${lineEnd}${parts.join('')}`)
}

/** Splits a stream of bytes, fed in chunks, into replies. */
export function createReplyReader(onReply: (reply: Reply) => void) {
  let buffer: Buffer = Buffer.alloc(0)
  return function feed(chunk: Buffer): void {
    buffer = buffer.length === 0 ? chunk : Buffer.concat([buffer, chunk])
    for (let read = readReply(buffer, 0); read; read = readReply(buffer, 0)) {
      buffer = buffer.subarray(read.end)
      onReply(read.reply)
    }
  }
}

type Read = { reply: Reply; end: number } | undefined

function readReply(bytes: Buffer, start: number): Read {
  const stop = bytes.indexOf(lineEnd, start)
  if (stop < 0) return undefined
  const kind = bytes.toString('latin1', start, start + 1)
  const line = bytes.toString('utf8', start + 1, stop)
  const end = stop + lineEnd.length
  if (kind === '+') return { reply: line, end }
  if (kind === '-') return { reply: new RedisError(line), end }
  if (kind === ':') return { reply: Number(line), end }
  if (kind === '$') return readBytes(bytes, end, Number(line))
  if (kind === '*') return readList(bytes, end, Number(line))
  throw new Error('Redis answered in a protocol other than RESP2')
}

function readBytes(bytes: Buffer, start: number, length: number): Read {
  if (length < 0) return { reply: null, end: start }
  const end = start + length + lineEnd.length
  if (bytes.length < end) return undefined
  return { reply: Buffer.from(bytes.subarray(start, start + length)), end }
}

function readList(bytes: Buffer, start: number, length: number): Read {
  if (length < 0) return { reply: null, end: start }
  const items: Reply[] = []
  let end = start
  while (items.length < length) {
    const item = readReply(bytes, end)
    if (!item) return undefined
    items.push(item.reply)
    end = item.end
  }
  return { reply: items, end }
}
