/** Runs calls against several servers in turn, so that all of them meet the same machine. */
import type { Child } from '../child.js'
import { createStubCaller } from '../servers/http-stub.js'
import { type Calls, type Kind, kinds } from './kinds.js'
import { runLoad } from './load.js'
import { type Figures, type FrontCounts, figuresOf, type Sample } from './measures.js'
import type { Servers } from './servers.js'

/** Counts the calls of each kind in one round. */
const callsPerRound: Record<Kind, number> = { poll: 2000, send: 1000, start: 300, auth: 600 }
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
): Promise<Sample> {
  const before = { redis: await servers.redisCounts(), cpuMs: await child.cpuMs() }
  const { ms, elapsedMs } = await runLoad(send, calls)
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
  rounds: number
  onStage: (name: string) => void
}

/** Runs all rounds; each begins with another server. */
export async function runRounds(options: Options): Promise<Rounds> {
  const { servers, targets, callsOf, rounds, onStage } = options
  onStage('warming up')
  for (const kind of kinds) {
    for (const target of targets) await measure(servers, target, await callsOf(kind, warmUpCalls))
  }
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
        const figures = figuresOf(await measure(servers, target, calls))
        results.get(kind)?.get(target.name)?.push(figures)
      }
    }
  }
  return results
}
