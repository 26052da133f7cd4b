/** Everything the page says to the gateway: JSON over `fetch`, with care for the visitor's token. */

const storageKey = 'miaw-gateway.session'
const requestTimeoutMs = 20_000
const renewAheadMs = 60_000

/**
 * An answer that is not a success (RFC 9457), with the problem's own members, or no answer at all.
 * `code` and `retryable` decide; `retryAfterMs` is there when the server named a time.
 */
export class Problem extends Error {
  constructor(members) {
    super(members.detail ?? members.title ?? 'Something went wrong.')
    Object.assign(this, members)
  }
}

let memory = {}

/** What this browser knows of the visitor. Read anew each time: another tab may have renewed it. */
function session() {
  try {
    memory = JSON.parse(localStorage.getItem(storageKey)) ?? {}
  } catch {
    // Storage is blocked: the conversation lives as long as the page.
  }
  return memory
}

function remember(changes) {
  memory = { ...session(), ...changes }
  try {
    localStorage.setItem(storageKey, JSON.stringify(memory))
  } catch {}
}

async function request(method, path, { token, body, signal } = {}) {
  const timeout = AbortSignal.timeout(requestTimeoutMs)
  const response = await fetch(path, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
    },
    body: body && JSON.stringify(body),
    cache: 'no-store',
    credentials: 'omit',
    signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
  }).catch(unreachable)
  if (response.ok) return response.json().catch(unreachable)
  throw await problemOf(response)
}

function unreachable() {
  throw new Problem({ code: 'unreachable', title: 'No connection', retryable: true })
}

async function problemOf(response) {
  const seconds = Number(response.headers.get('retry-after'))
  return new Problem({
    title: 'The server has a problem',
    retryable: response.status === 429 || response.status >= 500,
    ...(seconds > 0 && { retryAfterMs: seconds * 1000 }),
    ...(await response.json().catch(() => ({}))),
    status: response.status,
  })
}

/** One tab renews at a time: a refresh token is good for one use. */
function exclusively(act) {
  return navigator.locks ? navigator.locks.request(storageKey, act) : act()
}

/** A token other than the stale one: another tab's, the same visitor's next, or a new visitor's. */
function renew(stale) {
  return exclusively(async () => {
    const { token, refreshToken } = session()
    if (token && token !== stale) return token
    const pair = await request('POST', '/api/auth', { body: refreshToken ? { refreshToken } : {} })
    const renewAt = Date.now() + pair.expiresIn * 1000 - renewAheadMs
    remember({ token: pair.token, refreshToken: pair.refreshToken, renewAt })
    return pair.token
  })
}

async function call(method, path, options) {
  const { token, renewAt } = session()
  const current = token && Date.now() < renewAt ? token : await renew(token)
  try {
    return await request(method, path, { ...options, token: current })
  } catch (problem) {
    if (problem.code !== 'unauthenticated') throw problem
    return request(method, path, { ...options, token: await renew(current) })
  }
}

/** The conversation this browser is in, also after a reload; undefined when there is none. */
export const conversationId = () => session().conversationId

/** Forgets visitor and conversation: the next call is a new visitor's. */
export function forget() {
  memory = {}
  try {
    localStorage.removeItem(storageKey)
  } catch {}
}

/** Opens a conversation, or comes back to the one that is open. */
export async function start(body) {
  const reply = await call('POST', '/api/start', { body })
  remember({ conversationId: reply.conversationId })
  return reply
}

/** Sends one message; the same `id` again is delivered once. */
export const send = (body) => call('POST', '/api/send', { body })

/** Reads one page: the newest, what came since a `cursor`, or the older one at `before`. */
export function poll(query, signal) {
  const given = Object.entries(query).filter(([, value]) => value)
  return call('GET', `/api/poll?${new URLSearchParams(given)}`, { signal })
}

/** Closes the conversation for good. */
export const end = (body) => call('POST', '/api/end', { body })
