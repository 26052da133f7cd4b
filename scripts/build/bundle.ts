import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build } from 'esbuild'
import { inlineStyles } from './styles.js'

/** Is the project's folder, from any working directory. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/** Reads a file of the project as text; `path` is relative to its root. */
export const sourceOf = (path: string) => readFileSync(new URL(path, `file://${root}`), 'utf8')

/**
 * Bundles one entry for browsers: minified, no file written. Resolves to its text, JavaScript or
 * CSS.
 */
export async function bundle(
  entry: string,
  { plugins = [], ...options }: BuildOptions = {},
): Promise<string> {
  const { outputFiles = [] } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    charset: 'utf8',
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [inlineStyles, ...plugins],
    ...options,
  })
  return outputFiles[0]?.text ?? ''
}
