/**
 * Tests the npm package as a consumer gets it: packed, unpacked, imported by Node and read by the
 * compiler.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as z from 'zod'
import { buildPackage } from '../../scripts/build/package.js'

const folder = mkdtempSync(join(tmpdir(), 'package-'))
const consumer = join(folder, 'consumer')
const modules = join(consumer, 'node_modules')
const manifestSchema = z.looseObject({
  name: z.string(),
  version: z.string(),
  private: z.boolean().optional(),
  dependencies: z.unknown().optional(),
  exports: z.record(z.string(), z.unknown()),
})
const packed = z.tuple([
  z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }),
])
let files: string[]

/** Runs code as a module of the consumer's, and gives what it prints. */
function runAsConsumer(code: string): string {
  writeFileSync(join(consumer, 'main.mjs'), code)
  return execFileSync(process.execPath, ['main.mjs'], { cwd: consumer, encoding: 'utf8' }).trim()
}

beforeAll(async () => {
  const dist = join(folder, 'dist')
  await buildPackage(dist)
  const args = ['pack', dist, '--json', '--pack-destination', folder]
  const [{ filename, files: listed }] = packed.parse(
    JSON.parse(execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' })),
  )
  files = listed.map(({ path }) => path)
  mkdirSync(join(modules, 'miaw-gateway'), { recursive: true })
  const target = join(modules, 'miaw-gateway')
  execFileSync('tar', ['-xzf', join(folder, filename), '-C', target, '--strip-components=1'])
  for (const name of ['react', 'react-dom', 'scheduler', '@types']) {
    symlinkSync(resolve('node_modules', name), join(modules, name))
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('holds every file that its exports name, its licence and how to use it', () => {
  const text = readFileSync(join(modules, 'miaw-gateway/package.json'), 'utf8')
  const manifest = manifestSchema.parse(JSON.parse(text))
  expect(manifest).toMatchObject({ name: 'miaw-gateway', type: 'module' })
  expect(manifest.private).toBeUndefined()
  expect(manifest.dependencies).toBeUndefined()
  const named = [...JSON.stringify(manifest.exports).matchAll(/"\.\/(client\/[^"]+\.[^"]+)"/g)]
  expect(named.length).toBe(11)
  for (const [, path = ''] of named) expect(files).toContain(path)
  expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md']))
})

it('brings nothing of the server’s, and no source', () => {
  expect(
    files.filter((path) => !/^(client\/|LICENSE$|README\.md$|package\.json$)/.test(path)),
  ).toEqual([])
  expect(files.filter((path) => /\.(ts|tsx)$/.test(path) && !path.endsWith('.d.ts'))).toEqual([])
})

it('can be imported by Node, where there is no browser', () => {
  const output = runAsConsumer(`
    import { createChat } from 'miaw-gateway/client'
    import { tabs } from 'miaw-gateway/client/tabs'
    import { upload } from 'miaw-gateway/client/upload'
    import { MiawChat, createChat as same } from 'miaw-gateway/element'
    const { connection } = createChat({ baseUrl: 'https://chat.example', tabs }).getSnapshot()
    console.log(connection, typeof upload, typeof MiawChat, same === createChat)`)
  expect(output).toBe('idle function function true')
})

it('renders the widget on a server, with the consumer’s React', () => {
  const html = runAsConsumer(`
    import { ChatWidget, createChat } from 'miaw-gateway/react'
    import { createElement } from 'react'
    import { renderToStaticMarkup } from 'react-dom/server'
    const chat = createChat({ baseUrl: 'https://chat.example' })
    console.log(renderToStaticMarkup(createElement(ChatWidget, { chat, layout: 'inline' })))`)
  expect(html).toMatch(/^<\w+ [^>]*class="miaw/)
})

it('is typed for a consumer’s compiler', () => {
  writeFileSync(
    join(consumer, 'main.tsx'),
    `import { type Chat, createChat } from 'miaw-gateway/client'
import { tabs } from 'miaw-gateway/client/tabs'
import 'miaw-gateway/element'
import { ChatWidget } from 'miaw-gateway/react'
export const chat: Chat = createChat({ baseUrl: '', tabs })
export const widget = <ChatWidget chat={chat} layout="inline" texts={{ title: 'Harbor' }} />
document.createElement('miaw-chat').chat = chat
// @ts-expect-error: the address is missing
createChat({})
`,
  )
  const compilerOptions = {
    ...{ module: 'nodenext', target: 'es2022', jsx: 'react-jsx', strict: true, noEmit: true },
    ...{ lib: ['es2022', 'dom', 'dom.iterable'], types: [], skipLibCheck: false },
  }
  writeFileSync(
    join(consumer, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['main.tsx'] }),
  )
  writeFileSync(join(consumer, 'package.json'), '{"type":"module"}')
  const tsc = resolve('node_modules/typescript/bin/tsc')
  expect(execFileSync(process.execPath, [tsc], { cwd: consumer, encoding: 'utf8' })).toBe('')
})
