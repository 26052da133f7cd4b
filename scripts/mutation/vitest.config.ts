/**
 * Configures Vitest for mutation tests: the modules of a project are loaded once for many mutants.
 * `targets.ts` chooses the files.
 */
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification, type Vite } from 'vitest/node'
import { endThreads, residentPool } from './resident-pool.js'

const twoServices = fileURLToPath(new URL('../../tests/support/two-services.ts', import.meta.url))

/** Replaces the pool after all options are read: Stryker sets one of its own. */
const keepThread: Vite.Plugin = {
  name: 'keep-thread',
  configureVitest({ project, vitest }) {
    project.config.pool = residentPool.name
    project.config.poolRunner = residentPool
    vitest.onClose(endThreads)
  },
}

/** Runs first the file that noticed the last mutant, then the quickest ones. */
class LikelyFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const costOf = ({ project, moduleId }: TestSpecification): number => {
      const key = `${project.name}:${relative(project.config.root, moduleId)}`
      const last = this.ctx.cache.getFileTestResults(key)
      return last?.failed ? -1 : (last?.duration ?? 0)
    }
    return [...files].sort((a, b) => costOf(a) - costOf(b))
  }
}

export default defineConfig({
  plugins: [keepThread],
  test: {
    setupFiles: ['scripts/mutation/deactivate.ts'],
    isolate: false,
    sequence: { sequencer: LikelyFirst },
    testTimeout: 20_000,
    hookTimeout: 60_000,
    env: { FC_RUNS: '20' },
    projects: [
      {
        extends: true,
        test: {
          name: 'one gateway',
          include: ['tests/**/*.test.ts'],
          exclude: [
            'tests/{build,e2e,examples,pictures}/**',
            'tests/**/*.{system,e2e,apart}.test.ts',
          ],
        },
      },
      {
        extends: true,
        resolve: {
          alias: [{ find: /^(\.\.\/)+(lib\/)?services\.js$/, replacement: twoServices }],
        },
        test: {
          name: 'apart',
          include: ['tests/**/*.apart.test.ts'],
          setupFiles: ['tests/support/clocks-apart.ts'],
          env: { GATEWAYS: 'apart' },
        },
      },
    ],
  },
})
