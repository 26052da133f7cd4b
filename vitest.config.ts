import { defineConfig } from 'vitest/config'

const otherProjects = ['tests/e2e/**', 'tests/build/**', 'tests/**/*.{faults,system,e2e}.test.ts']
const endpoints = [
  'tests/{api,client/endpoints,dialects,docs,fuzz,http,platforms,scripts,security}/**/*.test.ts',
]
/** Generous, for busy machines: no test takes a second on its own. */
const testTimeout = 20_000

const sandbox = ['tests/sandbox/**/*.test.ts']

/** Modules are loaded once for all files of a worker: files must tidy up after themselves. */
const isolate = false

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        // Modules on their own: no network, no waiting. Runs on every save.
        test: {
          name: 'unit',
          include: ['tests/**/*.test.{ts,tsx}'],
          exclude: [...otherProjects, ...endpoints, ...sandbox],
          isolate,
          testTimeout,
        },
      },
      {
        // Through the endpoints, with the sandbox as Salesforce and Redis in this process.
        test: {
          name: 'endpoints',
          include: endpoints,
          exclude: otherProjects,
          isolate,
          testTimeout,
        },
      },
      {
        // Failing, hanging and racing services: these tests wait in real time.
        test: {
          name: 'faults',
          include: ['tests/**/*.faults.test.ts'],
          isolate,
          testTimeout,
        },
      },
      {
        // The local Salesforce and Redis themselves.
        test: { name: 'sandbox', include: sandbox, exclude: otherProjects, isolate, testTimeout },
      },
      {
        // Separate processes and the built functions.
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
