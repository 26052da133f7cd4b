/** Checks the built client in Chromium: reloads, files, the end and sign-out. */
import { describe, expect, it } from 'vitest'
import type { Chat } from '../../client/core/index.js'
import { hasBrowser } from './browser.js'
import { corePage, useCorePages } from './core-page.js'

const greeting = 'Hello, I am the Harbor Assistant. How can I help you?'

describe.skipIf(!hasBrowser())('the client in a browser', () => {
  const deployment = useCorePages({ hasShortPauses: true })

  async function begin() {
    const { context, page, watch } = await deployment.open()
    const core = corePage(page, deployment)
    await core.waitForConnection('online')
    await core.waitForText(greeting)
    return { context, page, watch, core }
  }

  it('sends, receives, and resumes the same conversation after a reload', async () => {
    const { page, watch, core } = await begin()
    await core.send('before')
    await core.waitForText('You said “before”. Is there more I can do?')
    const before = await core.snapshot()
    await page.reload()
    await core.waitForText('before')
    expect(await core.conversationId()).toBe(before.conversationId)
    await core.send('after')
    await core.expectComplete('before', 'after')
    expect(watch.errors).toEqual([])
  })

  it('sends waiting messages after a reload, in their order and once', async () => {
    const { context, page, core } = await begin()
    await core.send('first')
    await core.waitForText('first')
    await context.route('**/api/send', async (route) => {
      await route.fetch()
      await route.abort()
    })
    const [lost] = [page.waitForEvent('requestfailed'), await core.send('second', 'third')]
    await lost
    await context.unroute('**/api/send')
    await page.reload()
    await core.expectComplete('first', 'second', 'third')
  })

  it('delivers a message of a page that is reloaded before start succeeds', async () => {
    const { context, page } = await deployment.blank()
    const core = corePage(page, deployment)
    await context.route('**/api/start', (route) => route.abort())
    await page.goto(deployment.origin())
    await core.waitForConnection('retrying')
    await core.send('too early')
    await context.unroute('**/api/start')
    await page.reload()
    await core.expectComplete('too early')
  })

  it('sends a file and reports progress that grows to 1', async () => {
    const { page, core } = await begin()
    const id = await page.evaluate(() => {
      const file = new File([new Uint8Array(300_000).fill(65)], 'long.txt', { type: 'text/plain' })
      globalThis.progressValues = []
      chat.subscribe(() => {
        for (const { progress } of chat.getSnapshot().messages)
          if (progress !== undefined) progressValues.push(progress)
      })
      return upload(chat, file)
    })
    const message = await page.waitForFunction((wanted) => {
      const found = chat.getSnapshot().messages.find((each) => each.id === wanted)
      return found?.delivery === 'delivered' && found
    }, id)
    expect(await message.jsonValue()).toMatchObject({ id, messageType: 'AttachmentMessage' })
    const progress = await page.evaluate(() => progressValues)
    expect(progress.at(-1)).toBe(1)
    expect(progress).toEqual(progress.toSorted((one, other) => one - other))
    expect((await core.stored()).filter(({ role }) => role === 'EndUser')).toMatchObject([{ id }])
  })

  it('shows the end, and starts another conversation afterwards', async () => {
    const { page, core } = await begin()
    await core.send('good bye')
    await core.expectComplete('good bye')
    const ended = await core.conversationId()
    await page.evaluate(() => chat.end())
    await core.waitForConnection('ended')
    await page.evaluate(() => chat.start())
    await core.waitForConnection('online')
    expect(await core.conversationId()).not.toBe(ended)
    await core.send('hello again')
    await core.expectComplete('hello again')
  })

  it('leaves nothing in localStorage after signing out', async () => {
    const { page } = await begin()
    await page.evaluate(() => chat.signOut())
    expect(await page.evaluate(() => localStorage.length)).toBe(0)
  })
})

declare const chat: Chat
declare function upload(chat: Chat, file: File): string
declare const localStorage: { length: number }
declare global {
  var progressValues: number[]
}
