/**
 * Waits for news of a conversation: looks into Salesforce's list at once, then when the event stream
 * tells of a change or, without one, at the pace of the conversation; never more often than the
 * budget of looks allows.
 */
import type { Clock } from '../clock.js'
import { type Activity, dropListed, toActivity } from '../polling/activity.js'
import type { Cursor } from '../polling/cursor.js'
import type { ListEntries } from '../polling/entries.js'
import { lookIntervalMs } from '../polling/pace.js'
import { nextPage, type PollPage } from '../polling/poll-pages.js'
import { isProblem } from '../problem.js'
import { abandonSignal, callerSignal, extendDeadline } from '../request.js'
import type { ListGrant } from '../store/list-budget.js'
import type { LiveEvents } from './live-events.js'

/**
 * Describes the result of waiting: the last page that was read, null when no look was allowed or
 * needed; the milliseconds until the next look is allowed; what the event stream told, null without
 * one; and whether a ring is left that no look has answered for good.
 */
export type News = {
  page: PollPage | null
  lookWaitMs: number
  activity: Activity | null
  isLookOwed: boolean
}

export type NewsRequest = {
  cursor: Cursor
  limit: number
  /**
   * Holds epoch milliseconds at which the wait is over; not after now for a poll that does not
   * wait.
   */
  waitUntil: number
  /** Holds the look that was asked for with the poll's limits. */
  grant: ListGrant
}

type Options = {
  /** Asks for a look. */
  take(): Promise<ListGrant>
  /** Gives back a look that was granted and not used. */
  giveBack(): Promise<void>
  /** Returns the list for one read, whose first look was granted already. */
  listAfterGrant(): ListEntries
  /** Opens the event stream; null where there is none. */
  openEvents: ((onEvent: () => void) => Promise<LiveEvents | null>) | null
  /** Tells that nothing can follow a page. */
  isSettled(page: PollPage): boolean
  clock: Clock
}

/** Rings within this many milliseconds are one look; activity alone ends no wait before. */
const ringMs = 1000

/** Creates a sleep that ends early when it is woken, or when the caller goes away. */
function createSleep(signal: AbortSignal) {
  let end: () => void = () => {}
  const wake = () => end()
  signal.addEventListener('abort', wake, { once: true })
  return {
    wake,
    sleepUntil: (moment: number) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(0, moment - Date.now()))
        end = () => {
          clearTimeout(timer)
          resolve()
        }
        if (signal.aborted) end()
      }),
    dispose: () => signal.removeEventListener('abort', wake),
  }
}

/**
 * Creates the wait of one poll. The function begins it when it is called first, and returns its end: a
 * poll that begins again with a fresh token waits no longer than it was asked to.
 */
export function createWait(seconds: number): () => number {
  let endsAt: number | null = null
  return () => {
    if (endsAt === null) {
      extendDeadline(seconds * 1000)
      endsAt = Date.now() + seconds * 1000
    }
    return endsAt
  }
}

/** Returns what the pace of a conversation depends on. */
export function quietOf({ cursor, now, lastSpeaker, state }: PollPage) {
  return {
    quietMs: cursor.newest === 0 ? null : now - cursor.newest,
    lastSpeaker,
    isQueued: state.handledBy === 'queue',
  }
}

/** Tells that a page holds something that the holder of the cursor does not know. */
function isNews(page: PollPage, { state }: Cursor): boolean {
  if (page.messages.length > 0 || page.hasMore) return true
  return state !== null && JSON.stringify(page.state) !== JSON.stringify(state)
}

const never = Number.POSITIVE_INFINITY

/** A poll that comes so many milliseconds after the last one of its cursor continues to listen. */
const continuesWithinMs = 3000

/**
 * Returns when the first look is wanted. A list may show an entry a moment after the stream told of
 * it, so a ring that sounded while no stream was open is only made up for by a look that comes
 * `ringMs` after the opening. A poll that continues to listen needs no look before that one.
 */
function firstLookAt({ cursor, waitUntil }: NewsRequest, beganAt: number, clock: Clock): number {
  const { heardUntil } = cursor
  const isContinued = heardUntil !== null && Math.abs(clock.now() - heardUntil) < continuesWithinMs
  return isContinued ? Math.min(beganAt + ringMs, waitUntil) : beganAt
}

/**
 * Decides when to look, from the looks so far and the rings of the event stream.
 * @param beganAt the moment at which the stream was open, epoch milliseconds
 */
