/** The entries of the npm package, and the element as one file for pages without a bundler. */
import { coreApart } from './apart.js'
import { bundle } from './bundle.js'

/** React's names, answered by Preact. */
const preact = {
  'react/jsx-runtime': 'preact/jsx-runtime',
  react: 'preact/compat',
}

/** The core: each entry by itself, without an import. */
export const core = ['index', 'tabs', 'upload'] as const

/** A part of the core, such as `index`. */
export const bundleCore = (name: (typeof core)[number]) => bundle(`client/core/${name}.ts`)

/** The widget for React, which stays the page's own, as the core stays an entry of its own. */
export function bundleReact(): Promise<string> {
  return bundle('client/react/index.ts', {
    plugins: [coreApart],
    external: ['react', 'react/jsx-runtime'],
    banner: { js: '"use client";' },
  })
}

/** The element beside the other entries of the package. */
export const bundlePackedElement = () =>
  bundle('client/element/index.ts', { alias: preact, plugins: [coreApart] })

/** The element with all it needs. */
export const bundleElement = () => bundle('client/element/index.ts', { alias: preact })

/** The widget's style sheet. */
export const bundleStyle = () => bundle('client/widget/style/widget.css')
