/** One visitor: sends numbered messages under ids of their own, and reads on with one cursor. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, addressOf, type Call, type Shown } from '../call.js'
import { signOf, type Testimony } from './verdict.js'

type Options = {
  index: number
  /** Calls whichever gateway's turn it is. */
  ask(call: Call): Promise<Answer>
  /** Epoch milliseconds: nothing new is said after the first, nothing repeated after the second. */
  endsAt: number
  givesUpAt: number
  /** Between two polls and two messages, on average, milliseconds; the gateway may ask for longer. */
  pollPauseMs: number
  sayPauseMs: number
}

const leastSayings = 2
/** Further polls in the end, which must not tell anything again. */
const idlePolls = 2

/** From half to one and a half of it. */
const around = (ms: number) => ms * (0.5 + Math.random())

/** A refresh whose answer was lost can be repeated for 30 s. */
const longestPauseMs = { auth: 2_000, other: 10_000 }

/** What a good client waits after a failure: what it was told, or a little more each time. */
function pauseAfter({ retryAfterSeconds, body }: Answer, tries: number, longestMs: number): number {
  const told = body.retryAfterMs ?? retryAfterSeconds * 1000
  return told + around(Math.min(250 * 2 ** tries, longestMs))
}

const isWorthRepeating = ({ status }: Answer) => status === 0 || status === 429 || status > 499

export type Visitor = ReturnType<typeof createVisitor>

export function createVisitor({ index, ask, endsAt, givesUpAt, ...pace }: Options) {
  const address = addressOf(index)
  const conversationId = randomUUID()
  const acknowledged = new Map<string, string>()
  const unsettled: string[] = []
  const received: Shown[] = []
  let pass = { token: '', refreshToken: '' }
  let cursor: string | undefined
  let refreshing: Promise<void> | undefined

  /** Repeats a call until it succeeds, is refused for good, or it is too late. */
  async function insist(call: () => Call): Promise<Answer> {
    for (let tries = 0; ; tries++) {
      const wish = call()
      const answer = await ask({ address, ...wish })
      if (answer.status === 401 && wish.token !== undefined && tries < 5) {
        await refresh()
        continue
      }
      const longestMs = wish.endpoint === 'auth' ? longestPauseMs.auth : longestPauseMs.other
      const pauseMs = pauseAfter(answer, tries, longestMs)
      if (!isWorthRepeating(answer) || Date.now() + pauseMs > givesUpAt) return answer
      await sleep(pauseMs)
    }
  }

  async function enter(body: object): Promise<void> {
    const answer = await insist(() => ({ method: 'POST', endpoint: 'auth', body }))
    if (answer.status === 200) pass = answer.body
  }

  /** One at a time: a refresh token is good for one use. */
  function refresh(): Promise<void> {
    refreshing ??= enter({ refreshToken: pass.refreshToken }).finally(() => {
      refreshing = undefined
    })
    return refreshing
  }

  async function say(number: number): Promise<void> {
    const id = randomUUID()
    const text = `${signOf(index, number)} Is there anything new?`
    const body = { conversationId, id, text }
    const answer = await insist(() => ({
      method: 'POST',
      endpoint: 'send',
      body,
      token: pass.token,
    }))
    if (answer.status === 202) acknowledged.set(id, text)
    else unsettled.push(`${index} ${number}: ${answer.code}`)
  }

  /** One poll; gives the milliseconds that the gateway wants to be left alone, or null when it failed. */
  async function poll(): Promise<number | null> {
    const query = { conversationId, limit: '100', ...(cursor && { cursor }) }
    const call: Call = { method: 'GET', endpoint: 'poll', query, token: pass.token, address }
    const answer = await ask(call)
    if (answer.status === 401) await refresh()
    if (answer.status !== 200) {
      await sleep(pauseAfter(answer, 1, longestPauseMs.other))
      return null
    }
    received.push(...answer.body.messages)
    cursor = answer.body.cursor ?? cursor
    return answer.body.hasMore ? 0 : (answer.body.pollAfterMs ?? 1000)
  }

  /** Whoever comes says a few things, however late it is. */
  async function talk(): Promise<void> {
    for (let number = 1; number <= leastSayings || Date.now() < endsAt; number++) {
      await say(number)
      await sleep(Math.min(around(pace.sayPauseMs), Math.max(0, endsAt - Date.now())))
    }
  }

  async function listen(): Promise<void> {
    while (Date.now() < endsAt) {
      const wanted = await poll()
      if (wanted === 0) continue
      const pauseMs = Math.max(wanted ?? 0, around(pace.pollPauseMs))
      await sleep(Math.min(pauseMs, Math.max(0, endsAt - Date.now())))
    }
  }

  /** A page that was open for long asks for a new token once. */
  async function comeBack(): Promise<void> {
    await sleep(Math.max(0, endsAt - Date.now()) * Math.random())
    await refresh()
  }

  return {
    /** Comes, opens a conversation, and chats until the end; true when the conversation was opened. */
    async chat(): Promise<boolean> {
      await enter({})
      const body = { conversationId }
      const start = () => ({ method: 'POST', endpoint: 'start', body, token: pass.token }) as const
      const { status } = await insist(start)
      if (status !== 200 && status !== 201) return false
      await Promise.all([talk(), listen(), comeBack()])
      return true
    },

    /** Reads on until there is no more, and a little longer; false when it is too late. */
    async readToTheEnd(until: number): Promise<boolean> {
      for (let idle = 0; idle <= idlePolls; ) {
        if (Date.now() > until) return false
        const wanted = await poll()
        if (wanted !== null && wanted !== 0) idle += 1
      }
      return true
    },

    testimony: (): Testimony => ({ index, conversationId, acknowledged, unsettled, received }),
  }
}
