/** Makes the store fail in the middle of one call: from its nth request on, or for that request only. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import { http } from 'msw'
import { redisUrl, type TestGateway } from '../support/gateway.js'

/**
 * Names the faults of the proxy, in short. With `late`, the store does the work when the test asks for
 * it, after the sender has given up.
 */
export type MidCallFault = 'hang' | 'mute' | 'late' | 'drop' | 'lose'

type Plan = {
  what: MidCallFault
  from: number
  to: number
  requests: number
  waits: number
  late: Work[]
}
type Work = () => Promise<unknown>

/** Lies between the store's timeout of a second and the 100 ms that remain for an undo. */
const longMs = 600

async function untilAborted({ signal }: Request): Promise<Response> {
  if (!signal.aborted) await once(signal, 'abort')
  return Response.error()
}

export function createMidCallFaults(gateway: TestGateway) {
  const plans = new AsyncLocalStorage<Plan>()

  async function applyFault(request: Request, { what, late }: Plan): Promise<Response> {
    if (what === 'drop') return Response.error()
    if (what === 'hang') return untilAborted(request)
    const body = await request.text()
    const { url, method, headers } = request
    // The new request leaves out the sender's signal, which would abort the work together with the wait.
    const forward = () => gateway.redis.handle(new Request(url, { method, headers, body }))
    if (what === 'late') {
      late.push(forward)
      return untilAborted(request)
    }
    await forward()
    return what === 'mute' ? untilAborted(request) : Response.error()
  }

  return {
    handler: http.all(`${redisUrl}/*`, async ({ request }) => {
      const plan = plans.getStore()
      if (plan) plan.requests += 1
      const isFaulty = plan && plan.requests >= plan.from && plan.requests <= plan.to
      if (!isFaulty) return gateway.redis.handle(request)
      const startedAt = Date.now()
      const answer = await applyFault(request, plan)
      if (Date.now() - startedAt > longMs) plan.waits += 1
      return answer
    }),

    /** Counts the requests that a call makes to a healthy store. */
    async count(call: () => Promise<unknown>): Promise<number> {
      const plan: Plan = { what: 'drop', from: 1, to: 0, requests: 0, waits: 0, late: [] }
      await plans.run(plan, call)
      return plan.requests
    },

    /**
     * Makes a call whose requests to the store fail in the given range. `waits` counts the requests for
     * which the call waited longer than `longMs`; `late` holds the work that has not arrived yet.
     */
    async withFault<T>(
      what: MidCallFault,
      [from, to]: readonly [number, number],
      call: () => Promise<T>,
    ) {
      const plan: Plan = { what, from, to, requests: 0, waits: 0, late: [] }
      return { answer: await plans.run(plan, call), waits: plan.waits, late: plan.late }
    },
  }
}
