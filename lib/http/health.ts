/**
 * Reports the gateway's health: if its environment is complete and its store answers. It does not
 * call Salesforce.
 */
import type * as z from 'zod'
import { EnvironmentError } from '../config/env.js'
import type { healthReply } from '../contract/replies.js'
import { isProblem } from '../problem.js'
import { noteForLog } from '../request.js'
import type { Services } from '../services.js'
import { type Connection, callerAddress } from './client-address.js'
import { createLocalLimit, type LocalLimit } from './local-limit.js'

type Health = z.infer<typeof healthReply>

/** Describes the health of each part, never a value or a secret; `failure` is for the log. */
type HealthCheck = { health: Health; failure?: unknown }

/** Sets the milliseconds for which one check serves all callers. */
const freshMs = 5000
/**
 * Sets the milliseconds for which one look at Redis' settings serves all checks: they change
 * rarely.
 */
const settingsFreshMs = 5 * 60_000

const evictionNote =
  'Redis may evict keys, or did: conversations, sessions and the send log can be lost. Set maxmemory-policy to noeviction, or switch eviction off at Upstash.'

/** Describes a promise that serves all callers until a moment, epoch milliseconds. */
type Shared<T> = { until: number; result: Promise<T> }

type HealthState = {
  limit: LocalLimit
  latest?: Shared<HealthCheck>
  evictsKeys?: Shared<boolean>
  /** The log has the warning of this process. */
  isWarningLogged: boolean
}

/** Holds the state of health by the services of a process. */
const states = new WeakMap<Services, HealthState>()

function stateOf(services: Services): HealthState {
  const state = states.get(services) ?? {
    limit: createLocalLimit('other', services.env.limits.other),
    isWarningLogged: false,
  }
  states.set(services, state)
  return state
}

/** Returns the shared promise while it is fresh, else begins a new one. */
function shared<T>(known: Shared<T> | undefined, forMs: number, work: () => Promise<T>): Shared<T> {
  const now = Date.now()
  return known && known.until > now ? known : { until: now + forMs, result: work() }
}

/** Tells whether Redis may evict keys; the first time that it may, the log says so. */
async function warnOfEviction(services: Services): Promise<boolean> {
  const state = stateOf(services)
  state.evictsKeys = shared(state.evictsKeys, settingsFreshMs, services.evictsKeys)
  const evictsKeys = await state.evictsKeys.result
  if (evictsKeys && !state.isWarningLogged) noteForLog(evictionNote)
  state.isWarningLogged ||= evictsKeys
  return evictsKeys
}

async function checkStore(services: Services): Promise<HealthCheck> {
  try {
    await services.ping()
    const warnings = (await warnOfEviction(services)) && { warnings: ['store_evicts' as const] }
    return { health: { status: 'ok', checks: { environment: 'ok', store: 'ok' }, ...warnings } }
  } catch (failure) {
    if (!isProblem(failure, 'store_unavailable')) throw failure
    return { health: { status: 'down', checks: { environment: 'ok', store: 'down' } }, failure }
  }
}

/** Shares one check among all callers within five seconds of its beginning. */
function latestOf(services: Services): Promise<HealthCheck> {
  const state = stateOf(services)
  state.latest = shared(state.latest, freshMs, () => checkStore(services))
  return state.latest.result
}

function servicesOrError(build: () => Services): Services | EnvironmentError {
  try {
    return build()
  } catch (error) {
    if (error instanceof EnvironmentError) return error
    throw error
  }
}

/**
 * Checks the gateway's health. The caller is counted in this process, because a limit in the store
 * could not be counted while the store is down. `build` returns the services; without a complete
 * environment no caller is counted, and no check is made.
 * @throws {GatewayError} rate_limited
 */
export async function checkHealth(
  build: () => Services,
  headers: Headers,
  connection: Connection | undefined,
): Promise<HealthCheck> {
  const services = servicesOrError(build)
  if (services instanceof EnvironmentError) {
    const checks = { environment: 'down', store: 'down' } as const
    return { health: { status: 'down', checks }, failure: services }
  }
  stateOf(services).limit.check(callerAddress(services, headers, connection).groups)
  return await latestOf(services)
}
