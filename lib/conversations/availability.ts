/** Answers from Salesforce's business hours if the chat is open. */
import { isoTime } from '../contract/common.js'
import type { AvailabilityReply } from '../contract/replies.js'
import { type OpenHours, openStateAt } from '../polling/hours.js'
import type { Messaging } from '../salesforce/messaging.js'
import type { HoursCache } from '../store/hours.js'

type Options = { messaging: Messaging; hours: HoursCache }

export function createAvailability({ messaging, hours }: Options) {
  /** Fetches the hours; a failure to store them is ignored. */
  async function fetchHours(): Promise<OpenHours> {
    const fetched = await messaging.getBusinessHours()
    await hours.save(fetched).catch(() => undefined)
    return fetched
  }

  /** Returns the state at this moment. `known`: the hours as stored; null asks Salesforce. */
  return async function availability(known: OpenHours | null): Promise<AvailabilityReply> {
    const { open, changesAt } = openStateAt(known ?? (await fetchHours()), Date.now())
    if (changesAt === null) return { open }
    return open ? { open, closesAt: isoTime(changesAt) } : { open, opensAt: isoTime(changesAt) }
  }
}
