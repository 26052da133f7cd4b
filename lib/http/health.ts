/**
 * Reports the gateway's health: if its environment is complete and its store answers. It does not
 * call Salesforce.
 */
import type * as z from 'zod'
import { EnvironmentError } from '../config/env.js'
import type { healthReply } from '../contract/replies.js'
import { isProblem } from '../problem.js'
import { type Services, services } from '../services.js'
import { type Connection, clientAddress } from './client-address.js'
import { createLocalLimit, type LocalLimit } from './local-limit.js'

type Health = z.infer<typeof healthReply>

/** The health of each part, never a value or a secret; `failure` is for the log. */
type HealthCheck = { health: Health; failure?: unknown }

/** So long an answer serves whoever asks, in milliseconds. */
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

/** Whoever asks while a check is under way, or within five seconds of its beginning, shares it. */
function latestOf(services: Services): Promise<HealthCheck> {
  const state = stateOf(services)
  const now = Date.now()
  if (!state.latest || state.latest.until <= now) {
    state.latest = { until: now + freshMs, check: pingStore(services) }
  }
  return state.latest.check
}

function servicesOrError(): Services | EnvironmentError {
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
export async function checkHealth(headers: Headers, connection: Connection): Promise<HealthCheck> {
  const services = servicesOrError()
  if (services instanceof EnvironmentError) {
    const checks = { environment: 'down', store: 'down' } as const
    return { health: { status: 'down', checks }, failure: services }
  }
  const address = clientAddress(services.env.clientAddress, headers, connection)
  stateOf(services).limit.check(services.addressKeyOf(address))
  return await latestOf(services)
}
