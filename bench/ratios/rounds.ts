/** Runs calls against several servers in turn, so that all of them meet the same machine. */
import type { Child } from '../child.js'
import { createStubCaller } from '../servers/http-stub.js'
import { type Calls, type Kind, kinds } from './kinds.js'
import { runLoad } from './load.js'
import { type Figures, type FrontCounts, figuresOf, type Sample } from './measures.js'
import type { Delays, Servers } from './servers.js'

/** Counts the connections that keep a server busy, few enough to wait for it alone. */
export const busyConnections = 8

/** Describes how calls are made: over how many connections, how many of each kind in one round. */
export type Setting = { connections: number; delays: Delays; callsPerRound: Record<Kind, number> }

/** Makes one call after another; the neighbours take the least that real ones take. */
export const oneAtATime: Setting = {
  connections: 1,
  delays: { redisMs: 1, salesforceMs: 10 },
  callsPerRound: { poll: 200, send: 100, start: 40, auth: 200 },
}

/** Makes as many calls as the processor can; the neighbours answer at once. */
export const busy: Setting = {
  connections: busyConnections,
  delays: { redisMs: 0, salesforceMs: 0 },
  callsPerRound: { poll: 2000, send: 1000, start: 300, auth: 600 },
}

/** Counts the calls of each kind that warm a server up. */
export const warmUpCalls = 500

/** Names a server whose calls are measured. */
export type Target = { name: string; child: Child; send: ReturnType<typeof createStubCaller> }

export function targetOf(name: string, child: Child): Target {
  return { name, child, send: createStubCaller(child.url) }
}

function between(before: FrontCounts, after: FrontCounts): FrontCounts {
  return {
    requests: after.requests - before.requests,
    commands: after.commands - before.commands,
    executed: after.executed - before.executed,
  }
}

/** Makes calls, and measures what they cost. */
export async function measure(
  servers: Servers,
  { child, send }: Target,
  calls: Awaited<ReturnType<Calls>>,
  connections = busyConnections,
): Promise<Sample> {
  const before = { redis: await servers.redisCounts(), cpuMs: await child.cpuMs() }
  const { ms, elapsedMs } = await runLoad(send, calls, connections)
  const cpuMs = (await child.cpuMs()) - before.cpuMs
  const redis = between(before.redis, await servers.redisCounts())
  return { calls: calls.length, ms, elapsedMs, cpuMs, redis }
}

/** Holds the figures of each round, by the kind of call and the name of the server. */
export type Rounds = ReadonlyMap<Kind, ReadonlyMap<string, Figures[]>>

type Options = {
  servers: Servers
  targets: readonly Target[]
  callsOf: Calls
  setting: Setting
  rounds: number
  onStage: (name: string) => void
}

/** Makes calls of each kind at each server, so that the code is compiled. */
export async function warmUp({
  servers,
  targets,
  callsOf,
}: Pick<Options, 'servers' | 'targets' | 'callsOf'>) {
  for (const kind of kinds) {
    for (const target of targets) await measure(servers, target, await callsOf(kind, warmUpCalls))
  }
}

/** Runs all rounds; each begins with another server. */
export async function runRounds(options: Options): Promise<Rounds> {
  const { servers, targets, callsOf, rounds, onStage } = options
  const { connections, delays, callsPerRound } = options.setting
  const results = new Map(
    kinds.map((kind) => [kind, new Map(targets.map(({ name }) => [name, [] as Figures[]]))]),
  )
  for (let round = 0; round < rounds; round++) {
    onStage(`round ${round + 1} of ${rounds}`)
    const first = round % targets.length
    const inTurn = [...targets.slice(first), ...targets.slice(0, first)]
    for (const kind of kinds) {
      for (const target of inTurn) {
        const calls = await callsOf(kind, callsPerRound[kind])
        await servers.setDelays(delays)
        const figures = figuresOf(await measure(servers, target, calls, connections))
        await servers.setDelays({ redisMs: 0, salesforceMs: 0 })
        results.get(kind)?.get(target.name)?.push(figures)
      }
    }
  }
  return results
}
