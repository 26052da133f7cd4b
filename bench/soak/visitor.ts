/**
 * Plays one visitor, who sends numbered messages with distinct ids and polls with one cursor. A
 * conversation that the gateway no longer knows is started again, under its id.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, addressOf, type Call, type ReceivedMessage } from '../call.js'
import { type CallTime, type Loss, textPrefix, type VisitorRecord } from './verdict.js'

type Options = {
  index: number
  /** Calls the next gateway in turn. */
  ask(call: Call): Promise<Answer>
  /** Are epoch milliseconds: no message is sent after the first, none repeated after the second. */
  endsAt: number
  givesUpAt: number
  /** Are the mean pauses between polls and between messages, ms; the gateway may ask for longer. */
  pollPauseMs: number
  sendPauseMs: number
}

const minMessages = 2
/** Is the number of further polls at the end, which must not return a message again. */
const idlePolls = 2

/** Returns a random duration from half to one and a half of this one. */
const jittered = (ms: number) => ms * (0.5 + Math.random())

/** Bounds the pause before a repeat; a refresh whose answer was lost can be repeated for 30 s. */
const maxPauseMs = { auth: 2_000, other: 10_000 }

/** Returns a good client's pause after a failure: the requested one, plus a growing back-off. */
function pauseAfter({ retryAfterSeconds, body }: Answer, tries: number, maxMs: number): number {
  const requestedMs = body.retryAfterMs ?? retryAfterSeconds * 1000
  return requestedMs + jittered(Math.min(250 * 2 ** tries, maxMs))
}

/** Returns the time of the call that has just been answered. */
function timeOf({ ms }: Answer): CallTime {
  const answeredAt = Date.now()
  return { sentAt: answeredAt - ms, answeredAt }
}

const isRetryable = ({ status }: Answer) => status === 0 || status === 429 || status > 499

export type Visitor = ReturnType<typeof createVisitor>

