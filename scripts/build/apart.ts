import { join, relative, sep } from 'node:path'
import type { Plugin } from 'esbuild'
import { root } from './bundle.js'

/** Maps entries that others import unbundled, so that a page has each of them once. */
const shared: Readonly<Record<string, string>> = {
  'index.js': './index.js',
  'tabs.js': './tabs.js',
  'upload.js': './upload.js',
}

/** Lists parts that may be there twice: they keep no state, and are a few lines each. */
const pure = ['problem.js', 'state.js', 'timeline.js']

const coreFolder = join(root, 'client', 'core')

/**
 * Leaves the core out of an entry that builds on it. Code must import the core through its entries:
 * any other part that is imported directly would be there twice, and is an error.
 */
export const coreApart: Plugin = {
  name: 'core apart',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
      const name = relative(coreFolder, join(resolveDir, path))
      if (name.includes(sep) || resolveDir === coreFolder || pure.includes(name)) return undefined
      const entry = shared[name]
      if (entry) return { path: entry, external: true }
      return {
        errors: [{ text: `${name} is within the core: import it through client/core/index.ts` }],
      }
    })
  },
}

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
