/** Helpers that the tests of send and poll share. */
import { expect, vi } from 'vitest'
import type { FaultInput } from '../../sandbox/salesforce/index.js'
import type { TestGateway } from './gateway.js'
import type { TestResponse } from './request.js'

/** Limits that are not what a test is about. */
export const noLimits = {
  LIMITS: JSON.stringify({
    auth: [100_000, '1 m'],
    start: [100_000, '1 m'],
    startAddress: [100_000, '1 m'],
    send: [100_000, '1 m'],
    poll: [100_000, '1 m'],
    tokens: [100_000, '1 m'],
  }),
}

/** Salesforce without limits of its own. */
export const noSalesforceLimits = {
  messagesPerMinute: null,
  conversationsPer30Seconds: null,
  tokensPerMinute: null,
}

/** Both kinds of Salesforce: one that stores a repeated id once, and one that stores it again. */
export const duplicateHandling = [
  ['de-duplicates', false],
  ['stores repeats', true],
] as const

/** What goes wrong with a request, and whether before or after it had its effect. */
export type Fault = Pick<FaultInput, 'when' | 'what'>

/** How often Salesforce stores this message. */
export function timesStored(gateway: TestGateway, conversationId: string, id: string): number {
  const { entryLog } = gateway.salesforce.conversation(conversationId)
  return entryLog.filter(({ entry }) => entry.identifier === id).length
}

/** The bodies of the messages that Salesforce was sent. */
export function messagesSentToSalesforce(gateway: TestGateway) {
  return gateway.salesforce.exchanges
    .filter(({ operationId }) => operationId === 'sendMessage')
    .map(({ requestBody }) => requestBody)
}

const realNow = Date.now.bind(Date)

/** Our clock runs on, but so much ahead of the real one (behind, when negative). */
export function shiftClock(byMs: number): void {
  vi.spyOn(Date, 'now').mockImplementation(() => realNow() + byMs)
}

/** The answer is this problem. */
export function expectProblem(
  { status, headers, body }: TestResponse,
  expected: number,
  code: string,
) {
  expect({ status, code: body?.code }).toEqual({ status: expected, code })
  expect(headers.get('content-type')).toBe('application/problem+json')
}

/** Does something of which Salesforce must hear nothing. */
export async function expectNoSalesforceCalls<T>(
  gateway: TestGateway,
  work: () => Promise<T>,
): Promise<T> {
  const before = gateway.salesforceCalls().length
  const result = await work()
  expect(gateway.salesforceCalls().slice(before), 'calls to Salesforce').toEqual([])
  return result
}

/** A moment that others wait for. */
export function createDeferred() {
  let settle: () => void = () => undefined
  const promise = new Promise<void>((done) => {
    settle = done
  })
  return { promise: promise, resolve: () => settle() }
}
