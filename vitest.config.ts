import { defineConfig } from 'vitest/config'

const apart = ['tests/e2e/**', 'tests/build/**', 'tests/**/*.{faults,system,e2e}.test.ts']
const doors = [
  'tests/{api,client/doors,corridor,dialects,docs,fuzz,platforms,scripts,security}/**/*.test.ts',
]
/** For machines that are busy with something else: no test needs a second of it by itself. */
const testTimeout = 20_000

const sandbox = ['tests/sandbox/**/*.test.ts']

/** Modules are loaded once for all files of a worker: files must tidy up after themselves. */
const isolate = false

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        // The rooms by themselves: no network, no wait. For every save.
        test: {
          name: 'unit',
          include: ['tests/**/*.test.{ts,tsx}'],
          exclude: [...apart, ...doors, ...sandbox],
          isolate,
          testTimeout,
        },
      },
      {
        // Through the doors, with the sandbox for a Salesforce and a Redis in this process.
        test: { name: 'doors', include: doors, exclude: apart, isolate, testTimeout },
      },
      {
        // Failing, hanging and racing neighbours: these tests wait in real time.
        test: {
          name: 'faults',
          include: ['tests/**/*.faults.test.ts'],
          isolate,
          testTimeout,
        },
      },
      {
        // The local Salesforce and Redis themselves.
        test: { name: 'sandbox', include: sandbox, exclude: apart, isolate, testTimeout },
      },
      {
        // Processes of their own and the built functions.
        test: {
          name: 'system',
          include: ['tests/build/*.test.ts', 'tests/**/*.system.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/{e2e,examples}/*.e2e.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
