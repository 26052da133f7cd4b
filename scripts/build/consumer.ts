/** Measures what a page grows by that imports an entry of the package, and bundles it with Vite. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'
import { root } from './bundle.js'
import { packageFiles } from './package.js'
import { type Entry, gzippedSize } from './weigh.js'
import { writeFiles } from './write.js'

const react = `import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
const show = (part) => createRoot(document.body).render(createElement(part))
`
const client = `import { createChat } from 'miaw-gateway/client'
globalThis.chat = createChat({ baseUrl: '/' })
`

/** Holds the code of a page with an entry, and of the same page without it. */
type Pages = { name: Exclude<Entry, 'element'>; before: string; after: string }

/** Lists the pages that are compared: each entry as its first users import it. */
export const pages: readonly Pages[] = [
  { name: 'client', before: 'globalThis.chat = {}', after: client },
  {
    name: 'tabs',
    before: client,
    after: `${client}import { tabs } from 'miaw-gateway/client/tabs'\nglobalThis.tabs = tabs`,
  },
  {
    name: 'upload',
    before: client,
    after: `${client}import { upload } from 'miaw-gateway/client/upload'\nglobalThis.up = upload`,
  },
  {
    name: 'useChat',
    before: `${react}show(() => 'x')`,
    after: `${react}import { useChat } from 'miaw-gateway/react'
show(() => useChat({ baseUrl: '/' }).connection)`,
  },
  {
    name: 'ChatWidget',
    before: `${react}show(() => 'x')`,
    after: `${react}import { ChatWidget } from 'miaw-gateway/react'
show(() => createElement(ChatWidget, { chat: { baseUrl: '/' } }))`,
  },
  {
    name: 'language',
    before: 'globalThis.texts = {}',
    after: `import { japanese } from 'miaw-gateway/texts'\nglobalThis.texts = japanese`,
  },
]

/** Bundles a page as `vite build` does, and returns the size of what it loads at first. */
async function sizeOf(folder: string, name: string, code: string): Promise<number> {
  writeFiles(folder, { [name]: code })
  const result = await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: { write: false, rolldownOptions: { input: join(folder, name) } },
  })
  if (!('output' in result)) throw new TypeError('Vite made more or less than one bundle')
  const chunks = result.output.filter((file) => file.type === 'chunk')
  const [entry] = chunks
  const first = chunks.filter(
    ({ fileName }) => fileName === entry?.fileName || entry?.imports.includes(fileName),
  )
  return first.reduce((sum, chunk) => sum + gzippedSize(chunk.code), 0)
}

/** Measures the growth of a page by each entry of the package, in bytes. */
export async function measureGrowth(): Promise<{ name: Pages['name']; bytes: number }[]> {
  mkdirSync(join(root, '.cache'), { recursive: true })
  const folder = mkdtempSync(join(root, '.cache/consumer-'))
  try {
    const modules = join(folder, 'node_modules')
    writeFiles(join(modules, 'miaw-gateway'), await packageFiles())
    for (const name of ['react', 'react-dom', 'scheduler'])
      symlinkSync(join(root, 'node_modules', name), join(modules, name))
    // Several pages are the same before, or after: each is bundled once.
    const sizes = new Map<string, number>()
    for (const code of new Set(pages.flatMap(({ before, after }) => [before, after])))
      sizes.set(code, await sizeOf(folder, `page-${sizes.size}.js`, code))
    const of = (code: string) => sizes.get(code) ?? Number.NaN
    return pages.map(({ name, before, after }) => ({ name, bytes: of(after) - of(before) }))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
