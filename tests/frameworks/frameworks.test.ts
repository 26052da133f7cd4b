/** Tests the examples in frameworks that take minutes to install: `npm run test:frameworks`. */
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { installExample, removePackage, runTool, textOf } from './install.js'
import { testNext } from './next.js'

afterAll(removePackage)

testNext('next-15', [[], ['--turbopack']])

it('SvelteKit builds the example, and its HTML has the tag', async () => {
  const folder = await installExample('sveltekit', 'sveltekit')
  await runTool(folder, 'vite', 'build')
  expect(textOf(join(folder, 'build'))).toContain('<miaw-chat base-url="http://127.0.0.1:3000"')
})

it('Nuxt builds the example, and its server renders the tag', async () => {
  const folder = await installExample('nuxt', 'nuxt')
  await runTool(folder, 'nuxt', 'build')
  expect(textOf(join(folder, '.output/public'))).toContain('attachShadow')
  expect(textOf(join(folder, '.output/server/chunks/build'))).toContain('miaw-chat')
})

it('Angular builds the example', async () => {
  const folder = await installExample('angular', 'angular')
  await runTool(folder, 'ng', 'build')
  expect(textOf(join(folder, 'dist/chat/browser'))).toContain('attachShadow')
})
