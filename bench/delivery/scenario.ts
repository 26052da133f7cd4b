/** Runs one scenario: agents write into conversations, and pages wait for what they write. */
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import type { SwitchesPatch } from '../../sandbox/salesforce/index.js'
import type { Answer } from '../call.js'
import { salesforceCallsSchema } from '../servers/salesforce-calls.js'
import { startServers } from '../servers/start.js'
import { callsBetween, type Measures } from './measures.js'
import { openConversation } from './visitor.js'

export type Scenario = {
  name: string
  /** Holds further variables of the gateways. */
  env: Record<string, string>
  /** Differs from the sandbox's defaults. */
  switches: SwitchesPatch
  /** Is the folder of the gateways' code; by default this project. */
  root?: string
}

export type Size = { visitors: number; seconds: number }

const gateways = 2
/** Leaves time for the greeting of the bot and for the first waits. */
const settleMs = 3000
/** Leaves time for the last messages. */
const graceMs = 20_000
/** Is the mean pause between two messages of one agent; each lies between half and one and a half of it. */
const meanPauseMs = 10_000

const injected = z.array(z.object({ visibleAt: z.number() }))

async function getJson(url: string): Promise<unknown> {
  return await (await fetch(url)).json()
}

/** Keeps when each message became visible and when polls returned it, by its text. */
function createDeliveries() {
  const visible = new Map<string, number>()
  const received = new Map<string, number[]>()
  return {
    written(text: string, visibleAt: number): void {
      visible.set(text, visibleAt)
    },
    receive({ body: { messages } }: Answer, at: number): void {
      for (const { text } of messages) received.set(text, [...(received.get(text) ?? []), at])
    },
    areAllReceived: () => [...visible.keys()].every((text) => received.has(text)),
    outcome() {
      const moments = [...visible].map(([text, at]) => ({ at, receipts: received.get(text) ?? [] }))
      return {
        delays: moments.flatMap(({ at, receipts: [first] }) => (first ? [first - at] : [])),
        lost: moments.filter(({ receipts }) => receipts.length === 0).length,
        doubled: moments.filter(({ receipts }) => receipts.length > 1).length,
      }
    },
  }
}

/** Runs a scenario with servers of its own. */
export async function runScenario(scenario: Scenario, { visitors, seconds }: Size) {
  const { name, env, switches, root } = scenario
  const options = { size: gateways, salesforce: { switches }, env, ...(root && { root }) }
  const { fleet, redisUrl, salesforceUrl, close } = await startServers(options)
  let leave = () => {}
  const end = new Promise<void>((resolve) => {
    leave = resolve
  })
  try {
    const deliveries = createDeliveries()
    const polls = new Map<string, number>()
    let isMeasured = false

    function onPoll(answer: Answer, at: number): void {
      deliveries.receive(answer, at)
      const outcome = answer.status === 200 ? '200' : (answer.code ?? String(answer.status))
      if (isMeasured) polls.set(outcome, (polls.get(outcome) ?? 0) + 1)
    }

    async function write(conversationId: string, text: string): Promise<void> {
      const url = `${salesforceUrl}/__sandbox/conversations/${conversationId}/entries`
      const body = JSON.stringify({ entries: [{ text, from: 'Agent' }] })
      const [entry] = injected.parse(await (await fetch(url, { method: 'POST', body })).json())
      if (entry) deliveries.written(text, entry.visibleAt)
    }

    async function writeUntil(endsAt: number, conversationId: string): Promise<void> {
      await sleep(Math.random() * meanPauseMs)
      for (let number = 1; Date.now() < endsAt; number++) {
        await write(conversationId, `${conversationId} ${number}`)
        await sleep(Math.min(meanPauseMs * (0.5 + Math.random()), Math.max(0, endsAt - Date.now())))
      }
    }

    const count = async () => ({
      calls: salesforceCallsSchema.parse(await getJson(`${salesforceUrl}/__calls`)),
      redis: z.object({ requests: z.int() }).parse(await getJson(`${redisUrl}/__counts`)),
    })

    const pages: Awaited<ReturnType<typeof openConversation>>[] = []
    for (let index = 0; index < visitors; index++) {
      pages.push(await openConversation({ index, next: fleet.next, onPoll }))
    }
    const following = pages.map(({ follow }) => follow(end))
    await sleep(settleMs)
    const before = await count()
    isMeasured = true
    const endsAt = Date.now() + seconds * 1000
    await Promise.all(pages.map(({ conversationId }) => writeUntil(endsAt, conversationId)))
    isMeasured = false
    const after = await count()
    for (const graceEndsAt = Date.now() + graceMs; Date.now() < graceEndsAt; await sleep(50)) {
      if (deliveries.areAllReceived()) break
    }
    leave()
    await Promise.all(following)
    return {
      name,
      ...deliveries.outcome(),
      polls,
      calls: callsBetween(before.calls, after.calls),
      redisRequests: after.redis.requests - before.redis.requests,
      conversationSeconds: visitors * seconds,
    } satisfies Measures
  } finally {
    leave()
    await close()
  }
}
