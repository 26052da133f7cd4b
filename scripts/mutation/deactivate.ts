/**
 * Switches the mutant off after each file of tests: the next file and the next mutant share the
 * modules, and their own code runs before Stryker chooses a mutant.
 */
import { afterAll } from 'vitest'

declare global {
  var __stryker__: { activeMutant?: string | undefined } | undefined
}

afterAll(() => {
  if (globalThis.__stryker__) globalThis.__stryker__.activeMutant = undefined
})
