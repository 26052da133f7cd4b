/** Keeps the activity that polls report, for as long as it can be shown. */
import type { ActivityReply, Participant, PollReply } from './api-types.js'
import { toJson } from './json.js'
import type { Activity, ChatMessage } from './snapshot.js'
import { isFromOthers } from './timeline.js'

/** Is one fact of the activity, such as who is typing. */
type Fact = Partial<Omit<Activity, 'typing'>> & { participant?: Participant }

/** Counts the milliseconds for which a participant is shown as typing after the last event. */
const typingMs = 5000
/** Counts the milliseconds for which any other fact holds after its last event. */
const othersMs = 30_000
/** Numbers the first token of an answer; a count from 0 is understood, too. */
const firstToken = 1

/** Lists the facts that end when another participant's message comes. */
const untilMessage = ['progress', 'queuePosition'] as const

const nameOf = ({ role, displayName }: Participant) => role + displayName

/**
 * Creates the activity of a conversation.
 *
 * @param onExpiry called with the activity when a part of it has become too old
 */
export function createActivity(onExpiry: (activity: Activity | null) => void) {
  const facts = new Map<string, Fact>()
  const timers = new Map<string, ReturnType<typeof setTimeout>>()
  let activity: Activity | null = null
  /** Holds the sequence number of the last token in the partial answer. */
  let lastToken = 0

  /** Returns the activity as it is now: the same object while nothing has changed. */
  function current(): Activity | null {
    const typing: Participant[] = []
    const next = { typing, progress: null, queuePosition: null, partial: null }
    for (const { participant, ...fact } of facts.values()) {
      if (participant) typing.push(participant)
      Object.assign(next, fact)
    }
    if (toJson(next) !== toJson(activity)) activity = next
    return activity
  }

  function keep(name: string, fact: Fact, forMs: number): void {
    facts.set(name, fact)
    clearTimeout(timers.get(name))
    const drop = () => facts.delete(name) && onExpiry(current())
    timers.set(name, setTimeout(drop, forMs))
  }

  /** Begins the answer that a bot is writing, appends to it, or takes it back. */
  function grow(heard: NonNullable<ActivityReply['partial']>): void {
    const { messageId } = heard
    const partial = facts.get('partial')?.partial
    const isSame = partial?.messageId === messageId
    if ('invalid' in heard) {
      if (isSame) facts.delete('partial')
    } else if (heard.from <= firstToken || (isSame && heard.from === lastToken + 1)) {
      lastToken = heard.to
      const text = (heard.from > firstToken && partial ? partial.text : '') + heard.text
      keep('partial', { partial: { messageId, text } }, othersMs)
    }
  }

  return {
    /** Forgets everything, also that the gateway hears events. */
    clear(): null {
      for (const timer of timers.values()) clearTimeout(timer)
      facts.clear()
      activity = null
      return activity
    },
    /**
     * Adds the activity of a poll, and returns the activity: null while the gateway hears no events.
     *
     * @param fresh the messages that the poll brought
     * @param listed all messages of the list, by id
     */
    hear(
      { activity: heard, waitSeconds }: PollReply,
      fresh: ChatMessage[],
      listed: ReadonlyMap<string, unknown>,
    ): Activity | null {
      if (!activity && !heard && !waitSeconds) return null
      // The activity came after these messages, or the gateway would have dropped it.
      for (const { sender } of fresh.filter(isFromOthers)) {
        for (const name of [...untilMessage, nameOf(sender)]) facts.delete(name)
      }
      if (heard) {
        const { typing, partial } = heard
        for (const participant of typing) keep(nameOf(participant), { participant }, typingMs)
        for (const name of untilMessage) {
          if (heard[name] !== null) keep(name, { [name]: heard[name] }, othersMs)
        }
        if (partial) grow(partial)
      }
      if (listed.has(facts.get('partial')?.partial?.messageId ?? '')) facts.delete('partial')
      return current()
    },
  }
}
