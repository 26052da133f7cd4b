/**
 * Bundles the functions for Vercel. Its builder copies the files that a function imports one by one,
 * and a process that starts cold reads each of them; of a bundle it reads one.
 */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { functionNames } from '../endpoints/list.js'

/** Gives CommonJS packages within an ES module the `require` that they load Node's own modules with. */
const requireOfNode = `import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)`

/**
 * Tells that Vercel, or a CI that deploys to it, builds: its checkout is thrown away afterwards.
 * `vercel build` on a developer's machine sets `VERCEL` alone.
 */
export const isVercelBuild = ({ VERCEL, CI }: Readonly<Record<string, string | undefined>>) =>
  Boolean(VERCEL && CI)

/**
 * Bundles the functions of a checkout into its folder `functions/`, and replaces each file of `api/`
 * that is a function by an export of its bundle: Vercel's builder takes the functions from there.
 */
export async function bundleFunctions(checkout: string): Promise<void> {
  const names = functionNames(readdirSync(join(checkout, 'api')))
  await build({
    absWorkingDir: checkout,
    entryPoints: names.map((name) => `api/${name}.ts`),
    outdir: 'functions',
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    charset: 'utf8',
    legalComments: 'none',
    banner: { js: requireOfNode },
  })
  for (const name of names) {
    const text = `// @ts-nocheck: a bundle has no types.\nexport { default } from '../functions/${name}.js'\n`
    writeFileSync(join(checkout, 'api', `${name}.ts`), text)
  }
}
