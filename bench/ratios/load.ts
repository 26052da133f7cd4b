/** Makes many calls over a few connections, each of which makes its next call after an answer. */
import type { StubCall, StubCaller } from '../servers/http-stub.js'

/** Fails when an answer is no success, because a refused call costs less. */
function expectSuccess({ status, text }: { status: number; text: string }): void {
  if (status < 200 || status > 299) throw new Error(`A call was answered with ${status}: ${text}`)
}

/**
 * Makes these calls over so many connections, and returns the duration of each and of all together,
 * in milliseconds.
 */
export async function runLoad(send: StubCaller, calls: readonly StubCall[], connections: number) {
  const ms: number[] = []
  let next = 0
  async function connection(): Promise<void> {
    for (let call = calls[next++]; call; call = calls[next++]) {
      const startedAt = performance.now()
      expectSuccess(await send(call))
      ms.push(performance.now() - startedAt)
    }
  }
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: connections }, connection))
  return { ms, elapsedMs: performance.now() - startedAt }
}
