/**
 * Builds the npm package `miaw-gateway`: only the browser's code, without the server's
 * dependencies.
 */
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { root, sourceOf } from './bundle.js'
import { bundlePackedElement, bundleStyle } from './entries.js'
import { manifestText, style } from './manifest.js'
import { compileModules } from './modules.js'
import { type Files, writeFiles } from './write.js'

/** Makes all files of the package but its types, by their names. */
export async function packageFiles(): Promise<Files> {
  const [modules, element, sheet] = await Promise.all([
    compileModules(),
    bundlePackedElement(),
    bundleStyle(),
  ])
  return {
    ...modules,
    'client/element/index.js': element,
    [style.code]: sheet,
    [style.types]: 'export {}\n',
    'client/element/tag.d.ts': sourceOf('client/element/tag.d.ts'),
    'package.json': manifestText(),
    'README.md': sourceOf('client/README.md'),
    LICENSE: sourceOf('LICENSE'),
  }
}

/** Writes the package's types: the same compiler, declarations only. */
function declare(folder: string): void {
  const args = ['--project', 'client/tsconfig.build.json', '--outDir', folder]
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', ...args], {
    cwd: root,
    stdio: 'inherit',
  })
}

/** Builds the package from scratch into an absolute folder. Throws when a type is wrong. */
export async function buildPackage(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  declare(join(folder, 'client'))
  writeFiles(folder, await packageFiles())
}
