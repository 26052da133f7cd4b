/** Tests the package in the tools of others that install quickly: part of `npm run test:all`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { pages } from '../../scripts/build/consumer.js'
import { gzippedSize, weigh } from '../../scripts/build/weigh.js'
import {
  builtPackage,
  install,
  installExample,
  removePackage,
  runIn,
  runTool,
  textOf,
} from './install.js'
import { testNext } from './next.js'

afterAll(removePackage)

describe('the package as published', () => {
  it('has nothing that publint reports', async () => {
    const folder = await install('checks')
    const output = await runTool(folder, 'publint', '--strict', await builtPackage())
    expect(output).toContain('All good!')
  })

  it('has types for every resolution, of an ESM-only package', async () => {
    const folder = await install('checks')
    const [file = ''] = (await runIn(folder, 'npm', ['pack', await builtPackage(), '--silent']))
      .trim()
      .split('\n')
    const output = await runTool(folder, 'attw', file, '--ignore-rules', 'cjs-resolves-to-esm')
    expect(output).toContain('No problems found')
  })

  it('is typed for TypeScript 7, which checks the import of the style sheet', async () => {
    const folder = await install('checks')
    writeFileSync(
      join(folder, 'main.ts'),
      `import { createChat } from 'miaw-gateway/client'
import 'miaw-gateway/element'
import 'miaw-gateway/react.css'
document.createElement('miaw-chat').chat = createChat({ baseUrl: '' })
`,
    )
    const compilerOptions = {
      ...{ module: 'nodenext', target: 'es2022', lib: ['es2023', 'dom'], types: [] },
      ...{ strict: true, noEmit: true },
    }
    const options = JSON.stringify({ compilerOptions, files: ['main.ts'] })
    writeFileSync(join(folder, 'tsconfig.json'), options)
    const compiler = join(folder, 'node_modules/typescript-7/bin/tsc')
    expect(await runIn(folder, process.execPath, [compiler])).toBe('')
  })
})

describe('webpack', () => {
  it('builds the example', async () => {
    const folder = await installExample('webpack', 'webpack')
    await runTool(folder, 'webpack')
    expect(textOf(join(folder, 'dist'))).toContain('attachShadow')
  })

  it('makes a page grow by no more than the budget of what it imports', async () => {
    const folder = await install('webpack')
    const variants = pages.flatMap(({ name, before, after }): [string, string][] => [
      [`${name}-before`, before],
      [`${name}-after`, after],
    ])
    for (const [name, code] of variants) writeFileSync(join(folder, `${name}.js`), code)
    const entry = Object.fromEntries(variants.map(([name]) => [name, `./${name}.js`]))
    writeFileSync(
      join(folder, 'webpack.config.js'),
      `export default ${JSON.stringify({ mode: 'production', entry })}`,
    )
    await runTool(folder, 'webpack')
    const sizeOf = (name: string) =>
      gzippedSize(readFileSync(join(folder, 'dist', `${name}.js`), 'utf8'))
    for (const { name } of pages) {
      const bytes = sizeOf(`${name}-after`) - sizeOf(`${name}-before`)
      expect(bytes, name).toBeGreaterThan(0)
      expect(() => weigh(name, bytes)).not.toThrow()
    }
  })
})

testNext('next-16', [['--webpack'], ['--turbopack']])
