import { useEffect, useMemo, useState } from 'react'
import type { Availability, Chat, ProblemMembers, Snapshot } from '../../core/index.js'
import { ChatProblem } from '../../core/problem.js'

const keptMs = 60_000
const longestMs = 15 * 60_000

/** Holds the last answer of each chat's gateway: null stands for one that does not tell the hours. */
const asked = new WeakMap<Chat, { at: number; answer: Promise<Availability | null | undefined> }>()

/** Asks the gateway if it is open, at most once a minute. Resolves to undefined without an answer. */
function ask(chat: Chat): Promise<Availability | null | undefined> {
  const last = asked.get(chat)
  if (last && Date.now() - last.at < keptMs) return last.answer
  const answer = chat
    .availability()
    .catch(({ code }: ProblemMembers) => (code === 'unreachable' ? undefined : null))
  asked.set(chat, { at: Date.now(), answer })
  return answer
}

/** Returns the time until the hours change, within bounds. */
function untilChange(known: Availability | null | undefined): number {
  const changesAt = Date.parse(known?.opensAt ?? known?.closesAt ?? '')
  return Math.max(keptMs, Math.min(longestMs, changesAt - Date.now() || longestMs))
}

/** Tells the page's owner what browsers hide: an answer that a page of this origin may not read. */
async function explain(chat: Chat): Promise<void> {
  if ((await ask(chat)) === undefined) return
  const { origin } = location
  console.error(`The chat's gateway answers, but not this page: is ${origin} in ALLOWED_ORIGINS?`)
}

/**
 * Returns the snapshot as it is shown: a chat that was not begun is refused outside business hours,
 * with the time of opening. They are asked for while `isWanted`.
 */
export function useAvailability(chat: Chat, snapshot: Snapshot, isWanted: boolean) {
  const { connection, conversation, conversationId, messages, prechat, problem } = snapshot
  /** Undefined: not asked yet. */
  const [known, setKnown] = useState<Availability | null>()
  const isNew = connection === 'idle' && !conversationId && !prechat && messages.length === 0
  const isDue = isNew && isWanted
  const isSilent = connection === 'retrying' && !conversation && problem?.code === 'unreachable'

  useEffect(() => {
    if (!isDue) return
    let timer: ReturnType<typeof setTimeout> | undefined
    let isOver = false
    async function look(): Promise<void> {
      const answer = await ask(chat)
      if (isOver) return
      setKnown(answer ?? null)
      timer = setTimeout(look, untilChange(answer))
    }
    void look()
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [chat, isDue])

  useEffect(() => {
    if (isSilent) void explain(chat)
  }, [chat, isSilent])

  const opensAt = known?.opensAt
  const isClosed = isNew && known?.open === false
  const shown = useMemo((): Snapshot => {
    if (!isClosed) return snapshot
    const members = { code: 'outside_business_hours', retryable: false } as const
    const closed = new ChatProblem({ ...members, ...(opensAt && { opensAt }) })
    return { ...snapshot, connection: 'refused', problem: closed }
  }, [snapshot, isClosed, opensAt])
  return { snapshot: shown, mayBeClosed: isClosed || (isNew && known === undefined) }
}
