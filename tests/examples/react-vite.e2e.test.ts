import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildPackage } from '../../scripts/build/package.js'
import { hasBrowser } from '../e2e/browser.js'
import { useDeployment } from '../e2e/deployment.js'
import { holdConversation, problemsOf } from './conversation.js'
import { copyExample } from './package.js'
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
  const deployment = useDeployment({ publicFiles: join(example.folder, 'dist') })

  it('is typed as its compiler wants it', () => checkTypes(example.folder))

  it('chats with a face of its own', async () => {
    await holdConversation(await deployment.open({}, '/own'))
  })

  it('shows the widget, where a quick reply is answered', async () => {
    const { page, watch } = await deployment.open()
    const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
    const list = page.getByLabel('Messages', { exact: true })
    await press('Open chat')
    await press('Start chat')
    await list.getByText('How can I help you?').waitFor()
    await page.getByLabel('Your message').fill('quick')
    await page.getByLabel('Your message').press('Enter')
    await press('Busan')
    await list.getByText('You chose “Busan”.').waitFor()
    expect(problemsOf(watch)).toEqual([])
  })

  it('is of the gateway’s origin on the development server', async () => {
    expect(await askInDevelopment(example.folder, deployment.origin())).toBe(200)
  })
})
