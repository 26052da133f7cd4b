/** Adds up and compares what calls cost the operator. */
import * as z from 'zod'
import { salesforceCallsSchema } from '../servers/salesforce-calls.js'
import type { Servers } from './servers.js'

/** Parses what gateways have used of Redis so far; bytes are those of bodies over REST. */
export const redisUse = z.object({
  requests: z.int(),
  commands: z.int(),
  bytesRead: z.int(),
  bytesWritten: z.int(),
})
export type RedisUse = z.infer<typeof redisUse>

/** Holds what calls cost: use of Redis, calls to Salesforce, CPU time of the gateway. */
export type Costs = RedisUse & { salesforceCalls: number; cpuMs: number }
export type Measure = keyof Costs

export const measures = [
  'requests',
  'commands',
  'bytesRead',
  'bytesWritten',
  'salesforceCalls',
  'cpuMs',
] as const satisfies readonly Measure[]

/** Computes each measure by itself. */
export function computeCosts(value: (measure: Measure) => number): Costs {
  return {
    requests: value('requests'),
    commands: value('commands'),
    bytesRead: value('bytesRead'),
    bytesWritten: value('bytesWritten'),
    salesforceCalls: value('salesforceCalls'),
    cpuMs: value('cpuMs'),
  }
}

export const noCosts = computeCosts(() => 0)

/** Returns `from` and `costs` times a factor together. */
export function addCosts(from: Costs, costs: Costs, factor = 1): Costs {
  return computeCosts((measure) => from[measure] + factor * costs[measure])
}

async function getJson(url: string): Promise<unknown> {
  return await (await fetch(url)).json()
}

/** Reads what everything cost so far. */
export async function readCosts({ fleet, redisUrl, salesforceUrl }: Servers): Promise<Costs> {
  const [redis, calls, cpuMs] = await Promise.all([
    getJson(`${redisUrl}/__counts`),
    getJson(`${salesforceUrl}/__calls`),
    fleet.cpuMs(0),
  ])
  const { lists, streams, others } = salesforceCallsSchema.parse(calls)
  return { ...redisUse.parse(redis), salesforceCalls: lists + streams + others, cpuMs }
}

/** Measures what some work costs. */
export async function costsOf(servers: Servers, work: () => Promise<unknown>): Promise<Costs> {
  const before = await readCosts(servers)
  await work()
  return addCosts(await readCosts(servers), before, -1)
}
