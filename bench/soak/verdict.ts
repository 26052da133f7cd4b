/** Compares the messages that visitors sent and received with Salesforce's stored ones. Pure. */
import * as z from 'zod'

/**
 * Parses conversations as Salesforce stores them; `content` is the whole payload as text, and `at` the
 * moment of the effect, epoch milliseconds.
 */
export const storedConversationsSchema = z.array(
  z.object({
    id: z.string(),
    entries: z.array(
      z.object({ id: z.string(), isMessage: z.boolean(), content: z.string(), at: z.number() }),
    ),
  }),
)
export type StoredConversations = z.infer<typeof storedConversationsSchema>

/**
 * Is the gateway's `SEND_SETTLE_MS`: an effect that shows later than so many milliseconds after its
 * attempt was given up may be followed by a second one (`docs/reliability.md`).
 */
export const settleMs = 1000

/** Parses an attempt of a gateway to send a message: until its answer, or until it was given up. */
export const attemptSchema = z.object({ id: z.string(), sentAt: z.number(), endedAt: z.number() })
export type Attempt = z.infer<typeof attemptSchema>

/** Tells that the gateway no longer knew a session, or a conversation, that it had acknowledged. */
export type Loss = {
  what: 'session' | 'conversation'
  /** The call that was acknowledged: the sign-in, or the start. */
  acknowledged: CallTime
}

/** Is the time of a call at the visitor; epoch milliseconds. */
export type CallTime = { sentAt: number; answeredAt: number }

/** Is a time of which Redis lost everything; epoch milliseconds. */
export type LossWindow = { from: number; to: number }

/** Holds the messages that one visitor sent and received. */
export type VisitorRecord = {
  index: number
  conversationId: string
  /** Holds the text of each message that the gateway answered with 202, by id. */
  acknowledged: ReadonlyMap<string, string>
  /** Lists the messages that were given up, or refused for good; they may still have arrived. */
  unsettled: readonly string[]
  /** Lists the messages that polls with one cursor returned, in order. */
  received: readonly { id: string; text: string }[]
  losses: readonly Loss[]
  /** Is false for a visitor who never got in, or could not read to the end: both are counted apart. */
  hasReadAll: boolean
}

export type Verdict = {
  acknowledged: number
  received: number
  unsettled: number
  /** Counts messages acknowledged but not stored, and messages stored but missing to a whole reading. */
  lost: number
  /** Counts messages stored or received more than once, and conversations of no known visitor. */
  doubled: number
  /** Counts messages that are stored again because their first effect showed too late. */
  late: number
  /** Counts messages of another conversation. */
  foreign: number
  /** Lists what was counted as lost or doubled. */
  findings: readonly Finding[]
}

/** Is one error, for whoever looks for its cause. */
export type Finding = {
  visitor: number
  id: string
  what: string
  /** Lists when Salesforce stored the message; epoch milliseconds. */
  storedAt: readonly number[]
}
type Counts = Omit<Verdict, 'findings'>

/** Returns the beginning of a visitor's text, which the bot's answer repeats. */
export const textPrefix = (index: number, messageNumber: number) =>
  `visitor-${index}-says-${messageNumber}.`

const textPrefixes = /visitor-(\d+)-says-/g

/** Returns true for a text that repeats another visitor's text. */
function isForeign(text: string, index: number): boolean {
  return [...text.matchAll(textPrefixes)].some(([, by]) => Number(by) !== index)
}

/** Returns the repeated ids, each as often as it is repeated. */
const repeatedIn = (ids: readonly string[]) => ids.filter((id, at) => ids.indexOf(id) !== at)

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)

/**
 * Returns true when a message is stored again because Salesforce showed an earlier effect too late:
 * more than `settleMs` after the attempt before the last one was over.
 */
function isLate(storedAt: readonly number[], attempts: readonly Attempt[]): boolean {
  const [last, before] = attempts.toSorted((a, b) => b.sentAt - a.sentAt)
  const [first = 0] = storedAt
  return last !== undefined && before !== undefined && first > before.endedAt + settleMs
}

