/** Profiles the CPU of a gateway while it serves calls of one kind. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { projectRoot } from '../child.js'
import { type Calls, type Kind, kinds, prepareCalls } from './kinds.js'
import { table } from './report.js'
import { measure, type Target, targetOf, warmUpCalls } from './rounds.js'
import type { Servers } from './servers.js'

const folder = join(projectRoot, '.cache/profiles')
const profiledCalls = 4000
const shown = 15

const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.int(),
      callFrame: z.object({
        functionName: z.string(),
        url: z.string(),
        lineNumber: z.int(),
      }),
    }),
  ),
  samples: z.array(z.int()),
  timeDeltas: z.array(z.number()),
})
type Profile = z.infer<typeof profileSchema>

/** Names a function and its place; code that esbuild transformed stands in long lines. */
function placeOf({ functionName, url, lineNumber }: Profile['nodes'][number]['callFrame']): string {
  const path = url.replace(/^file:\/\//, '').replace(/^.*\/node_modules\//, '')
  const place = path.replace(projectRoot, '')
  return `${functionName || '(anonymous)'}${place && ` ${place}:${lineNumber + 1}`}`
}

/** Adds up the time that each function took itself, without those that it called. */
function selfTimes({ nodes, samples, timeDeltas }: Profile): [place: string, share: number][] {
  const places = new Map(nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]))
  const times = new Map<string, number>()
  let total = 0
  samples.forEach((id, index) => {
    const place = places.get(id) ?? ''
    if (place === '(idle)') return
    const delta = timeDeltas[index] ?? 0
    total += delta
    times.set(place, (times.get(place) ?? 0) + delta)
  })
  return [...times]
    .map(([place, time]): [string, number] => [place, time / total])
    .sort(([, a], [, b]) => b - a)
}

/** Profiles one kind of call; returns the functions that took the most time themselves. */
async function profileKind(
  { servers, target, callsOf }: { servers: Servers; target: Target; callsOf: Calls },
  kind: Kind,
): Promise<string[]> {
  await measure(servers, target, await callsOf(kind, warmUpCalls))
  const calls = await callsOf(kind, profiledCalls)
  const profile = await target.child.profile(() => measure(servers, target, calls))
  writeFileSync(join(folder, `${kind}.cpuprofile`), JSON.stringify(profile))
  const rows = selfTimes(profileSchema.parse(profile))
    .slice(0, shown)
    .map(([place, share]) => [place, `${(share * 100).toFixed(1)} %`])
  return table([kind, 'self time'], rows)
}

/** Leaves a profile of each kind in `.cache/profiles`; returns the greatest self times. */
export async function profileAll(servers: Servers): Promise<string[]> {
  mkdirSync(folder, { recursive: true })
  const child = await servers.startGateway()
  const served = {
    servers,
    target: targetOf('gateway', child),
    callsOf: await prepareCalls(child.url),
  }
  const lines: string[] = []
  for (const kind of kinds) lines.push(...(await profileKind(served, kind)), '')
  return lines
}
