/** Sets up an example in a folder of its own, with what `npm install` would give it. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { bundleCore, core } from '../../scripts/build/entries.js'
import { writeFiles } from '../../scripts/build/write.js'

/** Copies an example, without what is installed or built in it. */
export function copyExample(example: string) {
  const folder = mkdtempSync(join(tmpdir(), `${example}-`))
  const isOurs = (path: string) => !/[\\/](node_modules|dist)$/.test(path)
  cpSync(join('examples', example), folder, { recursive: true, filter: isOurs })

  /** Puts a package where the example finds it. */
  function install(name: string, from = resolve('node_modules', name)): void {
    const deployment = join(folder, 'node_modules', name)
    mkdirSync(dirname(deployment), { recursive: true })
    symlinkSync(from, deployment, 'dir')
  }
  return { folder, install, remove: () => rmSync(folder, { recursive: true }) }
}

/**
 * Packs the package without its types and its React entry: enough for what runs without a bundler.
 */
export async function packCore(folder: string): Promise<void> {
  const exports = {
    './client': './client/index.js',
    './client/tabs': './client/tabs.js',
    './client/upload': './client/upload.js',
  }
  const codes = core.map(async (name) => [`client/${name}.js`, await bundleCore(name)])
  writeFiles(folder, {
    ...Object.fromEntries(await Promise.all(codes)),
    'package.json': JSON.stringify({ name: 'miaw-gateway', type: 'module', exports }),
  })
}
