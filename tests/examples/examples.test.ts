/**
 * Tests that all examples are listed, say how they are run, and require the versions they are
 * tested with.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import * as z from 'zod'
import { blocksOf } from './readme.js'

const manifest = z.object({
  version: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
})
const read = (path: string) => manifest.parse(JSON.parse(readFileSync(path, 'utf8')))
const examples = readdirSync('examples', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

it('are all listed, and nothing else is', () => {
  const listed = readFileSync('examples/README.md', 'utf8').matchAll(/^\| \[(.*?)\]\((.*?)\)/gm)
  const names = [...listed].map(([, title, folder]) => `${title} ${folder}`)
  expect(names.sort()).toEqual(examples.map((name) => `${name} ${name}`).sort())
})

it.each(examples)('%s says how it is run, and has links that lead somewhere', (example) => {
  expect(blocksOf(example, 'sh')).toHaveLength(1)
  const text = readFileSync(join('examples', example, 'README.md'), 'utf8')
  for (const [, path = ''] of text.matchAll(/\]\((?!http)([^)]+)\)/g)) {
    expect(existsSync(join('examples', example, path)), path).toBe(true)
  }
})

/** Returns the versions of a package that an example is built with: installed here, or locked. */
function testedVersions(example: string, name: string): string[] {
  const locks = readdirSync('tests/frameworks').filter((lock) =>
    new RegExp(`^${example}(-\\d+)?$`).test(lock),
  )
  if (locks.length === 0) return [read(join('node_modules', name, 'package.json')).version ?? '']
  return locks.flatMap((lock) => {
    const { dependencies, devDependencies } = read(`tests/frameworks/${lock}/package.json`)
    return { ...dependencies, ...devDependencies }[name] ?? []
  })
}

const packaged = examples.filter((name) => existsSync(join('examples', name, 'package.json')))

it.each(packaged)('%s depends on the major versions that it is tested with', (example) => {
  const { dependencies, devDependencies } = read(join('examples', example, 'package.json'))
  const { 'miaw-gateway': own, ...others } = { ...dependencies, ...devDependencies }
  expect(own).toBe('file:../../dist')
  for (const [name, range] of Object.entries(others)) {
    const majors = testedVersions(example, name).map((version) => version.split('.')[0])
    expect(majors, name).toContain(/^\^(\d+)\./.exec(range)?.[1])
  }
})
