/** Provides limits, faults, the clock and checks to the tests of send and poll. */
import { http } from 'msw'
import { expect, vi } from 'vitest'
import type { FaultInput } from '../../sandbox/salesforce/index.js'
import { salesforceUrl, type TestGateway } from './gateway.js'
import type { TestResponse } from './request.js'

/** Raises the limits so far that a test never reaches them. */
export const noLimits = {
  LIMITS: JSON.stringify({
    list: [1_000_000, '1 m'],
    auth: [100_000, '1 m'],
    start: [100_000, '1 m'],
    startAddress: [100_000, '1 m'],
    send: [100_000, '1 m'],
    poll: [100_000, '1 m'],
    tokens: [100_000, '1 m'],
  }),
}

/** Switches the limits of Salesforce off. */
export const noSalesforceLimits = {
  listsPerMinute: null,
  messagesPerMinute: null,
  conversationsPer30Seconds: null,
  tokensPerMinute: null,
}

/** Lists both kinds of Salesforce: one stores a repeated id once, the other stores it again. */
export const duplicateHandling = [
  ['de-duplicates', false],
  ['stores repeats', true],
] as const

/** Says what goes wrong with a request, and whether before or after it had its effect. */
export type Fault = Pick<FaultInput, 'when' | 'what'>

/** Counts how often Salesforce stores a message. */
export function timesStored(gateway: TestGateway, conversationId: string, id: string): number {
  const { entryLog } = gateway.salesforce.conversation(conversationId)
  return entryLog.filter(({ entry }) => entry.identifier === id).length
}

/** Returns the bodies of the `sendMessage` requests to Salesforce. */
export function messagesSentToSalesforce(gateway: TestGateway) {
  return gateway.salesforce.exchanges
    .filter(({ operationId }) => operationId === 'sendMessage')
    .map(({ requestBody }) => requestBody)
}

/** Waits long enough for a busy machine, in tests in which nothing hangs. */
export const patient = { REQUEST_DEADLINE_MS: '25000', REDIS_TIMEOUT_MS: '10000' }

/** Keeps the clock of each `Date`, the real one and those of simulations, as it was before any shift. */
const unshifted = new WeakMap<DateConstructor, () => number>([[Date, Date.now.bind(Date)]])

/** Shifts the clock, which runs on, so far ahead of what it was (behind when negative). */
export function shiftClock(byMs: number): void {
  const now = unshifted.get(Date) ?? Date.now.bind(Date)
  unshifted.set(Date, now)
  vi.spyOn(Date, 'now').mockImplementation(() => now() + byMs)
}

/** Expects a response to be this problem. */
export function expectProblem(
  { status, headers, body }: TestResponse,
  expected: number,
  code: string,
) {
  expect({ status, code: body?.code }).toEqual({ status: expected, code })
  expect(headers.get('content-type')).toBe('application/problem+json')
}

/** Does work and expects that it makes no request to Salesforce. */
export async function expectNoSalesforceCalls<T>(
  gateway: TestGateway,
  work: () => Promise<T>,
): Promise<T> {
  const before = gateway.salesforceCalls().length
  const result = await work()
  expect(gateway.salesforceCalls().slice(before), 'calls to Salesforce').toEqual([])
  return result
}

/** Creates a promise that the test resolves. */
export function createDeferred() {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

/**
 * Holds every POST to a path of Salesforce back until it is released. `asked` resolves when the first
 * one is there.
 */
export function holdRequests(gateway: TestGateway, path: string) {
  const [asked, released] = [createDeferred(), createDeferred()]
  gateway.network.use(
    http.post(`${salesforceUrl}/*${path}`, async ({ request }) => {
      asked.resolve()
      await released.promise
      return await gateway.salesforce.handle(request)
    }),
  )
  return { asked: asked.promise, release: released.resolve }
}
