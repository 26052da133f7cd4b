import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { bundleElement } from '../../scripts/build/entries.js'
import { bundlePackage } from '../../scripts/build/package.js'
import { type Entry, weigh } from '../../scripts/build/weigh.js'

const { index, tabs, upload, react, element } = await bundlePackage()
const whole = await bundleElement()

it.each(Object.entries({ index, tabs, upload, react, element: whole }))(
  '%s weighs at most its budget, minified and gzipped',
  (name, code) => {
    expect(() => weigh(name as Entry, code)).not.toThrow()
  },
)

/** What built code imports. */
const importsOf = (code: string) =>
  [...code.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']/g)].map(([, name]) => name)

it('needs nothing but itself: the core and the element', () => {
  for (const code of [index, tabs, upload, whole]) {
    expect(code).not.toMatch(/\b(import|require)\b *[({"']/)
    expect(importsOf(code)).toEqual([])
  }
  for (const name of readdirSync('client/core').filter((file) => file.endsWith('.ts'))) {
    const code = readFileSync(join('client/core', name), 'utf8')
    expect(code, name).not.toMatch(/from '(?!\.\/)/)
  }
})

it('has the core once in the package: the widget and the element import it', () => {
  const own = ['./index.js', './tabs.js', './upload.js']
  expect(importsOf(react).sort()).toEqual(expect.arrayContaining(['./index.js', 'react']))
  for (const name of importsOf(react))
    expect([...own, 'react', 'react/jsx-runtime']).toContain(name)
  expect(importsOf(element)).toContain('./index.js')
  for (const name of importsOf(element)) expect(own).toContain(name)
  expect(element.length).toBeLessThan(whole.length)
})
