/**
 * Reports the gateway's health: if its environment is complete and its store answers. It does not
 * call Salesforce.
 */
import type * as z from 'zod'
import { EnvironmentError } from '../config/env.js'
import type { healthReply } from '../contract/replies.js'
import { isProblem } from '../problem.js'
import type { Services } from '../services.js'
import { addressKey, type Connection } from './client-address.js'
import { createLocalLimit, type LocalLimit } from './local-limit.js'

type Health = z.infer<typeof healthReply>

/** The health of each part, never a value or a secret; `failure` is for the log. */
type HealthCheck = { health: Health; failure?: unknown }

/** Milliseconds for which one check serves all callers. */
const freshMs = 5000

type HealthState = { limit: LocalLimit; latest?: { until: number; check: Promise<HealthCheck> } }

/** One for the rooms of a process. */
const states = new WeakMap<Services, HealthState>()

function stateOf(services: Services): HealthState {
  const state = states.get(services) ?? {
    limit: createLocalLimit('other', services.env.limits.other),
  }
  states.set(services, state)
  return state
}

async function pingStore(services: Services): Promise<HealthCheck> {
  try {
    await services.ping()
    return { health: { status: 'ok', checks: { environment: 'ok', store: 'ok' } } }
  } catch (failure) {
    if (!isProblem(failure, 'store_unavailable')) throw failure
    return { health: { status: 'down', checks: { environment: 'ok', store: 'down' } }, failure }
  }
}

/** Shares one check among all callers within five seconds of its beginning. */
function latestOf(services: Services): Promise<HealthCheck> {
  const state = stateOf(services)
  const now = Date.now()
  if (!state.latest || state.latest.until <= now) {
    state.latest = { until: now + freshMs, check: pingStore(services) }
  }
  return state.latest.check
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
  stateOf(services).limit.check(addressKey(services, headers, connection))
  return await latestOf(services)
}
