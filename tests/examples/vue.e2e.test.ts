import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasBrowser, launchBrowser } from '../e2e/browser.js'
import { type Gateway, startGateway } from '../e2e/gateway.js'
import { copyExample, packCore } from './package.js'
import { holdTalk } from './talk.js'
import { askInDevelopment, buildPages } from './vite.js'

describe.skipIf(!hasBrowser())('the example in Vue', () => {
  const example = copyExample('vue')
  let gateway: Gateway
  let browser: Browser

  beforeAll(async () => {
    for (const name of ['vue', 'vite', '@vitejs/plugin-vue']) example.install(name)
    await packCore(join(example.folder, 'node_modules/miaw-gateway'))
    await buildPages(example.folder)
    gateway = await startGateway({ publicFiles: join(example.folder, 'dist') })
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await gateway?.close()
    example.remove()
  })

  it('is built, and chats', async () => {
    await holdTalk(await browser.newContext(), `${gateway.origin}/`)
  })

  it('is of the gateway’s origin while somebody works on it', async () => {
    expect(await askInDevelopment(example.folder, gateway.origin)).toBe(200)
  })
})
