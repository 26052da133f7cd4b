/** How the gateway is: whether its environment is complete and its store answers. Salesforce is not asked. */
import type * as z from 'zod'
import type { healthReply } from './contract/replies.js'
import { type Connection, clientAddress } from './corridor/address.js'
import { EnvironmentError } from './env.js'
import { createLocalLimit, type LocalLimit } from './local-limit.js'
import { isProblem } from './problem.js'
import { type Services, services } from './services.js'

type Health = z.infer<typeof healthReply>

/** What is well and what is down, never a value or a secret; `failure` is for the log. */
type Checkup = { health: Health; failure?: unknown }

/** So long an answer serves whoever asks, in milliseconds. */
const freshMs = 5000

type Desk = { limit: LocalLimit; latest?: { until: number; checkup: Promise<Checkup> } }

/** One for the rooms of a process. */
const desks = new WeakMap<Services, Desk>()

function deskOf(rooms: Services): Desk {
  const desk = desks.get(rooms) ?? { limit: createLocalLimit('other', rooms.env.limits.other) }
  desks.set(rooms, desk)
  return desk
}

async function pingStore(rooms: Services): Promise<Checkup> {
  try {
    await rooms.ping()
    return { health: { status: 'ok', checks: { environment: 'ok', store: 'ok' } } }
  } catch (failure) {
    if (!isProblem(failure, 'store_unavailable')) throw failure
    return { health: { status: 'down', checks: { environment: 'ok', store: 'down' } }, failure }
  }
}

/** Whoever asks while a check is under way, or within five seconds of its beginning, shares it. */
function latestOf(rooms: Services): Promise<Checkup> {
  const desk = deskOf(rooms)
  const now = Date.now()
  if (!desk.latest || desk.latest.until <= now) {
    desk.latest = { until: now + freshMs, checkup: pingStore(rooms) }
  }
  return desk.latest.checkup
}

function roomsOrFault(): Services | EnvironmentError {
  try {
    return services()
  } catch (error) {
    if (error instanceof EnvironmentError) return error
    throw error
  }
}

/**
 * Tells how the gateway is to a caller, who is counted in this process: a limit that the store keeps
 * could not be kept while it is down. Without an environment nobody is counted, and nothing is asked.
 * Throws `rate_limited`.
 */
export async function checkHealth(headers: Headers, connection: Connection): Promise<Checkup> {
  const rooms = roomsOrFault()
  if (rooms instanceof EnvironmentError) {
    const checks = { environment: 'down', store: 'down' } as const
    return { health: { status: 'down', checks }, failure: rooms }
  }
  const address = clientAddress(rooms.env.clientAddress, headers, connection)
  deskOf(rooms).limit.check(rooms.addressKeyOf(address))
  return await latestOf(rooms)
}
