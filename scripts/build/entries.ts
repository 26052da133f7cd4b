/**
 * Bundles the entries of the npm package, and the element as one file for pages without a bundler.
 */
import { coreApart } from './apart.js'
import { bundle } from './bundle.js'

/** Replaces React's modules by Preact's. */
const preact = {
  'react/jsx-runtime': 'preact/jsx-runtime',
  react: 'preact/compat',
}

/** Lists the core's entries; each is bundled by itself, without an import. */
export const core = ['index', 'tabs', 'upload'] as const

/** Bundles an entry of the core, such as `index`. */
export const bundleCore = (name: (typeof core)[number]) => bundle(`client/core/${name}.ts`)

/** Bundles the widget for React; the page provides React, and the core stays a separate entry. */
export function bundleReact(): Promise<string> {
  return bundle('client/react/index.ts', {
    plugins: [coreApart],
    external: ['react', 'react/jsx-runtime'],
    banner: { js: '"use client";' },
  })
}

/** Bundles the element beside the other entries of the package. */
export const bundlePackedElement = () =>
  bundle('client/element/index.ts', { alias: preact, plugins: [coreApart] })

/** Bundles the element with everything it needs. */
export const bundleElement = () => bundle('client/element/index.ts', { alias: preact })

/** Bundles the widget's style sheet. */
export const bundleStyle = () => bundle('client/widget/style/widget.css')
