import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildPackage } from '../../scripts/build/package.js'
import { hasBrowser, launchBrowser, openWatchedPage } from '../e2e/browser.js'
import { type Gateway, startGateway } from '../e2e/gateway.js'
import { copyExample } from './package.js'
import { holdTalk, troublesOf } from './talk.js'
import { askInDevelopment, buildPages, checkTypes } from './vite.js'

const packages = ['react', 'react-dom', 'vite', '@types/react', '@types/react-dom']

describe.skipIf(!hasBrowser())('the example in React, with the package as it is published', () => {
  const example = copyExample('react-vite')
  let gateway: Gateway
  let browser: Browser

  beforeAll(async () => {
    for (const name of packages) example.install(name)
    await buildPackage(join(example.folder, 'node_modules/miaw-gateway'))
    await buildPages(example.folder)
    gateway = await startGateway({ publicFiles: join(example.folder, 'dist') })
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await gateway?.close()
    example.remove()
  })

  it('is typed as its compiler wants it', () => checkTypes(example.folder))

  it('chats with a face of its own', async () => {
    await holdTalk(await browser.newContext(), `${gateway.origin}/own`)
  })

  it('shows the widget, where a quick reply is answered', async () => {
    const { page, watch } = await openWatchedPage(await browser.newContext(), gateway.origin)
    const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
    const list = page.getByLabel('Messages', { exact: true })
    await page.goto(gateway.origin)
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
    expect(await askInDevelopment(example.folder, gateway.origin)).toBe(200)
  })
})
