/** The built client in Chromium: tabs, reloads, a network that goes, a page that is hidden. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Chat } from '../../client/index.js'
import { startDev } from '../../sandbox/server/start.js'
import { bundleCore, core } from '../../scripts/build/entries.js'
import { hasBrowser, launchBrowser, openWatchedPage, type Watch } from './browser.js'
import { forgetForeignVariables } from './own-environment.js'

const script = `import { createChat } from '/index.js'
import { tabs } from '/tabs.js'
import { upload } from '/upload.js'
globalThis.chat = createChat({ baseUrl: '', tabs })
globalThis.upload = upload
globalThis.told = () => chat.getSnapshot().messages
  .filter(({ messageType }) => messageType === 'StaticContentMessage')
  .map(({ text, delivery }) => text + ' ' + delivery)
chat.start()`

describe.skipIf(!hasBrowser())('the client in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'client-page-'))
  let dev: Awaited<ReturnType<typeof startDev>>
  let browser: Browser
  let context: BrowserContext
  let watches: Watch[] = []
  let requests: string[] = []

  beforeAll(async () => {
    for (const name of core) writeFileSync(join(folder, `${name}.js`), await bundleCore(name))
    writeFileSync(join(folder, 'page.js'), script)
    writeFileSync(
      join(folder, 'index.html'),
      '<!doctype html><title>Chat</title><script type="module" src="/page.js"></script>',
    )
    const folders = { publicFiles: folder }
    forgetForeignVariables()
    dev = await startDev({ env: process.env, port: 0, log: () => {}, folders })
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser.close()
    await dev.close()
    rmSync(folder, { recursive: true })
  })
  beforeEach(async () => {
    context = await browser.newContext()
    watches = []
    requests = []
    context.on('request', (request) => requests.push(new URL(request.url()).pathname))
  })
  afterEach(async () => {
    await context.close()
    expect(
      watches.flatMap(({ violations, foreignRequests }) => [...violations, ...foreignRequests]),
    ).toEqual([])
  })

  async function open(): Promise<Page> {
    const { page, watch } = await openWatchedPage(context, new URL(dev.addresses.page).origin)
    watches.push(watch)
    await page.goto(dev.addresses.page)
    await is(page, 'online')
    return page
  }

  const is = (page: Page, connection: string) =>
    page.waitForFunction((wanted) => chat.getSnapshot().connection === wanted, connection)
  const say = (page: Page, text: string) => page.evaluate((said) => chat.send(said), text)
  const sees = (page: Page, text: string) =>
    page.waitForFunction((wanted) => told().includes(`${wanted} delivered`), text)
  const all = (page: Page) => page.evaluate(() => told())

  it('is one conversation in two tabs, read for by one of them', async () => {
    const [one, two] = [await open(), await open()]
    await say(one, 'from one')
    await say(two, 'from two')
    for (const page of [one, two]) {
      await sees(page, 'from one')
      await sees(page, 'from two')
      await sees(page, 'You said “from two”. Is there more I can do?')
    }
    expect(await all(one)).toEqual(await all(two))
    await two.waitForTimeout(1500)
    requests = []
    await two.waitForTimeout(4000)
    expect(requests.filter((path) => path === '/api/poll').length).toBeLessThanOrEqual(5)
    await two.close()
    await say(one, 'alone')
    await sees(one, 'alone')
  })

  it('comes back after a reload, and sends what was not sent', async () => {
    const page = await open()
    await say(page, 'before')
    await sees(page, 'before')
    await context.route('**/api/send', (route) => route.abort())
    await say(page, 'in between')
    await page.waitForTimeout(300)
    await context.unroute('**/api/send')
    await page.reload()
    await sees(page, 'in between')
    const texts = await all(page)
    expect(texts.filter((text) => text === 'in between delivered')).toHaveLength(1)
    expect(texts.indexOf('before delivered')).toBeLessThan(texts.indexOf('in between delivered'))
  })

  it('waits while there is no network, and goes on when it is back', async () => {
    const page = await open()
    await context.setOffline(true)
    await is(page, 'offline')
    await say(page, 'from the tunnel')
    expect(await all(page)).toContain('from the tunnel sending')
    await context.setOffline(false)
    await sees(page, 'from the tunnel')
    await is(page, 'online')
  })

  it('sends a file and tells how far it is', async () => {
    const page = await open()
    const id = await page.evaluate(() => {
      const file = new File([new Uint8Array(300_000).fill(65)], 'long.txt', { type: 'text/plain' })
      return upload(chat, file)
    })
    const message = await page.waitForFunction((wanted) => {
      const found = chat.getSnapshot().messages.find((each) => each.id === wanted)
      return found?.delivery !== 'sending' && found
    }, id)
    expect(await message.jsonValue()).toMatchObject({ id, messageType: 'AttachmentMessage' })
  })

  it('signs out, and leaves nothing', async () => {
    const page = await open()
    await page.evaluate(() => chat.signOut())
    expect(await page.evaluate(() => localStorage.length)).toBe(0)
  })
})

declare const chat: Chat
declare function told(): string[]
declare function upload(chat: Chat, file: File): string
declare const localStorage: { length: number }
