/** Checks that the widget's styles suit the browsers of docs/widget.md, and no rem of a page. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { newerFeatures } from './fixtures/newer-features.js'

const folder = 'client/widget/style'
const sheets = [
  ...readdirSync(folder).map((name) => `${folder}/${name}`),
  'client/element/element.css',
]

/** Returns a style sheet without comments, `@supports` blocks, and lists in which browsers skip what they do not know. */
const bindingPart = (css: string): string =>
  css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^@supports[\s\S]*?^\}/gm, '')
    .replace(/:(?:is|where)\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)/g, '')

it.each(sheets)('%s relies on no feature that the oldest browsers lack', (sheet) => {
  const css = bindingPart(readFileSync(sheet, 'utf8'))
  expect(newerFeatures.filter((feature) => css.includes(feature))).toEqual([])
  expect(css).not.toMatch(/(?:^|[{};])\s*&/)
})

it.each(sheets)('%s measures in pixels: a rem is what the page says', (sheet) => {
  expect(readFileSync(sheet, 'utf8').match(/\d+r(?:em|lh|ch|ex|ic|cap)\b/g) ?? []).toEqual([])
})

it('the sheet for pages names no shadow host: bundlers refuse its selectors', () => {
  const sheetsOfPages = sheets.filter((sheet) => sheet.startsWith(folder))
  for (const sheet of sheetsOfPages) expect(readFileSync(sheet, 'utf8')).not.toContain(':host')
})
