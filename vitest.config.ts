import { defineConfig } from 'vitest/config'

const apart = ['tests/e2e/**', 'tests/build/**', 'tests/**/*.{faults,system}.test.ts']

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        // Quick, and without a wait. Modules are loaded once for all files of a worker.
        test: { name: 'unit', include: ['tests/**/*.test.ts'], exclude: apart, isolate: false },
      },
      {
        // Failing, hanging and racing neighbours: these tests wait in real time.
        test: {
          name: 'faults',
          include: ['tests/**/*.faults.test.ts'],
          isolate: false,
          testTimeout: 15_000,
        },
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
          include: ['tests/e2e/*.e2e.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
