/**
 * Compiles the client for the npm package: one module for each source file, which a page's own
 * bundler takes or leaves.
 */
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { build } from 'esbuild'
import { root } from './bundle.js'
import type { Files } from './write.js'

/** Lists the folders of the client that are modules of the package. */
const folders = ['core', 'widget', 'react']

function sources(): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, 'client', folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
      .map((name) => join('client', folder, name)),
  )
}

/** Compiles the modules: JavaScript without types, with the names that the sources have. */
export async function compileModules(): Promise<Files> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: sources(),
    outbase: '.',
    outdir: '.',
    write: false,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    charset: 'utf8',
  })
  const modules = outputFiles.filter(({ text }) => text.trim())
  return Object.fromEntries(modules.map(({ path, text }) => [relative(root, path), text]))
}
