/** Holds what visitors sent and were told against what Salesforce stores. Pure. */
import * as z from 'zod'

/** A conversation as Salesforce stores it; `content` is the whole payload as text. */
export const ledgerSchema = z.array(
  z.object({
    id: z.string(),
    entries: z.array(z.object({ id: z.string(), isMessage: z.boolean(), content: z.string() })),
  }),
)
export type Ledger = z.infer<typeof ledgerSchema>

/** What one visitor knows at the end. */
export type Testimony = {
  index: number
  conversationId: string
  /** Messages whose 202 came, by id. */
  acknowledged: ReadonlyMap<string, string>
  /** Messages that were given up, or refused for good; they may have arrived all the same. */
  unsettled: readonly string[]
  /** What polls with one cursor told, in order. */
  received: readonly { id: string; text: string }[]
}

export type Verdict = {
  acknowledged: number
  received: number
  unsettled: number
  /** Acknowledged, but not stored; stored messages that were never told. */
  lost: number
  /** Stored or told more than once; conversations that nobody knows. */
  doubled: number
  /** Of another conversation. */
  foreign: number
}

/** How the texts of a visitor begin, wherever they are repeated. */
export const signOf = (index: number, number: number) => `visitor-${index}-says-${number}.`

const signs = /visitor-(\d+)-says-/g

/** Whether a text repeats what another visitor said. */
function isForeign(text: string, index: number): boolean {
  return [...text.matchAll(signs)].some(([, by]) => Number(by) !== index)
}

/** How many there are more than there should be. */
const surplus = (ids: readonly string[]) => ids.length - new Set(ids).size

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)

function judgeOne(visitor: Testimony, stored: Ledger[number]['entries']): Verdict {
  const { index, acknowledged, received, unsettled } = visitor
  const storedIds = new Set(stored.map(({ id }) => id))
  const told = new Set(received.map(({ id }) => id))
  const neverStored = [...acknowledged.keys()].filter((id) => !storedIds.has(id))
  const messages = stored.filter(({ isMessage }) => isMessage).map(({ id }) => id)
  const neverTold = messages.filter((id) => !told.has(id))
  const notOurs = received.filter(({ id, text }) => !storedIds.has(id) || isForeign(text, index))
  const misfiled = stored.filter(({ content }) => isForeign(content, index))
  return {
    acknowledged: acknowledged.size,
    received: messages.filter((id) => told.has(id)).length,
    unsettled: unsettled.length,
    lost: neverStored.length + neverTold.length,
    doubled: surplus(stored.map(({ id }) => id)) + surplus(received.map(({ id }) => id)),
    foreign: notOurs.length + misfiled.length,
  }
}

/** The sums over all visitors. */
export function judge(visitors: readonly Testimony[], ledger: Ledger): Verdict {
  const stored = new Map(ledger.map(({ id, entries }) => [id, entries]))
  const each = visitors.map((visitor) =>
    judgeOne(visitor, stored.get(visitor.conversationId) ?? []),
  )
  const known = new Set(visitors.map(({ conversationId }) => conversationId))
  const strays = ledger.filter(({ id }) => !known.has(id)).length
  const total = (of: keyof Verdict) => sum(each.map((verdict) => verdict[of]))
  return {
    acknowledged: total('acknowledged'),
    received: total('received'),
    unsettled: total('unsettled'),
    lost: total('lost'),
    doubled: total('doubled') + strays,
    foreign: total('foreign'),
  }
}
