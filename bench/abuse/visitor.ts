/** Plays honest visitors: some stay and chat, others arrive one after the other. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, type Call, call } from '../call.js'
import { percentile } from '../figures.js'

/** Names what a call does; an honest call and an attacker's of one kind are compared. */
export type Kind = 'auth' | 'start' | 'refresh' | 'conversations' | 'poll' | 'wait' | 'send'

/** Makes a call of a kind, and counts it. */
export type CallAs = (kind: Kind, options: Call) => Promise<Answer>

export const isSuccess = ({ status }: Answer) => status > 199 && status < 300

/** Calls one gateway, and keeps the answers. */
export function createCaller(base: string) {
  const answers: { kind: Kind; answer: Answer }[] = []
  const callAs: CallAs = async (kind, options) => {
    const answer = await call(base, options)
    answers.push({ kind, answer })
    return answer
  }
  return { answers, callAs }
}

export type Guest = { token: string; refreshToken: string; address: string }

/** Makes a guest; null when the gateway refuses. */
export async function signIn(callAs: CallAs, address: string): Promise<Guest | null> {
  const answer = await callAs('auth', { method: 'POST', endpoint: 'auth', body: {}, address })
  return isSuccess(answer) ? { ...answer.body, address } : null
}

/** Opens a conversation of a guest; null when the gateway refuses. */
export async function startAs(
  callAs: CallAs,
  { token, address }: Guest,
  body: object = {},
): Promise<string | null> {
  const answer = await callAs('start', { method: 'POST', endpoint: 'start', token, body, address })
  return isSuccess(answer) ? answer.body.conversationId : null
}

/** Returns how a guest reads and writes in a conversation. */
export function chatAs(callAs: CallAs, { token, address }: Guest, conversationId: string) {
  let cursor: string | undefined
  async function read(kind: 'poll' | 'wait', more: Record<string, string>): Promise<Answer> {
    const query = { conversationId, ...(cursor && { cursor }), ...more }
    const options: Call = { method: 'GET', endpoint: 'poll', token, address, query }
    const answer = await callAs(kind, options)
    cursor = answer.body.cursor ?? cursor
    return answer
  }
  return {
    poll: () => read('poll', {}),
    /** Polls once, and waits so many seconds for news. */
    wait: (seconds: number) => read('wait', { wait: String(seconds) }),
    send: (text: string) =>
      callAs('send', {
        ...{ method: 'POST', endpoint: 'send', token, address },
        body: { conversationId, text },
      }),
  }
}

const isChat = (kind: Kind) => kind === 'poll' || kind === 'send'

/** Is the pause after a poll that failed or names none. */
const usualPauseMs = 3000
const residents = 4
const messageEveryMs = 6000
const arrivalEveryMs = 3000

/** Plays honest visitors until the end; `addressOf` gives each an address of its own. */
export function createHonestVisitors(base: string, addressOf: (index: number) => string) {
  const { answers, callAs } = createCaller(base)
  let visitors = 0
  const newAddress = () => addressOf(visitors++)
  const starts = { tried: 0, successful: 0 }
  const chats: ReturnType<typeof chatAs>[] = []

  async function pollUntil(endsAt: number, { poll }: ReturnType<typeof chatAs>): Promise<void> {
    while (Date.now() < endsAt) {
      const { body } = await poll()
      const pauseMs = body.hasMore ? 0 : (body.pollAfterMs ?? body.retryAfterMs ?? usualPauseMs)
      await sleep(Math.min(pauseMs, Math.max(0, endsAt - Date.now())))
    }
  }

  async function every(ms: number, endsAt: number, work: (round: number) => Promise<unknown>) {
    for (let round = 0; Date.now() < endsAt; round += 1) {
      const next = Date.now() + ms
      await work(round)
      await sleep(Math.max(0, Math.min(next, endsAt) - Date.now()))
    }
  }

  async function arrive(): Promise<void> {
    starts.tried += 1
    const guest = await signIn(callAs, newAddress())
    const conversationId = guest && (await startAs(callAs, guest))
    if (!conversationId) return
    starts.successful += 1
    const chat = chatAs(callAs, guest, conversationId)
    await chat.send('A first question')
    await chat.poll()
    await chat.poll()
  }

  return {
    answers,
    starts,
    /** Opens the conversations of those who stay. Throws when the gateway refuses. */
    async settle(): Promise<void> {
      for (let index = 0; index < residents; index += 1) {
        const guest = await signIn(callAs, newAddress())
        const conversationId = guest && (await startAs(callAs, guest))
        if (!conversationId) throw new Error('An honest visitor was refused before the attack')
        chats.push(chatAs(callAs, guest, conversationId))
      }
      answers.length = 0
    },
    async chatUntil(endsAt: number): Promise<void> {
      await Promise.all([
        every(arrivalEveryMs, endsAt, arrive),
        ...chats.map((chat) => pollUntil(endsAt, chat)),
        ...chats.map((chat) => every(messageEveryMs, endsAt, (round) => chat.send(`No. ${round}`))),
      ])
    },
    /** Returns the time below which 95 % of the answers of a kind came, in milliseconds. */
    p95Of(wanted: Kind): number {
      const times = answers.filter(({ kind }) => kind === wanted).map(({ answer }) => answer.ms)
      return percentile(
        times.sort((a, b) => a - b),
        0.95,
      )
    },
    /** Counts polls and sends that did not succeed. */
    failures: () => answers.filter(({ kind, answer }) => isChat(kind) && !isSuccess(answer)).length,
  }
}
