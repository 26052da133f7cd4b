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

/** Returns the module names that built code imports. */
const importsOf = (code: string) =>
  [...code.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']/g)].map(([, name]) => name)

it('the core and the element import nothing from outside', () => {
  for (const code of [index, tabs, upload, whole]) {
    expect(code).not.toMatch(/\b(import|require)\b *[({"']/)
    expect(importsOf(code)).toEqual([])
  }
  for (const name of readdirSync('client/core').filter((file) => file.endsWith('.ts'))) {
    const code = readFileSync(join('client/core', name), 'utf8')
    expect(code, name).not.toMatch(/from '(?!\.\/)/)
  }
})

it('the packaged widget and element import the core instead of containing it', () => {
  const coreModules = ['./index.js', './tabs.js', './upload.js']
  expect(importsOf(react).sort()).toEqual(expect.arrayContaining(['./index.js', 'react']))
  for (const name of importsOf(react))
    expect([...coreModules, 'react', 'react/jsx-runtime']).toContain(name)
  expect(importsOf(element)).toContain('./index.js')
  for (const name of importsOf(element)) expect(coreModules).toContain(name)
  expect(element.length).toBeLessThan(whole.length)
})
