/**
 * Tests that every endpoint answers anything: what the contract's schemas take, and that with types
 * swapped, members lost, doubled and added, bodies cut off, envelopes exchanged. `FC_RUNS` asks
 * more often, `FC_SEED` the same again.
 */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { endpoints } from '../../platforms/endpoints.js'
import { requestViolations } from '../../sandbox/salesforce/openapi.js'
import { endpointMethods } from '../../scripts/openapi/methods.js'
import { dialects } from '../dialects/dialects.js'
import { setupGateway } from '../support/gateway.js'
import { propertyRuns } from '../support/property-runs.js'
import { sentToClients } from '../support/request.js'
import { noSalesforceLimits } from '../support/sending.js'
import { startCpuClock } from '../support/time-taken.js'
import { attachments } from '../support/uploads.js'
import { expectValidResponse, type FuzzResponse } from './expectations.js'
import { createPlaceholders, type Placeholders, requestOf } from './placeholders.js'
import { draftsFor } from './requests.js'

const methods = endpointMethods.map(({ path, method }) => ({
  title: `${method.method} ${path}`,
  endpoint: endpoints.get(path)?.fetch,
  method,
}))

const names = ['auth', 'start', 'startAddress', 'send', 'signal', 'poll', 'other', 'tokens']
const env = {
  LIMITS: JSON.stringify(Object.fromEntries(names.map((name) => [name, [1_000_000, '1 m']]))),
  REQUEST_DEADLINE_MS: '5000',
  REDIS_TIMEOUT_MS: '3000',
  SEND_SETTLE_MS: '0',
}
/** The deadline, and what a busy machine adds. */
const longestMs = 10_000

/** A conversation serves so many requests, unless one of them ends it. */
const requestsPerVisitor = 20
const endingMethods = new Set(['auth', 'end'])

const ourSecrets = ['redis-token', 'a-secret-of-at-least-thirty-two-bytes']

/** No request makes more of these. */
const mostExchanges = 12

/**
 * Keeps the placeholders of one conversation until enough requests have used them, or one has ended
 * it.
 */
function createPlaceholderPool() {
  let placeholders: Placeholders | undefined
  let served = 0
  return {
    async take(): Promise<Placeholders> {
      if (served % requestsPerVisitor === 0) placeholders = undefined
      served += 1
      placeholders ??= await createPlaceholders()
      return placeholders
    },
    release(isOver: boolean): void {
      if (isOver) placeholders = undefined
    },
  }
}

async function callEndpoint(
  endpoint: (typeof methods)[number]['endpoint'],
  request: Request,
): Promise<FuzzResponse> {
  const takenMs = startCpuClock()
  const response = await endpoint?.(request, { remoteAddress: '192.0.2.1' })
  if (!response) throw new TypeError('There is no such endpoint')
  const text = await response.text()
  const { status, headers } = response
  return { status, headers, text, cpuMs: takenMs() }
}

describe.each(dialects)('in the dialect $name', ({ salesforce, env: dialectEnv }) => {
  const gateway = setupGateway({
    salesforce: {
      ...salesforce,
      ...(salesforce.api !== 'guide' && { attachments, allowTranscriptDownload: true }),
      switches: { limits: noSalesforceLimits },
    },
    env: { ...env, ...dialectEnv },
  })

  const latest = () => gateway.salesforce.exchanges.slice(-mostExchanges)

  /** Returns Salesforce's tokens in its latest requests, and the gateway's secrets. */
  function latestSecrets(): string[] {
    const tokens = latest().map(({ authorization }) => authorization?.split(' ')[1])
    return [...ourSecrets, ...tokens.flatMap((token) => token ?? [])]
  }

  function clearOutput(): void {
    gateway.logLines.length = 0
    sentToClients.length = 0
  }

  it.each(methods)(
    '$title answers whatever it is asked',
    async ({ endpoint, method }) => {
      const pool = createPlaceholderPool()
      const answersWell = fc.asyncProperty(draftsFor(method), async (draft) => {
        const request = requestOf(draft, await pool.take())
        clearOutput()
        const response = await callEndpoint(endpoint, request)
        pool.release(endingMethods.has(method.name) && response.status < 300)
        const calledMethod = methods.find(
          (each) => each.endpoint === endpoint && each.method.method === draft.method,
        )
        expectValidResponse(response, calledMethod?.method ?? method, draft.method, {
          logLines: gateway.logLines,
          longestMs,
        })
        const output = `${response.text}${gateway.logLines}`
        expect(latestSecrets().filter((secret) => output.includes(secret))).toEqual([])
        expect(latest().flatMap(requestViolations)).toEqual([])
        clearOutput()
      })
      await fc.assert(answersWell, {
        numRuns: propertyRuns(20),
        ...(process.env.FC_SEED && { seed: Number(process.env.FC_SEED) }),
      })
    },
    3_600_000,
  )
})
