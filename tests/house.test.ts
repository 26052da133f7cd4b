/** Rules about the source that neither the compiler, Biome nor `.dependency-cruiser.mjs` can check. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, it } from 'vitest'

function sourcesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name))
}

const deployed = ['api', 'lib', 'platforms'].flatMap(sourcesUnder)

it.each(deployed)('%s does not mention the sandbox or its switches', (file) => {
  expect(readFileSync(file, 'utf8')).not.toMatch(/sandbox/i)
})

const readers = ['services.ts', 'node.ts']

it.each(deployed.filter((file) => !readers.includes(basename(file))))(
  '%s does not read process.env',
  (file) => {
    const code = readFileSync(file, 'utf8').replace(/\/\*\*[\s\S]*?\*\//g, '')
    expect(code).not.toMatch(/process\.env/)
  },
)

it('api/ holds endpoints only, at most the 12 functions of Vercel’s Hobby plan', () => {
  for (const file of sourcesUnder('api')) {
    expect(readFileSync(file, 'utf8'), file).toMatch(/export default endpoint\(/)
  }
  expect(sourcesUnder('api').length).toBeLessThanOrEqual(12)
})

it.each(sourcesUnder('client'))('%s makes no HTML of text', (file) => {
  const code = readFileSync(file, 'utf8')
  expect(code).not.toMatch(
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|srcdoc/i,
  )
})

const styles = readdirSync('client/widget/style').map((name) => join('client/widget/style', name))

it.each(styles)('%s names no left or right, so that it mirrors from right to left', (file) => {
  const css = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
  const sided =
    /(?:^|[{;])\s*(?:(?:margin|padding|border)-)?(?:left|right)\b[^;]*:|(?:text-align|float):\s*(?:left|right)/gm
  expect(css.match(sided) ?? []).toEqual([])
})

const sources = ['api', 'client', 'lib', 'platforms', 'sandbox'].flatMap(sourcesUnder)

/** The first word of every docblock of a file, with its line. */
function docblocksOf(file: string): { place: string; firstWord: string }[] {
  const code = readFileSync(file, 'utf8')
  return [...code.matchAll(/\/\*\*[\s*]*([\p{L}’'-]+)/gu)].map(({ 1: firstWord = '', index }) => ({
    place: `${file}:${code.slice(0, index).split('\n').length}`,
    firstWord,
  }))
}

/** A docblock that begins with one of these names a thing instead of saying what it does. */
const fragmentStarts = ['What', 'Whether', 'Of', 'Where', 'How', 'Who', 'Whose', 'Whom', 'Whatever']

it('fewer than 2 % of docblocks begin as fragments: What, Whether, Of, Where, How, Who', () => {
  const docblocks = sources.flatMap(docblocksOf)
  const fragments = docblocks.filter(({ firstWord }) => fragmentStarts.includes(firstWord))
  expect(docblocks.length).toBeGreaterThan(500)
  expect(
    fragments.length / docblocks.length,
    fragments.map(({ place }) => place).join('\n'),
  ).toBeLessThan(0.02)
})
