import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** What each entry may weigh at most: bytes, minified and gzipped. */
export const budgets = { index: 5120, tabs: 900, upload: 800 }

type Name = keyof typeof budgets

/** Its types: the same compiler, with declarations only. */
function declare(folder: string): void {
  const args = ['--project', 'client/tsconfig.build.json', '--outDir', folder]
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', ...args], { stdio: 'inherit' })
}

/** Bundles the entries for browsers and says what they weigh. */
export async function bundleClient(folder: string) {
  const names = Object.keys(budgets) as Name[]
  await build({
    entryPoints: names.map((name) => `client/${name}.ts`),
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
  })
  return names.map((name) => ({
    name,
    bytes: gzipSync(readFileSync(join(folder, `${name}.js`)), { level: 9 }).length,
    budget: budgets[name],
  }))
}

/** Both. Throws when an entry is too heavy or a type is wrong. */
export async function buildClient(folder: string) {
  const weighed = await bundleClient(folder)
  const heavy = weighed.find(({ bytes, budget }) => bytes > budget)
  if (heavy) throw new Error(`${heavy.name} weighs ${heavy.bytes} bytes of ${heavy.budget}`)
  declare(folder)
  return weighed
}
