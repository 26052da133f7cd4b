/** Bundles what pages load as one file: the element and the widget's style sheet. */
import type { BuildOptions } from 'esbuild'
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
export async function bundleElement(options: BuildOptions = {}) {
  const parts = new Map<string, string>()
  const code = await bundle('client/element/index.ts', {
    alias: preact,
    plugins: [partsApart(partsFolder, parts)],
    ...options,
  })
  return { code, parts: Object.fromEntries(parts) }
}

/** Finds the address of a classic script, or of the page where a loader hides it. */
const scriptUrl = 'document.currentScript?.src||location.href'

/**
 * Bundles the element as a classic script, for tag managers that insert no modules. What the module
 * exports is the global `miawChat`. Its parts are imported by whole addresses: a classic script of
 * another origin has no address of its own that a relative one could be resolved by (HTML, "muted
 * errors").
 */
export async function bundleClassicElement() {
  const { code } = await bundleElement({
    format: 'iife',
    globalName: 'miawChat',
    define: { 'process.env.NODE_ENV': '"production"', 'import.meta.url': 'miawScriptUrl' },
    banner: { js: `{const miawScriptUrl=${scriptUrl};` },
    footer: { js: '}' },
  })
  return code.replaceAll(/import\(("\.\/[^"]+")\)/g, 'import(new URL($1,miawScriptUrl))')
}

/** Bundles the widget's style sheet. */
export const bundleStyle = () => bundle('client/widget/style/widget.css')
