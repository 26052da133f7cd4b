/** Tests that the words and switches of the local Salesforce are as `docs/sandbox.md` lists them. */
import { expect, it } from 'vitest'
import { words } from '../../client/demo/bot-words.js'
import { defaultSwitches } from '../../sandbox/salesforce/switches.js'
import { codesIn, readTable } from '../support/doc-tables.js'

const namesIn = (heading: string) =>
  readTable('docs/sandbox.md', heading).flatMap(([cell]) => codesIn(cell))

it('docs/sandbox.md lists every word of the bot, and no other', () => {
  const known = Object.values(words).join(' ').split(' ')
  expect(namesIn('Words').sort()).toEqual(known.sort())
})

it('docs/sandbox.md lists every switch, and no other', () => {
  const names = Object.entries(defaultSwitches()).flatMap(([name, value]) =>
    name === 'limits' || name === 'stream'
      ? Object.keys(value ?? {}).map((inner) => `${name}.${inner}`)
      : [name],
  )
  expect(namesIn('Switches').sort()).toEqual(names.sort())
})
