import { randomBytes } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Script } from 'node:vm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildPage } from '../../scripts/build/page.js'
import { budgets, gzippedSize, weigh } from '../../scripts/build/weigh.js'

const page = ['demo.css', 'demo.js', 'index.html']
const element = [
  ...['miaw-chat', 'miaw-chat-HASH.classic.js', 'miaw-chat-HASH.js'],
  ...['miaw-chat.classic.js', 'miaw-chat.js'],
]
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'page-'))
  writeFileSync(join(folder, 'docs.html'), 'kept')
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Lists the names of a folder's files, without the hashes in them. */
const filesIn = (path: string) =>
  readdirSync(path)
    .map((name) => name.replace(/-[0-9a-f]{8}\./, '-HASH.'))
    .sort()

const read = (name: string) => readFileSync(join(folder, name), 'utf8')

describe('the build of the pages', () => {
  it('puts the element and the demo page beside what is there', async () => {
    await buildPage(folder, {})
    expect(filesIn(folder)).toEqual([...page, ...element, 'docs.html'].sort())
    expect(read('docs.html')).toBe('kept')
  })

  it('makes a page whose every file is there, and that loads the element as others do', async () => {
    await buildPage(folder, {})
    const named = [
      ...read('index.html').matchAll(/(?:src|href)="(?!data:|https?:|#|\/)([\w.-]+)"/g),
    ]
    expect(named.map(([, name]) => name)).toEqual(expect.arrayContaining(['demo.css', 'demo.js']))
    for (const [, name = ''] of named) expect(readdirSync(folder)).toContain(name)
    expect(read('demo.js')).toContain('"./miaw-chat.js"')
    expect(read('demo.js')).not.toContain('attachShadow')
  })

  it('keeps to a strict policy: no script or style within the HTML', async () => {
    await buildPage(folder, {})
    expect(read('index.html')).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/)
    expect(read('miaw-chat.js')).not.toMatch(/\beval\(|new Function\(/)
  })

  it('leaves the demo page out, and takes an earlier one away, when DEMO_PAGE is false', async () => {
    await buildPage(folder, {})
    await buildPage(folder, { DEMO_PAGE: 'false' })
    expect(filesIn(folder)).toEqual(['docs.html', ...element].sort())
  })

  it('has every part that the element names, and no more those of the build before', async () => {
    mkdirSync(join(folder, 'miaw-chat'))
    writeFileSync(join(folder, 'miaw-chat/de-00000000.js'), 'of the build before')
    await buildPage(folder, {})
    const named = [...read('miaw-chat.js').matchAll(/import\("\.\/miaw-chat\/([^"]+)"\)/g)]
    expect(named.length).toBeGreaterThan(1)
    const parts = readdirSync(join(folder, 'miaw-chat'))
    expect(parts.sort()).toEqual(named.map(([, name]) => name).sort())
  })

  it('has the same script under a short address and under one of its content, and no older one', async () => {
    writeFileSync(join(folder, 'miaw-chat-00000000.js'), 'of the build before')
    await buildPage(folder, {})
    expect(filesIn(folder)).toEqual(expect.arrayContaining(element))
    for (const name of readdirSync(folder).filter((each) => each.startsWith('miaw-chat-')))
      expect(read(name)).toBe(read(name.replace(/-[0-9a-f]{8}/, '')))
  })

  it('makes a classic script that is no module and sets one global', async () => {
    await buildPage(folder, {})
    const code = read('miaw-chat.classic.js')
    expect(code).not.toMatch(/import\.meta|\bexport\b/)
    expect(() => new Script(code)).not.toThrow()
  })

  it('leaves a file alone that is as it was', async () => {
    await buildPage(folder, {})
    const built = [
      'miaw-chat.js',
      join('miaw-chat', readdirSync(join(folder, 'miaw-chat'))[0] ?? ''),
    ]
    const writtenAt = () => built.map((name) => statSync(join(folder, name)).mtimeMs)
    const before = writtenAt()
    await buildPage(folder, {})
    expect(writtenAt()).toEqual(before)
  })
})

it('fails when an entry is too heavy', () => {
  const noise = randomBytes(budgets.tabs).toString('latin1')
  expect(() => weigh('tabs', gzippedSize(noise))).toThrow(/^tabs weighs \d+ bytes of 900$/)
})
