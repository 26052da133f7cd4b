import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const otherProjects = [
  'tests/e2e/**',
  'tests/build/**',
  'tests/frameworks/**',
  'tests/**/*.{faults,system,e2e,apart}.test.ts',
]
const endpoints = [
  'tests/{api,client/endpoints,dialects,docs,fuzz,http,platforms,scripts,security}/**/*.test.ts',
]
/** Generous, for busy machines: no test takes a second on its own. */
const testTimeout = 20_000
/** So is this: what a test polls for comes soon on a machine that is not busy. */
const expect = { poll: { timeout: 15_000 } }

/** Lists the properties that run long: `npm test` runs each a tenth as often (`propertyRuns`). */
const properties = [
  'tests/**/*.property.test.ts',
  'tests/fuzz/*.test.ts',
  'tests/salesforce/hostile.test.ts',
  'tests/widget/content-{hostile,markdown}.test.tsx',
]
const fewRuns = { PROPERTY_RUNS: 'few' }

/** Lists the journeys through a browser that `npm test` makes. */
const smoke = ['tests/e2e/{journey,readme}.e2e.test.ts']

const twoServices = fileURLToPath(new URL('tests/support/two-services.ts', import.meta.url))

const sandbox = ['tests/sandbox/**/*.test.ts']

/** Modules are loaded once for all files of a worker: files must tidy up after themselves. */
const isolate = false

/** Lists the files that run again with two gateways whose clocks differ: processes share moments there. */
const apart = [
  'tests/**/*.apart.test.ts',
  'tests/api/{auth,auth-refresh,identity,merge-maximum,start,conversations,verified}.test.ts',
  'tests/api/{send,send-first,send-log,send-promised,send-session,sessions}.test.ts',
  'tests/api/{end,record-lifetime,routing-values,upper-case-ids}.test.ts',
  'tests/api/{send-once,send-together,send-interrupted,send-refused-token,poll-echoes}.faults.test.ts',
  'tests/{http/access-tokens,scripts/forget}.test.ts',
  'tests/security/{late-renewals,signed-out-devices,starting-conversations}.test.ts',
  'tests/reliability/tokens-minute.test.ts',
]

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      // `npm test`: the first four projects.
      {
        // Modules on their own: no network, no waiting. Runs on every save.
        test: {
          name: 'unit',
          include: ['tests/**/*.test.{ts,tsx}'],
          exclude: [...otherProjects, ...endpoints, ...sandbox],
          env: fewRuns,
          isolate,
          testTimeout,
          expect,
        },
      },
      {
        // Through the endpoints, with the sandbox as Salesforce and Redis in this process.
        test: {
          name: 'endpoints',
          include: endpoints,
          exclude: otherProjects,
          env: fewRuns,
          isolate,
          testTimeout,
          expect,
        },
      },
      {
        // The local Salesforce and Redis themselves.
        test: {
          name: 'sandbox',
          include: sandbox,
          exclude: otherProjects,
          isolate,
          testTimeout,
          expect,
        },
      },
      {
        // A few journeys of `e2e`.
        test: {
          name: 'smoke',
          include: smoke,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect,
        },
      },
      // `npm run test:all`: what takes longer.
      {
        // Properties of other projects again, as often as they should run.
        test: { name: 'properties', include: properties, isolate, testTimeout: 120_000, expect },
      },
      {
        // Failing, hanging and racing services, mostly in simulated time.
        test: {
          name: 'faults',
          include: ['tests/**/*.faults.test.ts'],
          isolate,
          testTimeout,
          // After hundreds of runs of a property, the harness reads all that they sent.
          hookTimeout: 600_000,
          expect,
        },
      },
      {
        // Some of the same again: calls go in turn to two gateways with clocks ten minutes apart.
        resolve: {
          alias: [{ find: /^(\.\.\/)+(lib\/)?services\.js$/, replacement: twoServices }],
        },
        test: {
          name: 'apart',
          include: apart,
          setupFiles: ['tests/support/clocks-apart.ts'],
          env: { GATEWAYS: 'apart' },
          isolate,
          testTimeout,
          expect,
        },
      },
      {
        // Separate processes and the built functions.
        test: {
          name: 'system',
          include: ['tests/build/*.test.ts', 'tests/**/*.system.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/{e2e,examples}/*.e2e.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect,
        },
      },
      {
        // The package in bundlers of others, which are installed from the registry.
        test: {
          name: 'bundlers',
          include: ['tests/frameworks/bundlers.test.ts'],
          testTimeout: 600_000,
        },
      },
      // `npm run test:frameworks`: installs take minutes.
      {
        test: {
          name: 'frameworks',
          include: ['tests/frameworks/frameworks.test.ts'],
          testTimeout: 1_200_000,
        },
      },
    ],
  },
})