function compareOne(
  visitor: VisitorRecord,
  stored: StoredConversations[number]['entries'],
  attempts: readonly Attempt[],
): Verdict {
  const { index, acknowledged, received, unsettled, hasReadAll } = visitor
  const storedIds = new Set(stored.map(({ id }) => id))
  const receivedIds = new Set(received.map(({ id }) => id))
  const neverStored = [...acknowledged.keys()].filter((id) => !storedIds.has(id))
  const messages = stored.filter(({ isMessage }) => isMessage).map(({ id }) => id)
  const neverReceived = hasReadAll ? messages.filter((id) => !receivedIds.has(id)) : []
  const storedAgain = repeatedIn(stored.map(({ id }) => id))
  const receivedAgain = repeatedIn(received.map(({ id }) => id))
  const attemptsOf = (id: string) => attempts.filter((attempt) => attempt.id === id)
  const storedAtOf = (id: string) =>
    stored
      .filter((entry) => entry.id === id)
      .map(({ at }) => at)
      .toSorted((a, b) => a - b)
  const found = (what: string, ids: readonly string[]) =>
    ids.map((id): Finding => ({ visitor: index, id, what, storedAt: storedAtOf(id) }))
  const late = storedAgain.filter((id) => isLate(storedAtOf(id), attemptsOf(id)))
  const doubled = storedAgain.filter((id) => !late.includes(id))
  const foreignReceived = received.filter(
    ({ id, text }) => !storedIds.has(id) || isForeign(text, index),
  )
  const foreignStored = stored.filter(({ content }) => isForeign(content, index))
  return {
    acknowledged: acknowledged.size,
    received: messages.filter((id) => receivedIds.has(id)).length,
    unsettled: unsettled.length,
    lost: neverStored.length + neverReceived.length,
    doubled: doubled.length + receivedAgain.length,
    late: late.length,
    foreign: foreignReceived.length + foreignStored.length,
    findings: [
      ...found('acknowledged and never stored', neverStored),
      ...found('stored and never received', neverReceived),
      ...found('stored twice', doubled),
      ...found('stored twice, the first time too late', late),
      ...found('received twice', receivedAgain),
    ],
  }
}

/** Compares all visitors' records with the stored conversations, and sums the counts. */
export function compare(
  visitors: readonly VisitorRecord[],
  stored: StoredConversations,
  attempts: readonly Attempt[] = [],
): Verdict {
  const entriesById = new Map(stored.map(({ id, entries }) => [id, entries]))
  const each = visitors.map((visitor) =>
    compareOne(visitor, entriesById.get(visitor.conversationId) ?? [], attempts),
  )
  const known = new Set(visitors.map(({ conversationId }) => conversationId))
  const unknownConversations = stored.filter(({ id }) => !known.has(id)).length
  const total = (of: keyof Counts) => sum(each.map((verdict) => verdict[of]))
  return {
    acknowledged: total('acknowledged'),
    received: total('received'),
    unsettled: total('unsettled'),
    lost: total('lost'),
    doubled: total('doubled') + unknownConversations,
    late: total('late'),
    foreign: total('foreign'),
    findings: each.flatMap(({ findings }) => findings),
  }
}

export type LossCounts = {
  sessions: number
  conversations: number
  /** Counts those of both whose call was over before the time that Redis lost, or began after it. */
  unexplained: number
}

/** Tells that Redis lost what was acknowledged: the call overlaps a time of which it lost everything. */
export function isExplained({ acknowledged }: Loss, windows: readonly LossWindow[]): boolean {
  const { sentAt, answeredAt } = acknowledged
  return windows.some(({ from, to }) => from <= answeredAt && sentAt <= to)
}

/** Counts what the gateway forgot, and how much of it no restart of Redis explains. */
export function countLosses(
  visitors: readonly VisitorRecord[],
  windows: readonly LossWindow[],
): LossCounts {
  const losses = visitors.flatMap(({ losses }) => losses)
  return {
    sessions: losses.filter(({ what }) => what === 'session').length,
    conversations: losses.filter(({ what }) => what === 'conversation').length,
    unexplained: losses.filter((loss) => !isExplained(loss, windows)).length,
  }
}