export function createVisitor({ index, ask, endsAt, givesUpAt, ...pace }: Options) {
  const address = addressOf(index)
  const conversationId = randomUUID()
  const acknowledged = new Map<string, string>()
  const unsettled: string[] = []
  const received: ReceivedMessage[] = []
  const losses: Loss[] = []
  let tokens = { token: '', refreshToken: '' }
  let cursor: string | undefined
  let signedIn: CallTime = { sentAt: 0, answeredAt: 0 }
  let started: CallTime = { sentAt: 0, answeredAt: 0 }
  let refreshing: Promise<void> | undefined
  let starting: Promise<Answer> | undefined
  let isLoggedOut = false
  let hasReadAll = false

  /** Repeats a call until it succeeds, is refused for good, or `givesUpAt` is near. */
  async function callWithRetries(call: () => Call): Promise<Answer> {
    for (let tries = 0; ; tries++) {
      const options = call()
      const answer = await ask({ address, ...options })
      if (tries < 5 && (await recover(options, answer))) continue
      const maxMs = options.endpoint === 'auth' ? maxPauseMs.auth : maxPauseMs.other
      const pauseMs = pauseAfter(answer, tries, maxMs)
      if (!isRetryable(answer) || Date.now() + pauseMs > givesUpAt) return answer
      await sleep(pauseMs)
    }
  }

  /** Signs in or refreshes the tokens; returns the last answer. */
  async function authenticate(body: object): Promise<Answer> {
    const answer = await callWithRetries(() => ({ method: 'POST', endpoint: 'auth', body }))
    if (answer.status === 200) tokens = answer.body
    return answer
  }

  async function refreshTokens(): Promise<void> {
    const { status } = await authenticate({ refreshToken: tokens.refreshToken })
    if (status === 401) losses.push({ what: 'session', acknowledged: signedIn })
  }

  /** Tells that the session was lost, which is judged as such: what it left open is not judged again. */
  const hasLostSession = () => losses.some(({ what }) => what === 'session')

  /** Refreshes the tokens, one refresh at a time: a refresh token is good for one use. */
  function refresh(): Promise<void> {
    refreshing ??= refreshTokens().finally(() => {
      refreshing = undefined
    })
    return refreshing
  }

  /** Starts the conversation under its id, which is harmless when it has begun already. */
  function start(): Promise<Answer> {
    starting ??= callWithRetries(() => ({
      method: 'POST',
      endpoint: 'start',
      body: { conversationId },
      token: tokens.token,
    })).finally(() => {
      starting = undefined
    })
    return starting
  }

  /**
   * Does what a good client does when its tokens or its conversation are unknown; returns true when
   * the call is worth a repeat.
   */
  async function recover({ endpoint, token }: Call, given: Answer): Promise<boolean> {
    const { status, code } = given
    if (status === 401 && token !== undefined) {
      await refresh()
      isLoggedOut = tokens.token === token
      return !isLoggedOut
    }
    if (code !== 'conversation_not_found' || endpoint === 'start') return false
    // Another call may have found the same loss, and the conversation was started again meanwhile.
    if (timeOf(given).sentAt <= started.answeredAt) return true
    losses.push({ what: 'conversation', acknowledged: started })
    const answer = await start()
    started = timeOf(answer)
    return answer.status < 300
  }

  async function send(number: number): Promise<void> {
    const id = randomUUID()
    const text = `${textPrefix(index, number)} Is there anything new?`
    const body = { conversationId, id, text }
    const answer = await callWithRetries(() => ({
      method: 'POST',
      endpoint: 'send',
      body,
      token: tokens.token,
    }))
    if (answer.status === 202) acknowledged.set(id, text)
    else if (!hasLostSession()) unsettled.push(`${index} ${number}: ${answer.code}`)
  }

  /** Polls once; returns the pause that the gateway asks for, in ms, or null after a failure. */
  async function poll(): Promise<number | null> {
    const query = { conversationId, limit: '100', ...(cursor && { cursor }) }
    const call: Call = { method: 'GET', endpoint: 'poll', query, token: tokens.token, address }
    const answer = await ask(call)
    await recover(call, answer)
    if (answer.status !== 200) {
      await sleep(pauseAfter(answer, 1, maxPauseMs.other))
      return null
    }
    received.push(...answer.body.messages)
    cursor = answer.body.cursor ?? cursor
    return answer.body.hasMore ? 0 : (answer.body.pollAfterMs ?? 1000)
  }

  /** Sends messages until the end, and at least `minMessages` after a late arrival. */
  async function sendUntilEnd(): Promise<void> {
    for (let number = 1; (number <= minMessages || Date.now() < endsAt) && !isLoggedOut; number++) {
      await send(number)
      await sleep(Math.min(jittered(pace.sendPauseMs), Math.max(0, endsAt - Date.now())))
    }
  }

  async function pollUntilEnd(): Promise<void> {
    while (Date.now() < endsAt && !isLoggedOut) {
      const requestedPauseMs = await poll()
      if (requestedPauseMs === 0) continue
      const pauseMs = Math.max(requestedPauseMs ?? 0, jittered(pace.pollPauseMs))
      await sleep(Math.min(pauseMs, Math.max(0, endsAt - Date.now())))
    }
  }

  /** Refreshes the tokens once at a random time, as a page does that was open for long. */
  async function refreshOnce(): Promise<void> {
    await sleep(Math.max(0, endsAt - Date.now()) * Math.random())
    await refresh()
  }

  return {
    /** Opens a conversation and chats until the end; returns true when it was opened. */
    async chat(): Promise<boolean> {
      const signIn = await authenticate({})
      if (signIn.status !== 200) return false
      signedIn = timeOf(signIn)
      const answer = await start()
      if (answer.status !== 200 && answer.status !== 201) return false
      started = timeOf(answer)
      await Promise.all([sendUntilEnd(), pollUntilEnd(), refreshOnce()])
      return true
    },

    /**
     * Polls until no message is left, and `idlePolls` times more; returns false after `until`, unless
     * the session was lost. Each pause that the gateway asks for is kept: a poll that comes earlier
     * may be answered without a look into Salesforce's list, and proves nothing.
     */
    async readToTheEnd(until: number): Promise<boolean> {
      for (let idle = 0; idle <= idlePolls; ) {
        if (Date.now() > until || isLoggedOut) return hasLostSession()
        const known = received.length
        const requestedPauseMs = await poll()
        const isIdle = requestedPauseMs !== null && requestedPauseMs !== 0
        idle = isIdle && received.length === known ? idle + 1 : 0
        if (idle <= idlePolls) await sleep(requestedPauseMs ?? 0)
      }
      hasReadAll = true
      return true
    },

    record: (): VisitorRecord => ({
      index,
      conversationId,
      acknowledged,
      unsettled,
      received,
      losses,
      hasReadAll,
    }),
  }
}
