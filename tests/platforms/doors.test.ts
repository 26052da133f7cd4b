import { readdirSync } from 'node:fs'
import { parse } from 'node:path'
import { expect, it } from 'vitest'
import { doors } from '../../platforms/doors.js'

const names = readdirSync('api').map((file) => parse(file).name)

it('the list of doors is what lies in api/', () => {
  expect([...doors.keys()].sort()).toEqual(names.map((name) => `/api/${name}`).sort())
})

it.each(names)('%s stands under its own name', async (name) => {
  const { default: door } = await import(`../../api/${name}.ts`)
  expect(doors.get(`/api/${name}`)).toBe(door.fetch)
})
