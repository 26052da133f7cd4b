import { build } from 'esbuild'

/**
 * Versions of React that the widget supports (`react-18` is an alias in package.json), and Preact,
 * as in the element.
 */
export type ReactVersion = 18 | 19 | 'preact'

const aliases: Record<ReactVersion, Record<string, string>> = {
  18: { react: 'react-18', 'react-dom': 'react-dom-18' },
  19: {},
  preact: { react: 'preact/compat', 'react-dom': 'preact/compat' },
}

async function bundle(entry: string, alias: Record<string, string>): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    jsx: 'automatic',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"' },
    alias,
  })
  return outputFiles[0]?.text ?? ''
}

const frame = 'html, body, #root { height: 100%; margin: 0 }'

/**
 * Builds the page as HTML: an empty widget, and `stage` to change it. `scene`: the file of this
 * folder that is shown, by default the whole widget.
 */
export async function buildStage(version: ReactVersion = 19, scene = 'stage'): Promise<string> {
  const [code, style] = await Promise.all([
    bundle(`tests/widget/stage/${scene}.tsx`, aliases[version]),
    bundle('client/widget/style/widget.css', {}),
  ])
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Stage</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>${frame} ${style}</style><main id="root"></main>
<script>${code.replaceAll('</script', '<\\/script')}</script></html>`
}
