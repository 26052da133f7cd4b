/** Holds what visitors sent and were told against what Salesforce stores. Pure. */
import * as z from 'zod'

/** A conversation as Salesforce stores it; `content` is the whole payload as text. */
export const storedConversationsSchema = z.array(
  z.object({
    id: z.string(),
    entries: z.array(z.object({ id: z.string(), isMessage: z.boolean(), content: z.string() })),
  }),
)
export type StoredConversations = z.infer<typeof storedConversationsSchema>

/** What one visitor knows at the end. */
export type VisitorRecord = {
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
export const textPrefix = (index: number, messageNumber: number) =>
  `visitor-${index}-says-${messageNumber}.`

const textPrefixes = /visitor-(\d+)-says-/g

/** Whether a text repeats what another visitor said. */
function isForeign(text: string, index: number): boolean {
  return [...text.matchAll(textPrefixes)].some(([, by]) => Number(by) !== index)
}

/** How many there are more than there should be. */
const surplus = (ids: readonly string[]) => ids.length - new Set(ids).size

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)

function compareOne(
  visitor: VisitorRecord,
  stored: StoredConversations[number]['entries'],
): Verdict {
  const { index, acknowledged, received, unsettled } = visitor
  const storedIds = new Set(stored.map(({ id }) => id))
  const receivedIds = new Set(received.map(({ id }) => id))
  const neverStored = [...acknowledged.keys()].filter((id) => !storedIds.has(id))
  const messages = stored.filter(({ isMessage }) => isMessage).map(({ id }) => id)
  const neverReceived = messages.filter((id) => !receivedIds.has(id))
  const foreignReceived = received.filter(
    ({ id, text }) => !storedIds.has(id) || isForeign(text, index),
  )
  const foreignStored = stored.filter(({ content }) => isForeign(content, index))
  return {
    acknowledged: acknowledged.size,
    received: messages.filter((id) => receivedIds.has(id)).length,
    unsettled: unsettled.length,
    lost: neverStored.length + neverReceived.length,
    doubled: surplus(stored.map(({ id }) => id)) + surplus(received.map(({ id }) => id)),
    foreign: foreignReceived.length + foreignStored.length,
  }
}

/** The sums over all visitors. */
export function compare(visitors: readonly VisitorRecord[], stored: StoredConversations): Verdict {
  const entriesById = new Map(stored.map(({ id, entries }) => [id, entries]))
  const each = visitors.map((visitor) =>
    compareOne(visitor, entriesById.get(visitor.conversationId) ?? []),
  )
  const known = new Set(visitors.map(({ conversationId }) => conversationId))
  const unknownConversations = stored.filter(({ id }) => !known.has(id)).length
  const total = (of: keyof Verdict) => sum(each.map((verdict) => verdict[of]))
  return {
    acknowledged: total('acknowledged'),
    received: total('received'),
    unsettled: total('unsettled'),
    lost: total('lost'),
    doubled: total('doubled') + unknownConversations,
    foreign: total('foreign'),
  }
}
