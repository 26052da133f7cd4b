/** A store that goes wrong in the middle of a call: for this call alone, from its nth request on or only there. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import { http } from 'msw'
import { redisUrl, type TestGateway } from '../support/gateway.js'

/** As a proxy's, in short; `late`: the work is done when the test says so, after its sender has given up. */
export type Mishap = 'hang' | 'mute' | 'late' | 'drop' | 'lose'

type Plan = {
  what: Mishap
  from: number
  to: number
  requests: number
  waits: number
  late: Work[]
}
type Work = () => Promise<unknown>

/** Far from a second, and from the 100 ms that are left to take something back. */
const longMs = 600

async function untilGivenUp({ signal }: Request): Promise<Response> {
  if (!signal.aborted) await once(signal, 'abort')
  return Response.error()
}

export function createMidway(gateway: TestGateway) {
  const plans = new AsyncLocalStorage<Plan>()

  async function spoilt(request: Request, { what, late }: Plan): Promise<Response> {
    if (what === 'drop') return Response.error()
    if (what === 'hang') return untilGivenUp(request)
    const body = await request.text()
    const { url, method, headers } = request
    // The sender's signal would end the work with the wait.
    const doomed = () => gateway.redis.handle(new Request(url, { method, headers, body }))
    if (what === 'late') {
      late.push(doomed)
      return untilGivenUp(request)
    }
    await doomed()
    return what === 'mute' ? untilGivenUp(request) : Response.error()
  }

  return {
    handler: http.all(`${redisUrl}/*`, async ({ request }) => {
      const plan = plans.getStore()
      if (plan) plan.requests += 1
      const isSpoilt = plan && plan.requests >= plan.from && plan.requests <= plan.to
      if (!isSpoilt) return gateway.redis.handle(request)
      const startedAt = performance.now()
      const answer = await spoilt(request, plan)
      if (performance.now() - startedAt > longMs) plan.waits += 1
      return answer
    }),

    /** How many requests a call makes of a store that is well. */
    async count(call: () => Promise<unknown>): Promise<number> {
      const plan: Plan = { what: 'drop', from: 1, to: 0, requests: 0, waits: 0, late: [] }
      await plans.run(plan, call)
      return plan.requests
    },

    /** Makes a call whose requests to the store go wrong from one on to another; `waits`: for how many it waited long; `late`: what is still to arrive. */
    async spoil<T>(what: Mishap, [from, to]: readonly [number, number], call: () => Promise<T>) {
      const plan: Plan = { what, from, to, requests: 0, waits: 0, late: [] }
      return { answer: await plans.run(plan, call), waits: plan.waits, late: plan.late }
    },
  }
}
