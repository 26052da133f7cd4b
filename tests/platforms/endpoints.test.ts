import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { endpoints } from '../../platforms/endpoints.js'
import {
  endpointFiles,
  endpointListText,
  endpointListUrl,
  functionNames,
  pathOf,
  sharedFunctionText,
  sharedFunctionUrl,
} from '../../scripts/endpoints/list.js'

it('the registry of endpoints is the generated one: `npm run openapi` writes it', () => {
  expect(readFileSync(endpointListUrl, 'utf8')).toBe(endpointListText())
})

it('the function that endpoints share is the generated one: `npm run openapi` writes it', () => {
  expect(readFileSync(sharedFunctionUrl, 'utf8')).toBe(sharedFunctionText())
})

it('the five endpoints of a chat are functions of their own, of at most 8 in all', () => {
  const chat = ['auth', 'end', 'poll', 'send', 'start']
  expect(functionNames()).toEqual(expect.arrayContaining(chat))
  expect(functionNames().length).toBeLessThanOrEqual(8)
})

const files = ['poll.ts', '_health.ts', '.hidden.ts', 'types.d.ts', 'other.ts', 'notes.md']

it('a file of api/ whose name starts with _ or . is no function, as on Vercel', () => {
  expect(functionNames(files)).toEqual(['other', 'poll'])
})

it('a file of api/ whose name starts with _ is an endpoint, the shared function is none', () => {
  expect(endpointFiles(files)).toEqual([
    { name: 'health', file: '_health' },
    { name: 'poll', file: 'poll' },
  ])
})

it.each(endpointFiles())('api/$file is registered under its path', async ({ name, file }) => {
  const { default: endpoint } = await import(`../../api/${file}.ts`)
  expect(endpoints.get(pathOf(name))).toBe(endpoint)
})
