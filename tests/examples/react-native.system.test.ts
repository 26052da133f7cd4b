import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as z from 'zod'
import { type Gateway, startGateway } from '../e2e/gateway.js'
import { blocksOf } from './readme.js'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'react-native-'))
const phone = resolve('tests/examples/phone')
const story = z.object({
  connections: z.array(z.string()),
  texts: z.array(z.string()),
  screen: z.string(),
  isReadInBackground: z.boolean(),
  kept: z.array(z.string()),
})

let gateway: Gateway
beforeAll(async () => {
  gateway = await startGateway({ publicFiles: 'public' })
})
afterAll(async () => {
  await gateway.close()
  rmSync(folder, { recursive: true })
})

/** Writes the notes' files under the names in their first lines. */
function writeApp(): string[] {
  const blocks = [...blocksOf('react-native', 'js'), ...blocksOf('react-native', 'jsx')]
  return blocks.map((code) => {
    const name = /^\/\/ (\S+)/.exec(code)?.[1] ?? ''
    writeFileSync(join(folder, name), code)
    return name
  })
}

/** Bundles the notes and a visitor into one file, with stand-ins for a phone's modules. */
function bundleStory(outfile: string) {
  return build({
    entryPoints: [join(phone, 'scenario.jsx')],
    outfile,
    ...{ bundle: true, platform: 'node', format: 'esm', jsx: 'automatic', target: 'es2022' },
    define: { 'process.env.NODE_ENV': '"production"' },
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire('/')",
    },
    alias: {
      'the-app': folder,
      'miaw-gateway/client': resolve('client/core/index.ts'),
      'miaw-gateway/client/upload': resolve('client/core/upload.ts'),
      '@react-native-async-storage/async-storage': join(phone, 'async-storage.js'),
      '@react-native-community/netinfo': join(phone, 'net-info.js'),
      'expo-crypto': join(phone, 'expo-crypto.js'),
      'react-native': join(phone, 'react-native.jsx'),
    },
    nodePaths: [resolve('node_modules')],
  })
}

it('is code that chats on a phone: off line, in the background, with a file, and again', async () => {
  expect(writeApp()).toContain('polyfills.js')
  writeFileSync(join(folder, 'note.txt'), 'Berth 14 is free.')
  await bundleStory(join(folder, 'story.mjs'))
  const { stdout } = await run(process.execPath, [join(folder, 'story.mjs')], {
    env: {
      PATH: process.env.PATH,
      EXPO_PUBLIC_GATEWAY: gateway.origin,
      FILE: pathToFileURL(join(folder, 'note.txt')).href,
    },
  })
  const { connections, texts, screen, isReadInBackground, kept } = story.parse(JSON.parse(stdout))
  expect(connections.slice(0, 4)).toEqual(['connecting', 'online', 'offline', 'online'])
  expect(texts.filter((text) => text === 'Hello from a phone')).toHaveLength(1)
  expect(texts.filter((text) => text === 'note.txt')).toHaveLength(1)
  expect(screen).toContain('<button type="button"><span>Rotterdam</span></button>')
  expect(isReadInBackground).toBe(false)
  expect(kept).toEqual(expect.arrayContaining([`miaw ${gateway.origin} tokens`]))
})

/** Lists globals of a browser; the notes say which of them React Native has. */
const platform = [
  ...['fetch', 'AbortController', 'throwIfAborted', 'URLSearchParams', 'randomUUID', 'atob'],
  ...['queueMicrotask', 'FormData', 'Headers', 'Response', 'XMLHttpRequest', 'localStorage'],
  ...['document', 'navigator', 'BroadcastChannel', 'addEventListener', 'TextEncoder', 'btoa'],
  ...['structuredClone', 'FileReader', 'getRandomValues', 'subtle', 'WebSocket', 'EventSource'],
  ...['performance', 'requestIdleCallback', 'sessionStorage', 'AbortSignal', 'DOMException'],
]

it('names all that the client uses of its platform, and nothing else', async () => {
  const { outputFiles } = await build({
    entryPoints: ['client/core/index.ts', 'client/core/upload.ts'],
    ...{ bundle: true, minify: true, write: false, format: 'esm', outdir: folder },
  })
  const code = outputFiles.map(({ text }) => text).join('\n')
  const used = platform.filter((name) => new RegExp(`\\b${name}\\b`).test(code))
  const [table = ''] =
    readFileSync('examples/react-native/README.md', 'utf8').match(/^\|.*\|$/gms) ?? []
  const named = platform.filter((name) => new RegExp(`\\b${name}\\b`).test(table))
  expect(named).toEqual(used)
})
