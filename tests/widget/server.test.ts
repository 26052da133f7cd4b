/** Checks that React renders the widget on a server without a warning, in every version supported. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { afterAll, afterEach, expect, it, vi } from 'vitest'
import * as z from 'zod'

const folder = mkdtempSync(join(tmpdir(), 'server-'))
afterEach(() => void vi.restoreAllMocks())
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Renders a chat, closed or open, to HTML. */
const script = `import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { ChatWidget } from ${JSON.stringify(resolve('client/widget/chat-widget.tsx'))}
const chat = { baseUrl: 'https://chat.example' }
export const html = ['launcher', 'inline'].map((layout) =>
  renderToString(createElement(ChatWidget, { chat, layout, language: 'en', defaultOpen: true })))`
const rendered = z.object({ html: z.array(z.string()) })

it.each([
  ['18', { react: 'react-18', 'react-dom': 'react-dom-18' }],
  ['19', {}],
])('React %s renders it on a server and warns of nothing', async (version, alias) => {
  const warn = vi.spyOn(console, 'error').mockImplementation(() => {})
  const { outputFiles = [] } = await build({
    stdin: { contents: script, resolveDir: resolve('.') },
    ...{ alias, bundle: true, write: false, platform: 'node', format: 'cjs', jsx: 'automatic' },
    define: { 'process.env.NODE_ENV': '"development"' },
  })
  const file = join(folder, `react-${version}.cjs`)
  writeFileSync(file, outputFiles[0]?.text ?? '')
  const { html } = rendered.parse(await import(file))
  for (const each of html) expect(each).toMatch(/class="miaw/)
  expect(warn.mock.calls).toEqual([])
})
