/**
 * Folds the events that one call hears to the activity that its reply shows: what no list of entries
 * tells. Events may be lost, doubled or out of order. Pure.
 */
import type { Role } from '../contract/messages.js'
import type { EntryMessage } from './entries.js'
import type { ConversationEvent, StreamedToken, TypingEvent } from './events.js'

/**
 * Describes the streamed beginning of a message, from its token number `from` to its token number
 * `to`; or the news that what was streamed of it does not count.
 */
export type PartialMessage =
  | { messageId: string; from: number; to: number; text: string }
  | { messageId: string; invalid: true }

export type Activity = {
  typing: { role: Role; displayName: string | null }[]
  progress: string | null
  queuePosition: number | null
  partial: PartialMessage | null
}

/** Describes the tokens of one message in one turn of a bot, by sequence number. */
type Draft = {
  messageId: string
  turnId: string | null
  tokens: ReadonlyMap<number, StreamedToken>
  /** Batches from this one on do not count: they give numbers again that others have. */
  batchLimit: number
}

export type ActivityState = Pick<Activity, 'progress' | 'queuePosition'> & {
  typing: readonly TypingEvent[]
  draft: Draft | null
  /** Names the message whose streamed text was taken back last. */
  invalidId: string | null
  /**
   * Holds messages of which no token counts any more: they are listed, or their text was taken
   * back.
   */
  finishedIds: ReadonlySet<string>
  /** Holds drafts that another one has followed. */
  pastDrafts: ReadonlySet<string>
}

export const initialActivity: ActivityState = {
  typing: [],
  progress: null,
  queuePosition: null,
  draft: null,
  invalidId: null,
  finishedIds: new Set(),
  pastDrafts: new Set(),
}

function draftKey({ messageId, turnId }: Pick<Draft, 'messageId' | 'turnId'>): string {
  return JSON.stringify([messageId, turnId])
}

function applyTyping(typing: readonly TypingEvent[], event: TypingEvent): readonly TypingEvent[] {
  const isSame = (other: TypingEvent) =>
    other.subject === event.subject && other.role === event.role
  const isKnown = typing.some(isSame)
  if (!event.isTyping) return isKnown ? typing.filter((other) => !isSame(other)) : typing
  return isKnown ? typing.map((other) => (isSame(other) ? event : other)) : [...typing, event]
}

/**
 * Adds a token. Salesforce's own apps take a message's sequence numbers as unique; should a batch give
 * a number again, the text ends before that batch.
 */
function addToken(draft: Draft, token: StreamedToken): Draft {
  const known = draft.tokens.get(token.sequenceNumber)
  const withToken = () => new Map(draft.tokens).set(token.sequenceNumber, token)
  if (!known) return { ...draft, tokens: withToken() }
  if (token.text === '') return draft
  if (known.text === '') return { ...draft, tokens: withToken() }
  if (known.batchNumber === token.batchNumber) return draft
  const batchLimit = Math.min(draft.batchLimit, Math.max(known.batchNumber, token.batchNumber))
  return token.batchNumber < known.batchNumber
    ? { ...draft, tokens: withToken(), batchLimit }
    : { ...draft, batchLimit }
}

function applyToken(state: ActivityState, token: StreamedToken): ActivityState {
  const { draft } = state
  const { messageId, turnId } = token
  const key = draftKey(token)
  if (state.finishedIds.has(messageId) || state.pastDrafts.has(key)) return state
  if (draft && draftKey(draft) === key) return { ...state, draft: addToken(draft, token) }
  const begun: Draft = {
    messageId,
    turnId,
    tokens: new Map(),
    batchLimit: Number.POSITIVE_INFINITY,
  }
  return {
    ...state,
    draft: addToken(begun, token),
    invalidId: null,
    pastDrafts: draft ? new Set(state.pastDrafts).add(draftKey(draft)) : state.pastDrafts,
  }
}

/** Takes a message's text back; a message that was streamed after it is left alone. */
function applyInvalid(state: ActivityState, messageId: string): ActivityState {
  if (state.finishedIds.has(messageId)) return state
  const finishedIds = new Set(state.finishedIds).add(messageId)
  const isFollowed = state.draft !== null && state.draft.messageId !== messageId
  return isFollowed
    ? { ...state, finishedIds }
    : { ...state, finishedIds, draft: null, invalidId: messageId }
}

/** Folds one event onto the activity. */
export function applyEvent(state: ActivityState, event: ConversationEvent): ActivityState {
  switch (event.kind) {
    case 'listChanged':
      return state
    case 'typing':
      return { ...state, typing: applyTyping(state.typing, event) }
    case 'progress':
      return { ...state, progress: event.text }
    case 'queuePosition':
      return { ...state, queuePosition: event.position }
    case 'token':
      return applyToken(state, event)
    case 'tokensInvalid':
      return applyInvalid(state, event.messageId)
  }
}

type Listed = Pick<EntryMessage, 'id' | 'sender'>

/**
 * Drops what a listed message has made obsolete: its streamed beginning, the typing of its sender, and
 * the progress that led to it.
 */
function applyListed(state: ActivityState, { id, sender }: Listed): ActivityState {
  const isSender = ({ role, displayName }: TypingEvent) =>
    role === sender.role && displayName === sender.displayName
  return {
    ...state,
    typing: state.typing.filter((typing) => !isSender(typing)),
    progress: sender.role === 'EndUser' ? state.progress : null,
    draft: state.draft?.messageId === id ? null : state.draft,
    invalidId: state.invalidId === id ? null : state.invalidId,
    finishedIds: new Set(state.finishedIds).add(id),
  }
}

/** Drops what these messages, which the list shows now, have made obsolete. */
export function dropListed(state: ActivityState, messages: readonly Listed[]): ActivityState {
  return messages.reduce(applyListed, state)
}

/** Returns the tokens from the first that was heard to the first that is missing. */
function contiguousRun({ tokens, batchLimit }: Draft): readonly StreamedToken[] {
  const counted = [...tokens.values()]
    .filter(({ batchNumber }) => batchNumber < batchLimit)
    .sort((a, b) => a.sequenceNumber - b.sequenceNumber)
  const first = counted[0]?.sequenceNumber ?? 0
  const gapAt = counted.findIndex((token, index) => token.sequenceNumber !== first + index)
  return gapAt === -1 ? counted : counted.slice(0, gapAt)
}

/**
 * Tells whether a streamed text is JSON, as newer agents write: its beginning is no text for
 * visitors (contract, "Messages").
 */
function isJson(text: string): boolean {
  return /^\s*\{/.test(text)
}

function partialOf({ draft, invalidId }: ActivityState): PartialMessage | null {
  if (!draft) return invalidId === null ? null : { messageId: invalidId, invalid: true }
  const run = contiguousRun(draft)
  const text = run.map((token) => token.text).join('')
  const [first, last] = [run.at(0), run.at(-1)]
  if (!first || !last || text === '' || isJson(text)) return null
  const { messageId } = draft
  return { messageId, from: first.sequenceNumber, to: last.sequenceNumber, text }
}

/** Returns the activity as a reply shows it. */
export function toActivity(state: ActivityState): Activity {
  const { progress, queuePosition } = state
  const typing = state.typing.map(({ role, displayName }) => ({ role, displayName }))
  return { typing, progress, queuePosition, partial: partialOf(state) }
}
