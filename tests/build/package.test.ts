/**
 * Tests the npm package as a consumer gets it: packed, unpacked, imported by Node and read by the
 * compiler.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
  repository: z.object({ url: z.string() }),
  keywords: z.array(z.string()),
  engines: z.object({ node: z.string() }),
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
  for (const name of [
    'react',
    'react-dom',
    'scheduler',
    'preact',
    'vue',
    '@vue',
    'csstype',
    '@types',
  ]) {
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
  expect(named.length).toBe(22)
  for (const [, path = ''] of named) expect(files).toContain(path)
  expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md']))
})

it('says where it comes from, what it is about and what it runs on', () => {
  const manifest = manifestSchema.parse(
    JSON.parse(readFileSync(join(modules, 'miaw-gateway/package.json'), 'utf8')),
  )
  const ours = manifestSchema.partial().parse(JSON.parse(readFileSync('package.json', 'utf8')))
  for (const name of ['version', 'license', 'homepage', 'bugs', 'repository'] as const)
    expect(manifest[name], name).toEqual(ours[name])
  expect(manifest.keywords).toEqual(expect.arrayContaining(['salesforce', 'react']))
  expect(manifest.engines.node).toMatch(/^>=\d/)
})

it('has a README whose links lead to files of the project, from any place', () => {
  const readme = readFileSync(join(modules, 'miaw-gateway/README.md'), 'utf8')
  const links = [...readme.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
  const home = 'https://github.com/miaw-gateway/miaw-gateway'
  expect(links.length).toBeGreaterThan(5)
  expect(links.filter((link) => !link.startsWith('https://'))).toEqual([])
  for (const link of links.filter((each) => each.startsWith(`${home}/`))) {
    const [, path = ''] = /\/(?:blob|tree)\/main\/([^#]+)/.exec(link) ?? []
    expect(path !== '' && existsSync(path), link).toBe(true)
  }
  expect(readme).toContain('ESM only')
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

it('renders a page in its language on a server, with the texts of an entry', () => {
  const html = runAsConsumer(`
    import { ChatWidget } from 'miaw-gateway/react'
    import { german } from 'miaw-gateway/texts/de'
    import { createElement } from 'react'
    import { renderToString } from 'react-dom/server'
    const texts = { ...german, title: 'Hafenbüro' }
    const chat = { baseUrl: 'https://chat.example' }
    console.log(renderToString(createElement(ChatWidget, { chat, texts, language: 'de' })))`)
  expect(html).toContain('lang="de"')
  expect(html).toContain('Hafenbüro')
  expect(html).toContain('Chat öffnen')
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

const react = `import { type Chat, createChat } from 'miaw-gateway/client'
import { tabs } from 'miaw-gateway/client/tabs'
import { upload } from 'miaw-gateway/client/upload'
import 'miaw-gateway/element'
import { ChatWidget, useChat } from 'miaw-gateway/react'
import 'miaw-gateway/react.css'
import { english } from 'miaw-gateway/texts'
import { german } from 'miaw-gateway/texts/de'
export const chat: Chat = createChat({ baseUrl: '', tabs })
export const texts = { ...german, title: english.title }
export const widget = <ChatWidget chat={chat} layout="inline" texts={texts} />
export const own = () => <p>{useChat(chat).connection}{typeof upload}</p>
const element = document.createElement('miaw-chat')
element.chat = chat
element.open()
export const tag = <miaw-chat base-url="" open onmiaw-message={({ detail }) => detail.text} />
// @ts-expect-error: the address is missing
createChat({})
// @ts-expect-error: there is no such layout
export const wrongTag = <miaw-chat layout="nowhere" />
`

const preact = `/** @jsxImportSource preact */
import 'miaw-gateway/element'
export const tag = <miaw-chat base-url="" open onmiaw-message={({ detail }) => detail.text} />
// @ts-expect-error: there is no such layout
export const wrongTag = <miaw-chat layout="nowhere" />
`

const vue = `import 'miaw-gateway/element'
import type { GlobalComponents } from 'vue'
type Tag = InstanceType<GlobalComponents['miaw-chat']>['$props']
export const tag: Tag = { 'base-url': '', onMiawMessage: ({ detail }) => detail.text }
// @ts-expect-error: there is no such layout
export const wrongTag: Tag = { layout: 'nowhere' }
`

const plain = `import { createChat } from 'miaw-gateway/client'
import 'miaw-gateway/element'
import 'miaw-gateway/react.css'
document.createElement('miaw-chat').chat = createChat({ baseUrl: '' })
`

/** Compiles a file of a consumer, and returns what the compiler reports. */
function compile(name: string, code: string, options: object): string {
  writeFileSync(join(consumer, name), code)
  writeFileSync(join(consumer, 'package.json'), '{"type":"module"}')
  const compilerOptions = {
    ...{ target: 'es2022', jsx: 'react-jsx', strict: true, noEmit: true, types: [] },
    ...{ lib: ['es2023', 'dom', 'dom.iterable'], noUncheckedSideEffectImports: true },
    ...options,
  }
  writeFileSync(join(consumer, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [name] }))
  const tsc = resolve('node_modules/typescript/bin/tsc')
  const { stdout } = spawnSync(process.execPath, [tsc], { cwd: consumer, encoding: 'utf8' })
  return stdout
}

describe('the types', () => {
  it.each([
    ['nodenext', { module: 'nodenext' }],
    ['bundler', { module: 'esnext', moduleResolution: 'bundler' }],
    ['node10', { module: 'esnext', moduleResolution: 'node10' }],
  ])('of every entry are found by moduleResolution %s', (_, options) => {
    expect(compile('react.tsx', react, { skipLibCheck: true, ...options })).toBe('')
  })

  it.each([
    ['preact.tsx', preact],
    ['vue.ts', vue],
  ])('know the tag in %s', (name, code) => {
    expect(compile(name, code, { module: 'nodenext', skipLibCheck: true })).toBe('')
  })

  it('need no framework, and no check of libraries left out', () => {
    for (const name of ['react', 'react-dom', 'preact', 'vue', '@vue', '@types'])
      unlinkSync(join(modules, name))
    expect(compile('plain.ts', plain, { module: 'nodenext', skipLibCheck: false })).toBe('')
  })
})
