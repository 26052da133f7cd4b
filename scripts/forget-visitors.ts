/**
 * Deletes on request everything that a visitor's id leads to, in Redis and, as far as possible, in
 * Salesforce.
 */
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

/** Holds the state of one visitor before anything is deleted. */
type Found = { id: string; summary: VisitorSummary; keys: readonly StoredKey[] }

const usage = 'Usage: npm run forget -- <visitor>… [--dry-run]'
const visitorId = /^(guest|known)-[A-Za-z0-9_-]+$/

/** Names the visitor without a device: every token of the visitor is meant. */
const allDevices = (id: string) => ({ id, family: '', since: 0 })

function connectErasure(): Erasure {
  const { env } = services()
  return createErasure({
    redis: connectRedis(env.redis),
    keys: createKeys(env.redis.prefix),
    tombstoneMs: env.lifetimes.tombstoneMs,
  })
}

/** Finds a visitor's keys. Tombstones are left out: they refuse tokens that are still in use. */
async function find(erasure: Erasure, id: string): Promise<Found> {
  const summary = await erasure.visitorSummary(id)
  const { conversationIds, formerGuests, isTombstone } = summary
  const all = await erasure.keysNaming([id, ...formerGuests, ...conversationIds])
  const isOtherVisitors = ({ key }: StoredKey) =>
    formerGuests.some((guest) => key.endsWith(`:{${guest}}`))
  const isKept = (stored: StoredKey) =>
    stored.kind === 'visitor' && (isTombstone || isOtherVisitors(stored))
  return { id, summary, keys: all.filter((stored) => !isKept(stored)) }
}

function countsOf(keys: readonly StoredKey[]): string {
  const kinds = [...new Set(keys.map(({ kind }) => kind))].sort()
  const counts = kinds.map((kind) => `${kind} ${keys.filter((each) => each.kind === kind).length}`)
  return counts.join(', ') || 'no keys'
}

/** Replaces the tombstones of former guests, which need not name the visitor any more. */
async function anonymiseFormerGuests({ id, summary }: Found): Promise<void> {
  const { records } = services()
  for (const guest of summary.formerGuests) {
    if ((await records.mergedInto(guest)) === id) await records.writeTombstone(guest)
  }
}

async function eraseVisitor(erasure: Erasure, { id }: Found, print: Print): Promise<void> {
  const found = await find(erasure, id)
  const { open, ended } = await services().conversations.forgetGuest(allDevices(id))
  await anonymiseFormerGuests(found)
  const others = found.keys.filter(({ kind }) => kind !== 'visitor')
  await erasure.deleteKeys(others)
  if (id.startsWith('known-')) await erasure.replaceByTombstone(id)
  const failureNote = open > ended ? ` (${open - ended} could not be ended in Salesforce)` : ''
  print(
    `${id}: ended ${ended} of ${open} open conversations${failureNote}; deleted ${countsOf(found.keys)}`,
  )
}

function printUnknown({ id, summary }: Found, print: Print): void {
  const { mergedInto } = summary
  const note = mergedInto === null ? '' : `; the guest has signed in as ${mergedInto}`
  print(`${id}: nothing is kept of this visitor${note}`)
}

/** Refuses the tokens first, and waits for requests in flight, which may still write. */
async function eraseVisitors(
  erasure: Erasure,
  known: readonly Found[],
  print: Print,
): Promise<void> {
  if (known.length === 0) return
  for (const { id } of known) await erasure.refuseTokens(id)
  await sleep(services().env.deadlineMs)
  for (const each of known) await eraseVisitor(erasure, each, print)
}

async function run(ids: readonly string[], isDry: boolean, print: Print): Promise<number> {
  const erasure = connectErasure()
  const found: Found[] = []
  for (const id of ids) found.push(await find(erasure, id))
  const isKnown = ({ summary, keys }: Found) => summary.mergedInto === null && keys.length > 0
  const known = found.filter(isKnown)
  const unknown = found.filter((each) => !isKnown(each))
  for (const each of unknown) printUnknown(each, print)
  if (!isDry) await eraseVisitors(erasure, known, print)
  for (const { id, summary, keys } of isDry ? known : []) {
    print(`${id}: would end ${summary.open} open conversations and delete ${countsOf(keys)}`)
  }
  return unknown.length > 0 ? 1 : 0
}

/**
 * Forgets visitors and prints counts, no contents; returns the exit code. Throws unforeseen errors.
 */
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
