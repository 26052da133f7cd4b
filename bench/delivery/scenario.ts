/** Runs one scenario: agents write into conversations, and pages wait for what they write. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { SwitchesPatch } from '../../sandbox/salesforce/index.js'
import { redisUse } from '../abuse/costs.js'
import type { Answer } from '../call.js'
import { salesforceCallsSchema } from '../servers/salesforce-calls.js'
import { startServers } from '../servers/start.js'
import { actUntil, createAgents } from './agent.js'
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

export type Size = {
  visitors: number
  seconds: number
  /** Is the mean pause between two messages of a visitor, who writes none without it. */
  visitorPauseMs?: number
}

const gateways = 2
/** Leaves time for the greeting of the bot and for the first waits. */
const settleMs = 3000
/** Leaves time for the last messages. */
const graceMs = 20_000

async function getJson(url: string): Promise<unknown> {
  return await (await fetch(url)).json()
}

/** Runs a scenario with servers of its own. */
export async function runScenario(scenario: Scenario, size: Size): Promise<Measures> {
  const { visitors, seconds, visitorPauseMs } = size
  const { name, env, switches, root } = scenario
  const options = { size: gateways, salesforce: { switches }, env, ...(root && { root }) }
  const { fleet, redisUrl, salesforceUrl, close } = await startServers(options)
  let leave = () => {}
  const end = new Promise<void>((resolve) => {
    leave = resolve
  })
  try {
    const agents = createAgents(salesforceUrl)
    const polls = new Map<string, number>()
    const functions = { calls: 0, ms: 0 }
    let isMeasured = false

    function onAnswer({ ms }: Answer): void {
      functions.calls += 1
      functions.ms += ms
    }

    function onPoll(answer: Answer, at: number): void {
      agents.receive(
        answer.body.messages.map(({ text }) => text),
        at,
      )
      const outcome = answer.status === 200 ? '200' : (answer.code ?? String(answer.status))
      if (isMeasured) polls.set(outcome, (polls.get(outcome) ?? 0) + 1)
    }

    const count = async () => ({
      calls: salesforceCallsSchema.parse(await getJson(`${salesforceUrl}/__calls`)),
      redis: redisUse.parse(await getJson(`${redisUrl}/__counts`)),
    })
    const cpuMs = async () => (await fleet.cpuMs(0)) + (await fleet.cpuMs(1))

    const cpuBefore = await cpuMs()
    const pages: Awaited<ReturnType<typeof openConversation>>[] = []
    for (let index = 0; index < visitors; index++) {
      pages.push(await openConversation({ index, next: fleet.next, onAnswer, onPoll }))
    }
    const following = pages.map(({ follow }) => follow(end))
    await sleep(settleMs)
    const before = await count()
    isMeasured = true
    const endsAt = Date.now() + seconds * 1000
    const writing = pages.flatMap(({ conversationId, send }) => [
      agents.writeUntil(endsAt, conversationId),
      visitorPauseMs ? actUntil(endsAt, visitorPauseMs, (number) => send(`Visitor ${number}`)) : [],
    ])
    await Promise.all(writing)
    isMeasured = false
    const after = await count()
    const usage = {
      functionCalls: functions.calls,
      functionMs: functions.ms,
      cpuMs: (await cpuMs()) - cpuBefore,
      redis: after.redis,
      salesforce: after.calls,
    }
    await agents.settle(graceMs)
    leave()
    await Promise.all(following)
    return {
      name,
      ...agents.outcome(),
      polls,
      calls: callsBetween(before.calls, after.calls),
      redisRequests: after.redis.requests - before.redis.requests,
      conversationSeconds: visitors * seconds,
      usage,
    }
  } finally {
    leave()
    await close()
  }
}
