import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildPackage } from '../../scripts/build/package.js'
import { hasBrowser } from '../e2e/browser.js'
import { usePlace } from '../e2e/place.js'
import { copyExample } from './package.js'
import { holdTalk, troublesOf } from './talk.js'
import { askInDevelopment, buildPages, checkTypes } from './vite.js'

const packages = ['react', 'react-dom', 'vite', '@types/react', '@types/react-dom']

describe.skipIf(!hasBrowser())('the example in React, with the package as it is published', () => {
  const example = copyExample('react-vite')
  beforeAll(async () => {
    for (const name of packages) example.install(name)
    await buildPackage(join(example.folder, 'node_modules/miaw-gateway'))
    await buildPages(example.folder)
  })
  afterAll(() => example.remove())
  const place = usePlace({ publicFiles: join(example.folder, 'dist') })

  it('is typed as its compiler wants it', () => checkTypes(example.folder))

  it('chats with a face of its own', async () => {
    await holdTalk(await place.open({}, '/own'))
  })

  it('shows the widget, where a quick reply is answered', async () => {
    const { page, watch } = await place.open()
    const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
    const list = page.getByLabel('Messages', { exact: true })
    await press('Open chat')
    await press('Start chat')
    await list.getByText('How can I help you?').waitFor()
    await page.getByLabel('Your message').fill('quick')
    await page.getByLabel('Your message').press('Enter')
    await press('Busan')
    await list.getByText('You chose “Busan”.').waitFor()
    expect(troublesOf(watch)).toEqual([])
  })

  it('is of the gateway’s origin while somebody works on it', async () => {
    expect(await askInDevelopment(example.folder, place.origin())).toBe(200)
  })
})
