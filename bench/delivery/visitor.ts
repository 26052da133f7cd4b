/** Plays a page with an open conversation: it polls at the pace that the gateway asks for. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, addressOf, type Call, call } from '../call.js'

type Options = {
  index: number
  /** Returns the address of the next gateway. */
  next(): string
  /** Is called for each answer. */
  onAnswer(answer: Answer): void
  /** Is called for each answer of a poll, `at` epoch milliseconds. */
  onPoll(answer: Answer, at: number): void
}

/** Is the pause after a failure that names none, as the browser client makes. */
const failurePauseMs = 1000

const maxTries = 5

/** Opens a conversation. Throws when the gateway refuses. */
export async function openConversation({ index, next, onAnswer, onPoll }: Options) {
  const address = addressOf(index)
  async function ask(options: Call): Promise<Answer> {
    const answer = await call(next(), { address, ...options })
    onAnswer(answer)
    return answer
  }

  /** Calls until it succeeds: a machine under load is slow to start. */
  async function succeed(options: Call, tries = maxTries): Promise<Answer['body']> {
    const { status, code, body } = await ask(options)
    if (status > 199 && status < 300) return body
    if (tries === 1) throw new Error(`${options.endpoint}: ${status} ${code}`)
    await sleep(failurePauseMs)
    return await succeed(options, tries - 1)
  }
  const { token } = await succeed({ method: 'POST', endpoint: 'auth', body: {} })
  const { conversationId } = await succeed({ method: 'POST', endpoint: 'start', token, body: {} })
  let wait = 0
  let cursor: string | undefined

  /** Polls once, and returns the pause until the next poll in milliseconds. */
  async function poll(): Promise<number> {
    const query = { conversationId, wait: String(wait), ...(cursor && { cursor }) }
    const answer = await ask({ method: 'GET', endpoint: 'poll', token, query })
    onPoll(answer, Date.now())
    const { status, body, retryAfterSeconds } = answer
    if (status !== 200) return body.retryAfterMs ?? (retryAfterSeconds * 1000 || failurePauseMs)
    cursor = body.cursor ?? cursor
    wait = body.waitSeconds
    return body.hasMore ? 0 : (body.pollAfterMs ?? failurePauseMs)
  }

  return {
    conversationId,
    /** Sends a text as the visitor. */
    async send(text: string): Promise<void> {
      const body = { conversationId, id: randomUUID(), text }
      await succeed({ method: 'POST', endpoint: 'send', token, body })
    },
    /** Polls until the end; a poll that waits then is not waited for. */
    async follow(end: Promise<void>): Promise<void> {
      let isOver = false
      const over = end.then(() => {
        isOver = true
      })
      while (!isOver) {
        const pauseMs = await Promise.race([poll(), over])
        if (pauseMs) await Promise.race([sleep(pauseMs), over])
      }
    },
  }
}
