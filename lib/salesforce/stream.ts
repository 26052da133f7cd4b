/** An answer that is passed on as it comes. */
import { type Answer, type Call, exchange, readAnswer } from './http.js'

/** A good answer: its first bytes, by which it is known, and the whole of it. */
export type Streamed = { first: Uint8Array; whole: ReadableStream<Uint8Array> }

/** Waits for the first bytes: until then a failure can still be told. */
async function begin(body: ReadableStream<Uint8Array>): Promise<Streamed> {
  const [glance, whole] = body.tee()
  const reader = glance.getReader()
  const { value } = await reader.read()
  // Settles only when the other half is read.
  reader.cancel().catch(() => undefined)
  return { first: value ?? new Uint8Array(), whole }
}

/** Sends once; only a refusal is read to its end. */
export function sendForStream(call: Call, timeoutMs: number): Promise<Answer | Streamed> {
  return exchange<Answer | Streamed>(call, timeoutMs, async (response) => {
    const { status, body } = response
    return status === 200 && body ? await begin(body) : await readAnswer(response)
  })
}
