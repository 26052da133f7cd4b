/** Reads a stream of server-sent events, as they come. */
import { createParser } from 'eventsource-parser'
import { exchange, failureOf, readResponse, type SalesforceRequest } from './http.js'

/**
 * Sets the characters of a line or an event that are kept while its end has not arrived; more end
 * the stream.
 */
const maxBufferSize = 256 * 1024

/** Salesforce's edge writes this line into a stream whose token has expired (`enhanced-chat-api.md §4`). */
const expiryLine = 'Jwt is expired'

type Options<T> = {
  /** Holds the milliseconds within which the head of the response must arrive. */
  timeoutMs: number
  /** Ends the stream, or its opening. */
  signal: AbortSignal
  /** Maps the data of one event; null for an event of no interest. */
  parse: (data: string) => T | null
}

/**
 * Opens a stream, and resolves when its head has arrived: 200 with `text/event-stream`. The iterable
 * ends, and never throws, when the stream ends, fails or exceeds its bounds, and when the signal is
 * aborted. The connection is closed then, and when the iteration is left.
 * @throws {GatewayError} the failure that another response means
 */
export async function openServerSentEvents<T extends object>(
  request: SalesforceRequest,
  { timeoutMs, signal, parse }: Options<T>,
): Promise<AsyncIterable<T>> {
  const connection = new AbortController()
  const disconnect = () => connection.abort()
  if (signal.aborted) disconnect()
  signal.addEventListener('abort', disconnect)
  try {
    const answer = await exchange(
      request,
      timeoutMs,
      async (response) => eventStreamOf(response) ?? (await readResponse(response)),
      connection,
    )
    if (!(answer instanceof ReadableStream)) throw failureOf(answer)
    return readEvents(answer, { signal, parse, disconnect })
  } finally {
    signal.removeEventListener('abort', disconnect)
  }
}

function eventStreamOf({ status, headers, body }: Response): ReadableStream<Uint8Array> | null {
  const isStream = headers.get('content-type')?.startsWith('text/event-stream')
  return status === 200 && isStream ? body : null
}

type Reading<T> = Pick<Options<T>, 'signal' | 'parse'> & { disconnect: () => void }

/** Reads only as far as the consumer iterates. */
function readEvents<T extends object>(
  body: ReadableStream<Uint8Array>,
  { signal, parse, disconnect }: Reading<T>,
): AsyncIterable<T> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  const events: T[] = []
  let isOpen = true
  let isAtLineStart = true

  const parser = createParser({
    maxBufferSize,
    onEvent({ data }) {
      const event = parse(data)
      if (event) events.push(event)
    },
    onError({ type }) {
      if (type === 'max-buffer-size-exceeded') close()
    },
  })

  /** Cancels as well as aborts: on Node an abort is lost when its signal was collected as garbage. */
  function close(): void {
    isOpen = false
    signal.removeEventListener('abort', leave)
    reader.cancel().catch(() => undefined)
    disconnect()
  }

  function leave(): void {
    events.length = 0
    close()
  }

  function isExpiry(text: string): boolean {
    return (isAtLineStart && text.startsWith(expiryLine)) || text.includes(`\n${expiryLine}`)
  }

  async function readMore(): Promise<void> {
    const { value } = await reader.read().catch(() => ({ value: undefined }))
    if (!isOpen) return
    if (!value) return close()
    const text = decoder.decode(value, { stream: true })
    if (text === '') return
    parser.feed(text)
    if (isExpiry(text)) close()
    isAtLineStart = text.endsWith('\n')
  }

  async function next(): Promise<IteratorResult<T, undefined>> {
    while (events.length === 0 && isOpen) await readMore()
    const value = events.shift()
    return value ? { value, done: false } : { value: undefined, done: true }
  }

  signal.addEventListener('abort', leave)
  if (signal.aborted) leave()
  return {
    [Symbol.asyncIterator]: () => ({
      next,
      async return() {
        leave()
        return { value: undefined, done: true }
      },
    }),
  }
}
