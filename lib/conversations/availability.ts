/** Tells from Salesforce's business hours if the chat is open, and when it opens. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../clock.js'
import { isoTime } from '../contract/common.js'
import type { AvailabilityReply } from '../contract/replies.js'
import { type OpenHours, openStateAt } from '../polling/hours.js'
import { problemAs } from '../problem.js'
import { remainingMs } from '../request.js'
import type { Messaging } from '../salesforce/messaging.js'
import type { HoursCache } from '../store/hours.js'

/** Sets the share of the request's time for finding out when the chat opens. */
const timeShare = 1 / 4

/** Returns when the chat opens, as ISO 8601; null when it is open, or that is not known. */
export type OpeningTime = () => Promise<string | null>

type Options = { messaging: Messaging; hours: HoursCache; clock: Clock }

export function createAvailability({ messaging, hours, clock }: Options) {
  /** Fetches the hours; a failure to store them is ignored. */
  async function fetchHours(): Promise<OpenHours> {
    const fetched = await messaging.getBusinessHours()
    await hours.save(fetched).catch(() => undefined)
    return fetched
  }

  /** Returns the state at this moment. `known`: the hours as stored; null asks Salesforce. */
  return async function availability(known: OpenHours | null): Promise<AvailabilityReply> {
    const { open, changesAt } = openStateAt(known ?? (await fetchHours()), clock.now())
    if (changesAt === null) return { open }
    return open ? { open, closesAt: isoTime(changesAt) } : { open, opensAt: isoTime(changesAt) }
  }
}

/**
 * Creates the look at the hours for a start that Salesforce refused. The refusal is the answer
 * without them as well, so a look that fails or takes too long is given up.
 */
export function createOpeningTime(
  { hours }: Pick<Options, 'hours'>,
  availability: ReturnType<typeof createAvailability>,
): OpeningTime {
  async function opensAt(): Promise<string | null> {
    return (await availability(await hours.find())).opensAt ?? null
  }

  return async function openingTime() {
    const timeout = sleep(remainingMs() * timeShare, null, { ref: false })
    return await Promise.race([opensAt().catch(problemAs(null)), timeout])
  }
}
