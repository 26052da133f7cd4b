/** Tests that the code of the page about the widget runs, and that the page leaves nothing out. */
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { build } from 'esbuild'
import type { ComponentType } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, it } from 'vitest'
import type { ChatWidgetProps } from '../../client/react/index.js'

const page = readFileSync('docs/widget.md', 'utf8')
const styles = 'client/widget/style'
const examples = [...page.matchAll(/```tsx\n([\s\S]*?)```/g)].map(([, code = '']) => code)

/** Exports of an example. */
async function run(code: string): Promise<ComponentType[]> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: '.', loader: 'tsx' },
    alias: {
      'miaw-gateway/react': './client/react/index.ts',
      'miaw-gateway/react.css': './client/widget/style/widget.css',
      'miaw-gateway/texts/de': './client/widget/texts/de.ts',
    },
    external: ['react', 'react/jsx-runtime'],
    ...{ bundle: true, format: 'cjs', write: false, jsx: 'automatic', outdir: '.' },
  })
  const script = outputFiles.find(({ path }) => path.endsWith('.js'))
  const module = { exports: {} }
  new Function('require', 'module', script?.text ?? '')(createRequire(import.meta.url), module)
  return Object.values(module.exports)
}

it('has examples that can be rendered', async () => {
  const texts = ['Chat with us', 'Ask', 'Chat with us', 'Hafenbüro']
  expect(examples).toHaveLength(texts.length)
  for (const [index, code] of examples.entries()) {
    const [Example] = await run(code)
    expect(Example && renderToStaticMarkup(<Example />)).toContain(texts[index])
  }
})

it('names every property', () => {
  const all: Record<keyof ChatWidgetProps, true> = {
    ...{ chat: true, layout: true, defaultOpen: true, open: true, onOpenChange: true },
    ...{
      startOptions: true,
      language: true,
      texts: true,
      theme: true,
      fallback: true,
      hideWhenClosed: true,
    },
  }
  for (const name of Object.keys(all)) expect(page).toContain(`\`${name}\``)
})

it('names the variables that the style sheets read, and no others', () => {
  const variables = (text: string) => new Set(text.match(/--miaw-[a-z-]+/g))
  const sheets = readdirSync(styles).map((name) => readFileSync(`${styles}/${name}`, 'utf8'))
  expect([...variables(page)].sort()).toEqual([...variables(sheets.join('\n'))].sort())
})
