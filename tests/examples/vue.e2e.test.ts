import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasBrowser } from '../e2e/browser.js'
import { useDeployment } from '../e2e/deployment.js'
import { holdConversation } from './conversation.js'
import { copyExample, packModules } from './package.js'
import { askInDevelopment, buildPages } from './vite.js'

describe.skipIf(!hasBrowser())('the example in Vue', () => {
  const example = copyExample('vue')
  beforeAll(async () => {
    for (const name of ['vue', 'vite', '@vitejs/plugin-vue']) example.install(name)
    await packModules(join(example.folder, 'node_modules/miaw-gateway'))
    await buildPages(example.folder)
  })
  afterAll(() => example.remove())
  const deployment = useDeployment({ publicFiles: join(example.folder, 'dist') })

  it('is built, and chats', async () => {
    await holdConversation(await deployment.open())
  })

  it('is of the gateway’s origin on the development server', async () => {
    expect(await askInDevelopment(example.folder, deployment.origin())).toBe(200)
  })
})
