/** Sets up the sandbox's Salesforce for a file of tests, with a clock that only the tests move. */
import { afterEach, beforeEach, expect, vi } from 'vitest'
import type { Exchange, Salesforce } from '../../sandbox/salesforce/index.js'

/** Is the time at which every test begins, epoch milliseconds. */
export const noon = Date.parse('2026-11-24T12:00:00.000Z')

/** Stops the clock at noon during each test of the file. */
export function stopClockAtNoon(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: noon })
  })
  afterEach(() => {
    vi.useRealTimers()
  })
}

/** Moves the stopped clock on. */
export function advanceClock(milliseconds: number): void {
  vi.setSystemTime(Date.now() + milliseconds)
}

/**
 * Stops the clock at noon during each test of the file, and resets this Salesforce after it.
 * @param violationsOf - finds the violations that no exchange of a test may have; none by default
 */
export function setupSalesforce(
  salesforce: Salesforce,
  violationsOf: (exchange: Exchange) => string[] = () => [],
): Salesforce {
  stopClockAtNoon()
  afterEach(() => {
    const violations = salesforce.exchanges.flatMap(violationsOf)
    salesforce.reset()
    expect(violations).toEqual([])
  })
  return salesforce
}
