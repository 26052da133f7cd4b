import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'

const wanted = /\.css\?inline$/

/**
 * Resolves `import style from './widget.css?inline'` to the minified text of a style sheet and all
 * that it imports.
 */
export const inlineStyles: Plugin = {
  name: 'inline styles',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: wanted }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.replace('?inline', '')),
      namespace: 'inline-style',
    }))
    onLoad({ filter: /./, namespace: 'inline-style' }, async ({ path }) => {
      const sheet = await build({
        entryPoints: [path],
        bundle: true,
        minify: true,
        write: false,
        charset: 'utf8',
      })
      return { contents: sheet.outputFiles[0]?.text.trim() ?? '', loader: 'text' }
    })
  },
}
