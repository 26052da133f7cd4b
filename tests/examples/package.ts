/** An example in a folder of its own, with what `npm install` would give it. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { build } from 'esbuild'

/** A copy of an example, without what somebody has installed or built in it. */
export function copyExample(example: string) {
  const folder = mkdtempSync(join(tmpdir(), `${example}-`))
  const isOurs = (path: string) => !/[\\/](node_modules|dist)$/.test(path)
  cpSync(join('examples', example), folder, { recursive: true, filter: isOurs })

  /** Puts a package where the example finds it. */
  function install(name: string, from = resolve('node_modules', name)): void {
    const place = join(folder, 'node_modules', name)
    mkdirSync(dirname(place), { recursive: true })
    symlinkSync(from, place, 'dir')
  }
  return { folder, install, remove: () => rmSync(folder, { recursive: true }) }
}

const entries = ['index', 'tabs', 'upload']

/** The package without its types and what is for React: enough for what runs without a bundler. */
export async function packCore(folder: string): Promise<string> {
  await build({
    entryPoints: entries.map((name) => `client/${name}.ts`),
    outdir: join(folder, 'client'),
    ...{ bundle: true, minify: true, format: 'esm', target: 'es2022' },
  })
  const exports = {
    './client': './client/index.js',
    './client/tabs': './client/tabs.js',
    './client/upload': './client/upload.js',
  }
  const manifest = { name: 'miaw-gateway', type: 'module', exports }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  return folder
}
