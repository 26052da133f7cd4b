/** The built client in Chromium: what it keeps over a reload, files, and the end of a visit. */
import { describe, expect, it } from 'vitest'
import type { Chat } from '../../client/core/index.js'
import { hasBrowser } from './browser.js'
import { corePage, useCorePages } from './core-page.js'

const greeting = 'Hello, I am the Harbor Assistant. How can I help you?'

describe.skipIf(!hasBrowser())('the client in a browser', () => {
  const place = useCorePages({ isHasty: true })

  async function begin() {
    const { context, page, watch } = await place.open()
    const core = corePage(page, place)
    await core.is('online')
    await core.sees(greeting)
    return { context, page, watch, core }
  }

  it('says, hears, and comes back to the same conversation after a reload', async () => {
    const { page, watch, core } = await begin()
    await core.say('before')
    await core.sees('You said “before”. Is there more I can do?')
    const before = await core.snapshot()
    await page.reload()
    await core.sees('before')
    expect(await core.conversationId()).toBe(before.conversationId)
    await core.say('after')
    await core.isWhole('before', 'after')
    expect(watch.errors).toEqual([])
  })

  it('sends after a reload what was not sent, in its order and once', async () => {
    const { context, page, core } = await begin()
    await core.say('first')
    await core.sees('first')
    await context.route('**/api/send', async (route) => {
      await route.fetch()
      await route.abort()
    })
    const [lost] = [page.waitForEvent('requestfailed'), await core.say('second', 'third')]
    await lost
    await context.unroute('**/api/send')
    await page.reload()
    await core.isWhole('first', 'second', 'third')
  })

  it('keeps what is said in a page that is reloaded before it could start', async () => {
    const { context, page } = await place.blank()
    const core = corePage(page, place)
    await context.route('**/api/start', (route) => route.abort())
    await page.goto(place.origin())
    await core.is('retrying')
    await core.say('too early')
    await context.unroute('**/api/start')
    await page.reload()
    await core.isWhole('too early')
  })

  it('sends a file and tells how far it is', async () => {
    const { page, core } = await begin()
    const id = await page.evaluate(() => {
      const file = new File([new Uint8Array(300_000).fill(65)], 'long.txt', { type: 'text/plain' })
      globalThis.heard = []
      chat.subscribe(() => {
        for (const { progress } of chat.getSnapshot().messages)
          if (progress !== undefined) heard.push(progress)
      })
      return upload(chat, file)
    })
    const message = await page.waitForFunction((wanted) => {
      const found = chat.getSnapshot().messages.find((each) => each.id === wanted)
      return found?.delivery === 'delivered' && found
    }, id)
    expect(await message.jsonValue()).toMatchObject({ id, messageType: 'AttachmentMessage' })
    const progress = await page.evaluate(() => heard)
    expect(progress.at(-1)).toBe(1)
    expect(progress).toEqual(progress.toSorted((one, other) => one - other))
    expect((await core.stored()).filter(({ role }) => role === 'EndUser')).toMatchObject([{ id }])
  })

  it('tells of the end, keeps what was said, and begins anew', async () => {
    const { page, core } = await begin()
    await core.say('good bye')
    await core.isWhole('good bye')
    const ended = await core.conversationId()
    await page.evaluate(() => chat.end())
    await core.is('ended')
    await page.evaluate(() => chat.start())
    await core.is('online')
    expect(await core.conversationId()).not.toBe(ended)
    await core.say('hello again')
    await core.isWhole('hello again')
  })

  it('signs out, and leaves nothing', async () => {
    const { page } = await begin()
    await page.evaluate(() => chat.signOut())
    expect(await page.evaluate(() => localStorage.length)).toBe(0)
  })
})

declare const chat: Chat
declare function upload(chat: Chat, file: File): string
declare const localStorage: { length: number }
declare global {
  var heard: number[]
}
