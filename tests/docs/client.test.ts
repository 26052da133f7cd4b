/** Tests that the code of the page about the client runs, and that the page leaves nothing out. */
import { readFileSync } from 'node:fs'
import { build } from 'esbuild'
import { afterEach, expect, it, vi } from 'vitest'
import { createChat } from '../../client/core/index.js'
import { emptySnapshot } from '../../client/core/snapshot.js'
import { budgets } from '../../scripts/build/weigh.js'
import { createGateway } from '../client/gateway.js'

const page = readFileSync('docs/client.md', 'utf8')
const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(page) ?? []

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

it('has an example of at most 20 lines of code that chats', async () => {
  expect(example.split('\n').filter((line) => line.trim()).length).toBeLessThanOrEqual(20)
  const bundle = await build({
    stdin: { contents: `${example}\nexport { chat }`, resolveDir: '.', loader: 'ts' },
    alias: {
      'miaw-gateway/client': './client/core/index.ts',
      'miaw-gateway/client/tabs': './client/core/tabs.ts',
    },
    ...{ bundle: true, format: 'esm', write: false },
  })
  const code = encodeURIComponent(bundle.outputFiles[0]?.text ?? '')
  const gateway = createGateway()
  vi.stubGlobal('fetch', gateway.fetch)
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  const { chat } = await import(`data:text/javascript,${code}`)
  const logged = () => log.mock.calls.map((call) => call.slice(1).join(' '))
  await vi.waitUntil(() => logged().includes('EndUser Where is my parcel? delivered'), 15_000)
  chat.close()
})

it('names all that a chat can do, all of a snapshot, and the budgets as they are', () => {
  const chat = createChat({ baseUrl: '' })
  const inner = ['sendContent', 'call']
  for (const name of [...Object.keys(chat), ...Object.keys(emptySnapshot)]) {
    if (!inner.includes(name)) expect(page, name).toContain(`\`${name}`.replace(/`on$/, '`on('))
  }
  for (const bytes of Object.values(budgets)) {
    expect(page).toContain(`| ${bytes.toLocaleString('en')} bytes |`)
  }
})
