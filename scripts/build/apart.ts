/** Plugins of esbuild that leave modules out of a bundle, which loads them from elsewhere. */
import { basename, join, relative } from 'node:path'
import type { Plugin } from 'esbuild'
import { bundle, root } from './bundle.js'
import { contentHash } from './write.js'

const client = join(root, 'client')

/** Returns a path as an import specifier of a module in a folder of the client. */
const specifier = (folder: string, path: string) => `../${relative(join(folder, '..'), path)}`

/**
 * Leaves the core, and the parts that load when they are needed, to the other modules of the
 * package: a page has each of them once. The bundle becomes a file of a folder in `client/`.
 */
export const modulesApart: Plugin = {
  name: 'modules apart',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir, kind }) => {
      const target = join(resolveDir, path)
      const isOfCore = target.startsWith(join(client, 'core/'))
      if (!isOfCore && kind !== 'dynamic-import') return undefined
      return { path: specifier(join(client, 'element'), target), external: true }
    })
  },
}

/**
 * Makes files of the parts that load when they are needed, in a folder beside the bundle. Their
 * names hold a hash of the content: a browser may keep them for good. They import nothing, so that
 * the bundle can have any name. The files are set in `files` while the bundle is made.
 */
export const partsApart = (folder: string, files: Map<string, string>): Plugin => ({
  name: 'parts apart',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\// }, async ({ path, resolveDir, kind }) => {
      if (kind !== 'dynamic-import') return undefined
      const source = relative(root, join(resolveDir, path)).replace(/\.js$/, '.ts')
      const code = await bundle(source)
      const name = `${folder}/${basename(source, '.ts')}-${contentHash(code)}.js`
      files.set(name, code)
      return { path: `./${name}`, external: true }
    })
  },
})

/** Leaves the widget out of the demo page, which loads it as any other page does. */
export const elementApart: Plugin = {
  name: 'element apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/element\/index\.js$/ }, () => ({
      path: './miaw-chat.js',
      external: true,
    }))
  },
}