function createSchedule(request: NewsRequest, beganAt: number, clock: Clock) {
  const { grant } = request
  const firstAt = firstLookAt(request, beganAt, clock)
  /** Holds the moment from which the budget allows a look. */
  let allowedAt = grant.allowed ? beganAt : beganAt + grant.waitMs
  let intervalMs = 0
  let lastLookAt = 0
  let lastRingLookAt = 0
  let answeredRings = 0
  /**
   * Holds the moment of one more look after a ring, or just after the opening, that brought
   * nothing: what happened just before may be listed a moment later, and rings no second time.
   */
  let owedAt = never

  /** Returns when a look is wanted, whatever the budget says. */
  function wantedAt(events: LiveEvents | null): number {
    if (lastLookAt === 0) return events && events.rings === 0 ? firstAt : beganAt
    if (!events || events.isOver) return lastLookAt + intervalMs
    return events.rings > answeredRings ? Math.min(owedAt, lastRingLookAt + ringMs) : owedAt
  }

  return {
    dueAt: (events: LiveEvents | null) => Math.max(allowedAt, wantedAt(events)),
    allowAt: (moment: number) => {
      allowedAt = moment
    },
    lookWaitMs: () => Math.max(0, allowedAt - Date.now()),
    /** Tells that activity must not end the wait before the next look, if the budget allows that. */
    needsLook(events: LiveEvents | null): boolean {
      const isFirstDue = lastLookAt === 0 && firstAt <= beganAt
      return isFirstDue || (events?.rings ?? 0) > answeredRings
    },
    /** Tells that no look has followed a ring yet, or only one that came too early. */
    isLookOwed: (events: LiveEvents | null) =>
      owedAt !== never || (events?.rings ?? 0) > answeredRings,
    /** Notes a look; `rings` were heard before it. */
    looked(page: PollPage, rings: number, hasNews: boolean): void {
      const isRing = rings > answeredRings
      const isFirst = lastLookAt === 0
      const isEarly = isFirst && Date.now() < beganAt + ringMs
      intervalMs = lookIntervalMs(quietOf(page))
      lastLookAt = Date.now()
      if (!isFirst || isRing) lastRingLookAt = lastLookAt
      owedAt = !hasNews && (isEarly || isRing) ? lastLookAt + ringMs : never
      answeredRings = rings
    },
  }
}

/**
 * Looks, waits and looks again until there is news, the time is over or the caller has gone.
 * @throws {GatewayError} any problem of a look but `rate_limited`: then the poll is answered without
 * it
 */
export async function awaitNews(request: NewsRequest, options: Options): Promise<News> {
  const { cursor, limit, waitUntil } = request
  const caller = callerSignal()
  const abandon = abandonSignal()
  const { sleepUntil, wake, dispose } = createSleep(caller)
  const beganAt = Date.now()
  const isWaiting = waitUntil > beganAt
  const mayOpen = isWaiting && !caller.aborted
  const events = mayOpen && options.openEvents ? await options.openEvents(wake) : null
  const schedule = createSchedule(request, Date.now(), options.clock)
  let grant: ListGrant | null = request.grant.allowed ? request.grant : null

  /** Looks once if the budget allows it; null when it does not. */
  async function look(): Promise<PollPage | null> {
    grant ??= await options.take()
    const { allowed, waitMs } = grant
    schedule.allowAt(Date.now() + waitMs)
    grant = null
    if (!allowed) return null
    const rings = events?.rings ?? 0
    try {
      const page = await nextPage(options.listAfterGrant(), cursor, limit)
      schedule.allowAt(Date.now() + Math.max(waitMs, page.waitMs))
      schedule.looked(page, rings, isNews(page, cursor))
      return page
    } catch (error) {
      if (abandon.aborted && isProblem(error)) return null
      if (!isProblem(error, 'rate_limited')) throw error
      schedule.allowAt(Date.now() + (error.details.retryAfterMs ?? 0))
      return null
    }
  }

  /** Returns the moment at which the wait ends without a message. */
  function endsAt(): number {
    if (caller.aborted) return 0
    return events?.hasActivity ? Math.min(waitUntil, beganAt + ringMs) : waitUntil
  }

  /** Tells that activity ends the wait now, though a look that can wait may be due. */
  function endsByActivity(): boolean {
    return endsAt() < waitUntil && endsAt() <= Date.now() && !schedule.needsLook(events)
  }

  let page: PollPage | null = null
  try {
    while (!endsByActivity()) {
      if (schedule.dueAt(events) <= Date.now()) {
        page = (await look()) ?? page
        if (page && (isNews(page, cursor) || options.isSettled(page))) break
      }
      if (endsAt() <= Date.now()) break
      if (schedule.dueAt(events) > Date.now()) {
        await sleepUntil(Math.min(schedule.dueAt(events), endsAt()))
      }
    }
  } finally {
    events?.close()
    dispose()
  }
  // A wait that activity ended needed none; the message that follows may.
  if (grant && !abandon.aborted) await options.giveBack()
  const activity = events && toActivity(dropListed(events.activity, page?.messages ?? []))
  const isLookOwed = schedule.isLookOwed(events)
  return { page, lookWaitMs: schedule.lookWaitMs(), activity, isLookOwed }
}
