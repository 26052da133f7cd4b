/**
 * Collects garbage all the time in the process that imports it, and sends requests for Cloudflare's
 * challenges to `CHALLENGES_URL`, where that is set. Plain JavaScript, for any Node.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
setInterval(runInNewContext('gc'), 250).unref()

const { CHALLENGES_URL } = process.env
const fetchAnywhere = globalThis.fetch
if (CHALLENGES_URL) {
  globalThis.fetch = (url, init) => {
    const isChallenge = String(url).startsWith('https://challenges.cloudflare.com/')
    return fetchAnywhere(isChallenge ? CHALLENGES_URL : url, init)
  }
}
