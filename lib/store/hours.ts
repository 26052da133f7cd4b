/**
 * Caches the business hours, in one key per deployment, so that visitors share one Salesforce call.
 */
import type { Redis } from '@upstash/redis'
import * as z from 'zod'
import { parseJson } from '../json.js'
import type { OpenHours } from '../polling/hours.js'
import type { Keys } from './keys.js'
import { orStoreUnavailable, readReply } from './redis.js'

/** Sets the milliseconds for which the hours are kept. */
const lifetimeMs = 60_000

const openHours = z.array(z.object({ from: z.number(), to: z.number() }))

const storedHours = z.string().transform(parseJson).pipe(openHours).nullable()

type Options = { redis: Redis; keys: Keys; deployment: string }

export type HoursCache = ReturnType<typeof createHoursCache>

/** Creates the cache of one deployment. */
export function createHoursCache({ redis, keys, deployment }: Options) {
  const key = keys.hours(deployment)
  return {
    /** Reads the hours; null when none were stored in the last minute. */
    async find(): Promise<OpenHours | null> {
      return await readReply(storedHours, redis.get(key))
    },

    /** Stores the hours for a minute. */
    async save(hours: OpenHours): Promise<void> {
      await orStoreUnavailable(redis.set(key, JSON.stringify(hours), { px: lifetimeMs }))
    },
  }
}
