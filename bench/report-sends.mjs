/**
 * Reports each message that this process sends to Salesforce, and when it had an answer or gave up: one
 * line of JSON (`Attempt` in `soak/verdict.ts`) in the file `SENDS_FILE`, by the machine's own clock.
 */
import { appendFileSync } from 'node:fs'
import process from 'node:process'

const { SENDS_FILE: file } = process.env

/** Returns the id of the message that a request sends; undefined for other requests. */
function messageIdOf(url, { method, body } = {}) {
  if (method !== 'POST' || typeof body !== 'string' || !/\/message$/.test(String(url))) return
  return JSON.parse(body).message?.id
}

/** Returns the time by a clock that `shift-clock.mjs` does not shift. */
const now = () => performance.timeOrigin + performance.now()

if (file) {
  const trueFetch = globalThis.fetch
  globalThis.fetch = async (url, options) => {
    const id = messageIdOf(url, options)
    if (id === undefined) return trueFetch(url, options)
    const sentAt = now()
    let isOver = false
    const end = () => {
      if (!isOver) appendFileSync(file, `${JSON.stringify({ id, sentAt, endedAt: now() })}\n`)
      isOver = true
    }
    options.signal?.addEventListener('abort', end)
    return trueFetch(url, options).finally(end)
  }
}
