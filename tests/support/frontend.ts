/** Acts as a tab or a device that polls one conversation at the pace that the gateway sets. */
import type { PollReply } from '../../lib/contract/replies.js'
import type { TestResponse } from './request.js'
import type { SimulatedTime } from './simulated-time.js'

type Query = { cursor?: string; limit?: string; wait?: string }

export type FrontendOptions = {
  time: SimulatedTime
  poll(query: Query, signal: AbortSignal): Promise<TestResponse>
  /** Returns the milliseconds that a request or a response is on its way. */
  latencyMs: () => number
  limit?: () => number
  /** Chooses the seconds that a poll waits, from those that the gateway asks for. */
  waitSeconds?: (asked: number) => number
  /** Chooses the pause before a poll, from the one that the gateway asks for. */
  pauseMs?: (asked: number) => number
}

/** A message as a frontend got it; `at` is in epoch milliseconds. */
export type Arrival = { id: string; at: number }

/** Milliseconds after a send at which a frontend looks, if its next poll lies later. */
const soonMs = 1000
/** Milliseconds until a frontend repeats a poll that failed, where the gateway names none. */
const retryMs = 2000

const asAsked = (asked: number) => asked

export type Frontend = ReturnType<typeof createFrontend>

/** Creates a frontend. `run` polls until `stop` is called, or the gateway says that all was given. */
export function createFrontend(options: FrontendOptions) {
  const { time, latencyMs, limit, waitSeconds = asAsked, pauseMs = asAsked } = options
  const arrivals: Arrival[] = []
  const activities: NonNullable<PollReply['activity']>[] = []
  const statuses: number[] = []
  let cursor: string | undefined
  /** Seconds that the gateway asked the next poll to wait. */
  let asked = 0
  let nextAt = 0
  let failurePauseMs = retryMs
  let isStopped = false
  let underWay: { leaves: AbortController; waits: boolean } | undefined
  let wake: () => void = () => undefined

  /** Returns the reply; null after a failure, or when the frontend left. */
  async function pollOnce(): Promise<PollReply | null> {
    const wait = cursor === undefined ? 0 : waitSeconds(asked)
    const leaves = new AbortController()
    underWay = { leaves, waits: wait > 0 }
    await time.sleep(latencyMs())
    const query = {
      ...(cursor !== undefined && { cursor }),
      ...(limit && { limit: String(limit()) }),
      ...(wait > 0 && { wait: String(wait) }),
    }
    const { status, body } = await time.during(() => options.poll(query, leaves.signal))
    await time.sleep(latencyMs())
    underWay = undefined
    failurePauseMs = 0
    if (leaves.signal.aborted) return null
    statuses.push(status)
    failurePauseMs = body.retryAfterMs ?? retryMs
    return status === 200 ? body : null
  }

  function take({ messages, activity, ...reply }: PollReply): void {
    cursor = reply.cursor ?? cursor
    asked = reply.waitSeconds
    if (activity) activities.push(activity)
    for (const { id } of messages) arrivals.push({ id, at: Date.now() })
  }

  async function untilDue(): Promise<void> {
    while (!isStopped && Date.now() < nextAt) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve
      })
      await Promise.race([time.sleep(nextAt - Date.now()), woken])
    }
  }

  /** Leaves a poll that waits: its answer is lost. */
  function leave(): void {
    if (!underWay?.waits) return
    asked = 0
    nextAt = Date.now()
    underWay.leaves.abort()
  }

  return {
    arrivals,
    activities,
    statuses,
    leave,
    async run(): Promise<void> {
      while (!isStopped) {
        nextAt = Number.POSITIVE_INFINITY
        const reply = await pollOnce()
        if (reply) take(reply)
        if (reply?.pollAfterMs === null) return
        const pause = reply ? pauseMs(reply.pollAfterMs) : failurePauseMs
        nextAt = Math.min(nextAt, Date.now() + pause)
        await untilDue()
      }
    },
    /** Looks one second after a send, without waiting. */
    async lookSoon(): Promise<void> {
      await time.sleep(soonMs)
      leave()
      nextAt = Math.min(nextAt, Date.now())
      wake()
    },
    /** Lets the poll under way be the last one. */
    stop(): void {
      isStopped = true
      wake()
    },
  }
}
