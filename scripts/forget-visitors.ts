/** Deletion on request: everything that can be found by a visitor's id, in Redis and as far as Salesforce lets us. */
import { setTimeout as sleep } from 'node:timers/promises'
import { EnvironmentError } from '../lib/config/env.js'
import { isProblem } from '../lib/problem.js'
import { services } from '../lib/services.js'
import {
  createErasure,
  type Erasure,
  type StoredKey,
  type VisitorSummary,
} from '../lib/store/erasure.js'
import { createKeys } from '../lib/store/keys.js'
import { connectRedis } from '../lib/store/redis.js'

type Print = (line: string) => void

/** State of one visitor before anything is deleted. */
type Found = { id: string; standing: VisitorSummary; traces: readonly StoredKey[] }

const usage = 'Usage: npm run forget -- <visitor>… [--dry-run]'
const visitorId = /^(guest|known)-[A-Za-z0-9_-]+$/

/** By no device in particular: every token of the visitor's is meant. */
const allDevices = (id: string) => ({ id, family: '', since: 0 })

function tracesHere(): Erasure {
  const { env } = services()
  return createErasure({
    redis: connectRedis(env.redis),
    keys: createKeys(env.redis.prefix),
    tombstoneMs: env.lifetimes.tombstoneMs,
  })
}

/** Tombstones stay: they refuse tokens that are still out there. */
async function find(traces: Erasure, id: string): Promise<Found> {
  const standing = await traces.visitorSummary(id)
  const { conversationIds, formerGuests, isTombstone } = standing
  const all = await traces.keysNaming([id, ...formerGuests, ...conversationIds])
  const isOtherVisitors = ({ key }: StoredKey) =>
    formerGuests.some((guest) => key.endsWith(`:{${guest}}`))
  const isKept = (trace: StoredKey) =>
    trace.kind === 'visitor' && (isTombstone || isOtherVisitors(trace))
  return { id, standing, traces: all.filter((trace) => !isKept(trace)) }
}

function countsOf(traces: readonly StoredKey[]): string {
  const kinds = [...new Set(traces.map(({ kind }) => kind))].sort()
  const counts = kinds.map(
    (kind) => `${kind} ${traces.filter((each) => each.kind === kind).length}`,
  )
  return counts.join(', ') || 'no keys'
}

/** A guest who has signed in is named by a tombstone: it need not say any more who that is. */
async function buryFormerGuests({ id, standing }: Found): Promise<void> {
  const { records } = services()
  for (const guest of standing.formerGuests) {
    if ((await records.mergedInto(guest)) === id) await records.writeTombstone(guest)
  }
}

async function eraseVisitor(traces: Erasure, { id }: Found, print: Print): Promise<void> {
  const found = await find(traces, id)
  const { open, ended } = await services().conversations.forgetGuest(allDevices(id))
  await buryFormerGuests(found)
  const others = found.traces.filter(({ kind }) => kind !== 'visitor')
  await traces.deleteKeys(others)
  if (id.startsWith('known-')) await traces.replaceByTombstone(id)
  const failureNote = open > ended ? ` (${open - ended} could not be ended in Salesforce)` : ''
  print(
    `${id}: ended ${ended} of ${open} open conversations${failureNote}; deleted ${countsOf(found.traces)}`,
  )
}

function printUnknown({ id, standing }: Found, print: Print): void {
  const heir = standing.mergedInto && `; the guest has signed in as ${standing.mergedInto}`
  print(`${id}: nothing is kept of this visitor${heir ?? ''}`)
}

/** Tokens are refused first; what is being served then may still write, so it comes to its end. */
async function eraseVisitors(
  traces: Erasure,
  known: readonly Found[],
  print: Print,
): Promise<void> {
  if (known.length === 0) return
  for (const { id } of known) await traces.refuseTokens(id)
  await sleep(services().env.deadlineMs)
  for (const each of known) await eraseVisitor(traces, each, print)
}

async function run(ids: readonly string[], isDry: boolean, print: Print): Promise<number> {
  const traces = tracesHere()
  const found: Found[] = []
  for (const id of ids) found.push(await find(traces, id))
  const isKnown = ({ standing, traces: visitorTraces }: Found) =>
    standing.mergedInto === null && visitorTraces.length > 0
  const known = found.filter(isKnown)
  const unknown = found.filter((each) => !isKnown(each))
  for (const each of unknown) printUnknown(each, print)
  if (!isDry) await eraseVisitors(traces, known, print)
  for (const { id, standing, traces: visitorTraces } of isDry ? known : []) {
    print(
      `${id}: would end ${standing.open} open conversations and delete ${countsOf(visitorTraces)}`,
    )
  }
  return unknown.length > 0 ? 1 : 0
}

/** Forgets visitors and prints counts, no contents; gives the exit code. Throws what nobody foresaw. */
export async function forgetVisitors(args: readonly string[], print: Print): Promise<number> {
  const isDry = args.includes('--dry-run')
  const ids = [...new Set(args.filter((arg) => arg !== '--dry-run'))]
  const invalid = ids.filter((id) => !visitorId.test(id))
  if (ids.length === 0 || invalid.length > 0) {
    for (const id of invalid) print(`${id}: is no visitor's id`)
    print(usage)
    return 1
  }
  try {
    return await run(ids, isDry, print)
  } catch (error) {
    if (error instanceof EnvironmentError) print(error.message)
    else if (isProblem(error)) print(`${error.message}: ${error.code}. Run it again.`)
    else throw error
    return 1
  }
}
