import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { endpoints } from '../../platforms/endpoints.js'
import { endpointListText, endpointListUrl, endpointNames } from '../../scripts/endpoints/list.js'

it('the registry of endpoints is the generated one: `npm run openapi` writes it', () => {
  expect(readFileSync(endpointListUrl, 'utf8')).toBe(endpointListText())
})

it('a file of api/ whose name starts with _ or . is no endpoint, as on Vercel', () => {
  const files = ['poll.ts', '_helper.ts', '.hidden.ts', 'types.d.ts', 'not-found.ts', 'notes.md']
  expect(endpointNames(files)).toEqual(['not-found', 'poll'])
})

it.each(endpointNames())('api/%s is registered under its path', async (name) => {
  const { default: endpoint } = await import(`../../api/${name}.ts`)
  expect(endpoints.get(`/api/${name}`)).toBe(endpoint)
})
