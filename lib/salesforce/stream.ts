/** An answer that is passed on as it comes. */
import { exchange, readResponse, type SalesforceRequest, type SalesforceResponse } from './http.js'

/** A good answer: its first bytes, by which it is known, and the whole of it. */
export type Streamed = { firstBytes: Uint8Array; body: ReadableStream<Uint8Array> }

/** Waits for the first bytes: until then a failure can still be answered. */
async function peekBody(body: ReadableStream<Uint8Array>): Promise<Streamed> {
  const [peek, whole] = body.tee()
  const reader = peek.getReader()
  const { value } = await reader.read()
  // Settles only when the other half is read.
  reader.cancel().catch(() => undefined)
  return { firstBytes: value ?? new Uint8Array(), body: whole }
}

/** Sends once; only a refusal is read to its end. */
export function sendForStream(
  call: SalesforceRequest,
  timeoutMs: number,
): Promise<SalesforceResponse | Streamed> {
  return exchange<SalesforceResponse | Streamed>(call, timeoutMs, async (response) => {
    const { status, body } = response
    return status === 200 && body ? await peekBody(body) : await readResponse(response)
  })
}
