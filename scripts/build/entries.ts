/** Bundles what pages load as one file: the element and the widget's style sheet. */
import { modulesApart, partsApart } from './apart.js'
import { bundle } from './bundle.js'

/** Replaces React's modules by Preact's. */
const preact = {
  'react/jsx-runtime': 'preact/jsx-runtime',
  react: 'preact/compat',
}

/** Bundles the element beside the other modules of the package. */
export const bundlePackedElement = () =>
  bundle('client/element/index.ts', { alias: preact, plugins: [modulesApart] })

/** Names the folder of the element's parts, beside `miaw-chat.js`. */
export const partsFolder = 'miaw-chat'

/**
 * Bundles the element for pages without a bundler: all that a first load needs, and in files of
 * their own the parts that load when they are needed, by their names.
 */
export async function bundleElement() {
  const parts = new Map<string, string>()
  const code = await bundle('client/element/index.ts', {
    alias: preact,
    plugins: [partsApart(partsFolder, parts)],
  })
  return { code, parts: Object.fromEntries(parts) }
}

/** Bundles the widget's style sheet. */
export const bundleStyle = () => bundle('client/widget/style/widget.css')
