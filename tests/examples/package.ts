/** Sets up an example in a folder of its own, with what `npm install` would give it. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { packageFiles } from '../../scripts/build/package.js'
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

/** Puts the package where an example finds it, without its types. */
export async function packModules(folder: string): Promise<void> {
  writeFiles(folder, await packageFiles())
}
