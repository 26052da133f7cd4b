import { readdirSync } from 'node:fs'
import { parse } from 'node:path'
import { expect, it } from 'vitest'
import { endpoints } from '../../platforms/endpoints.js'

const names = readdirSync('api').map((file) => parse(file).name)

it('the list of endpoints is what lies in api/', () => {
  expect([...endpoints.keys()].sort()).toEqual(names.map((name) => `/api/${name}`).sort())
})

it.each(names)('%s stands under its own name', async (name) => {
  const { default: endpoint } = await import(`../../api/${name}.ts`)
  expect(endpoints.get(`/api/${name}`)).toBe(endpoint.fetch)
})
