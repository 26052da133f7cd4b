import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasBrowser } from '../e2e/browser.js'
import { usePlace } from '../e2e/place.js'
import { copyExample, packCore } from './package.js'
import { holdTalk } from './talk.js'
import { askInDevelopment, buildPages } from './vite.js'

describe.skipIf(!hasBrowser())('the example in Vue', () => {
  const example = copyExample('vue')
  beforeAll(async () => {
    for (const name of ['vue', 'vite', '@vitejs/plugin-vue']) example.install(name)
    await packCore(join(example.folder, 'node_modules/miaw-gateway'))
    await buildPages(example.folder)
  })
  afterAll(() => example.remove())
  const place = usePlace({ publicFiles: join(example.folder, 'dist') })

  it('is built, and chats', async () => {
    await holdTalk(await place.open())
  })

  it('is of the gateway’s origin while somebody works on it', async () => {
    expect(await askInDevelopment(example.folder, place.origin())).toBe(200)
  })
})
