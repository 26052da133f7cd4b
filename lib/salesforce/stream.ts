/**
 * Streams a response whose body is passed on as it comes. A deadline holds for its head and its
 * first bytes, because until then a failure can still be answered. Its body may take as long as it
 * moves.
 */
import { withDeadline } from '../deadline.js'
import {
  connectionFailure,
  exchange,
  readResponse,
  type SalesforceRequest,
  type SalesforceResponse,
} from './http.js'

/** Describes a good answer: its first bytes, by which it is known, and the whole of it. */
export type Streamed = {
  firstBytes: Uint8Array
  body: ReadableStream<Uint8Array>
  /** Holds the length of the whole body, where the head states it. */
  bytes: number | null
}

type StreamOptions = {
  /** Holds the milliseconds within which the head and the first bytes must arrive. */
  timeoutMs: number
  /** Holds the milliseconds that the body may pause, while the caller waits for it. */
  idleMs: number
  /** Holds the number of first bytes to wait for; a shorter body has fewer. */
  firstBytes: number
}

type Reader = ReadableStreamDefaultReader<Uint8Array>

/** Reads so many bytes, however small the pieces are in which they come. */
async function readFirst(reader: Reader, wanted: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for (let length = 0; length < wanted; ) {
    const { value } = await reader.read()
    if (!value) break
    pieces.push(value)
    length += value.length
  }
  return Buffer.concat(pieces)
}

/** Returns the stated length of a body; that of a compressed one says nothing of what is read. */
function lengthOf({ headers }: Response): number | null {
  const stated = headers.get('content-length') ?? ''
  const isReadable = /^\d{1,15}$/.test(stated) && !headers.has('content-encoding')
  return isReadable ? Number(stated) : null
}

/**
 * Passes on what was read and what is left, piece by piece as the consumer asks for it: a slow
 * consumer is neither timed out nor buffered for. The stream fails with the `GatewayError` that its
 * cut means: `upstream_timeout` when it pauses for too long, else `upstream_unavailable`. Cancelled,
 * it ends the connection.
 */
function passOn(
  first: Uint8Array,
  reader: Reader,
  connection: AbortController,
  idleMs: number,
): ReadableStream<Uint8Array> {
  function disconnect(): void {
    connection.abort()
    reader.cancel().catch(() => undefined)
  }

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        if (first.length > 0) controller.enqueue(first)
      },
      async pull(controller) {
        try {
          const { value } = await withDeadline(idleMs, () => reader.read(), connection)
          if (value) controller.enqueue(value)
          else controller.close()
        } catch (error) {
          disconnect()
          controller.error(connectionFailure(error))
        }
      },
      cancel: disconnect,
    },
    { highWaterMark: 0 },
  )
}

/** Sends once; only a refusal is read to its end. */
export async function sendForStream(
  request: SalesforceRequest,
  { timeoutMs, idleMs, firstBytes: wanted }: StreamOptions,
): Promise<SalesforceResponse | Streamed> {
  const connection = new AbortController()

  async function read(response: Response): Promise<SalesforceResponse | Streamed> {
    if (response.status !== 200 || !response.body) return await readResponse(response)
    const reader = response.body.getReader()
    const firstBytes = await readFirst(reader, wanted)
    const body = passOn(firstBytes, reader, connection, idleMs)
    return { firstBytes, body, bytes: lengthOf(response) }
  }

  return await exchange(request, timeoutMs, read, connection)
}
