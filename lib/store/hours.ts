/**
 * Caches the business hours, in one key per deployment, so that not every visitor asks Salesforce.
 */
import type { Redis } from '@upstash/redis'
import * as z from 'zod'
import type { OpenHours } from '../polling/hours.js'
import type { Keys } from './keys.js'
import { orStoreUnavailable } from './redis.js'

const lifetimeMs = 60_000

const openHours = z.array(z.object({ from: z.number(), to: z.number() }))

type Options = { redis: Redis; keys: Keys; deployment: string }

export type HoursCache = ReturnType<typeof createHoursCache>

export function createHoursCache({ redis, keys, deployment }: Options) {
  const key = keys.hours(deployment)
  return {
    /** Returns null when no hours were stored in the last minute. */
    async find(): Promise<OpenHours | null> {
      const kept = await orStoreUnavailable(redis.get<string>(key))
      return kept === null ? null : openHours.parse(JSON.parse(kept))
    },

    async save(hours: OpenHours): Promise<void> {
      await orStoreUnavailable(redis.set(key, JSON.stringify(hours), { px: lifetimeMs }))
    },
  }
}
