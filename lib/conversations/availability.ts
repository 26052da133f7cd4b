/** Answers from Salesforce's business hours if the chat is open. */
import { isoTime } from '../contract/common.js'
import type { AvailabilityReply } from '../contract/replies.js'
import { type OpenHours, openStateAt } from '../polling/hours.js'
import type { Messaging } from '../salesforce/messaging.js'
import type { HoursCache } from '../store/hours.js'

type Options = { messaging: Messaging; hours: HoursCache }

export function createAvailability({ messaging, hours }: Options) {
  /** An answer that cannot be kept is an answer all the same. */
  async function fetchHours(): Promise<OpenHours> {
    const fetched = await messaging.getBusinessHours()
    await hours.save(fetched).catch(() => undefined)
    return fetched
  }

  /** `known`: the hours as lately heard; null asks Salesforce. What they say is told for this moment. */
  return async function availability(known: OpenHours | null): Promise<AvailabilityReply> {
    const { open, changesAt } = openStateAt(known ?? (await fetchHours()), Date.now())
    if (changesAt === null) return { open }
    return open ? { open, closesAt: isoTime(changesAt) } : { open, opensAt: isoTime(changesAt) }
  }
}
