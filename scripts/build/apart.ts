import { join, relative, sep } from 'node:path'
import type { Plugin } from 'esbuild'
import { root } from './bundle.js'

/** Entries that others import as they are, so that a page has each of them once. */
const shared: Readonly<Record<string, string>> = {
  'index.js': './index.js',
  'tabs.js': './tabs.js',
  'upload.js': './upload.js',
}

/** Parts that may be there twice: they keep nothing, and are a few lines each. */
const pure = ['problem.js', 'state.js', 'timeline.js']

const coreFolder = join(root, 'client', 'core')

/**
 * Leaves the core out of an entry that stands on it. Code must come to the core through its entries: any
 * other part of it that is imported by itself would be there twice, and is an error.
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
