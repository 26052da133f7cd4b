import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { measureGrowth } from '../../scripts/build/consumer.js'
import { bundleElement } from '../../scripts/build/entries.js'
import { packageFiles } from '../../scripts/build/package.js'
import { gzippedSize, weigh } from '../../scripts/build/weigh.js'

const growth = await measureGrowth()
const { code, parts } = await bundleElement()
const files = await packageFiles()

it.each([...growth, { name: 'element' as const, bytes: gzippedSize(code) }])(
  '$name weighs at most its budget, minified and gzipped',
  ({ name, bytes }) => {
    expect(bytes).toBeGreaterThan(0)
    expect(() => weigh(name, bytes)).not.toThrow()
  },
)

/** Returns the module names that built code imports. */
const importsOf = (built: string) =>
  [...built.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']/g)].map(([, name = '']) => name)

it('the core imports nothing from outside', () => {
  for (const name of readdirSync('client/core').filter((file) => file.endsWith('.ts'))) {
    const source = readFileSync(join('client/core', name), 'utf8')
    expect(source, name).not.toMatch(/from '(?!\.\/)/)
  }
})

describe('/miaw-chat.js', () => {
  it('imports nothing but its parts, each when it is needed', () => {
    expect(code).not.toMatch(/\b(from|import|require)\b *["'{]/)
    expect(importsOf(code).sort()).toEqual(
      Object.keys(parts)
        .map((name) => `./${name}`)
        .sort(),
    )
  })

  it('has a part for each language but English, and one for Markdown; none imports another', () => {
    const names = Object.keys(parts).map((name) => name.replace(/-[0-9a-f]{8}\.js$/, ''))
    const expected = ['de', 'es', 'ja', 'markdown-reader'].map((name) => `miaw-chat/${name}`)
    expect(names.sort()).toEqual(expected)
    for (const part of Object.values(parts)) expect(importsOf(part)).toEqual([])
  })
})

describe('the package', () => {
  const modules = Object.entries(files).filter(([name]) => name.endsWith('.js'))

  it('imports its own files and React, and nothing else', () => {
    for (const [name, text] of modules) {
      for (const imported of importsOf(text ?? '')) {
        const isOwn = join(name, '..', imported) in files
        expect(isOwn || ['react', 'react/jsx-runtime'].includes(imported), imported).toBe(true)
      }
    }
  })

  it('has an element that leaves the core, the languages and Markdown to the other modules', () => {
    const element = files['client/element/index.js'] ?? ''
    expect(importsOf(element)).toEqual(
      expect.arrayContaining(['../core/index.js', '../core/tabs.js', '../widget/texts/de.js']),
    )
    expect(importsOf(element).filter((name) => !/^\.\.\/(core|widget)\//.test(name))).toEqual([])
    expect(element.length).toBeLessThan(code.length)
  })

  it('marks React’s entry for the client, names all that it exports there, and marks no other module', () => {
    const marked = modules.filter(([, text]) => /["']use client["']/.test(text ?? ''))
    expect(marked.map(([name]) => name)).toEqual(['client/react/index.js'])
    expect(files['client/react/index.js']).toMatch(/^["']use client["']/)
    expect(files['client/react/index.js']).not.toMatch(/export \*/)
  })
})
