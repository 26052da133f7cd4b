/** The demo page: what happens underneath, the words to try, and the sandbox's controls. */
import { readFileSync } from 'node:fs'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startDev } from '../../sandbox/server/start.js'
import { hasBrowser, launchBrowser, openWatchedPage, type Watch } from './browser.js'
import { forgetForeignVariables } from './own-environment.js'

describe.skipIf(!hasBrowser())('the demo page', () => {
  let dev: Awaited<ReturnType<typeof startDev>>
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let watch: Watch

  beforeAll(async () => {
    forgetForeignVariables()
    dev = await startDev({ env: process.env, port: 0, log: () => {} })
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await dev?.close()
  })
  beforeEach(async () => {
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    await open()
  })
  afterEach(async () => {
    await context.close()
    expect(watch.violations).toEqual([])
    expect(watch.foreignRequests).toEqual([])
  })

  async function open(): Promise<void> {
    const { origin } = new URL(dev.addresses.page)
    const opened = await openWatchedPage(context, origin)
    page = opened.page
    watch = opened.watch
    await page.goto(dev.addresses.page)
  }

  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  const fact = (id: string) => page.locator(`#${id}`)
  const isOnline = () => fact('connection').filter({ hasText: 'online' }).waitFor()
  const chat = () => page.locator('miaw-chat')
  const reads = (text: string) => chat().getByText(text).first().waitFor()

  it('asks for nothing before a chat is begun', async () => {
    await page.getByText('Nothing asked yet').waitFor()
    expect(await fact('connection').textContent()).toBe('idle')
    expect(watch.errors).toEqual([])
  })

  it('says a word in the chat, and lists the requests that it took', async () => {
    await press('help')
    await isOnline()
    await reads('I know:')
    const paths = await page.locator('#calls .path').allTextContents()
    for (const path of ['/api/auth', '/api/start', '/api/send', '/api/poll']) {
      expect(paths).toContain(path)
    }
    expect(await fact('pace').textContent()).toMatch(/^every [\d.]+ s$/)
    expect(await fact('age').textContent()).toMatch(/^\d+ s$/)
    expect(await page.locator('#calls').textContent()).not.toMatch(/conversationId|cursor=/)
    expect(watch.errors).toEqual([])
  })

  it('keeps the last twelve requests', async () => {
    await press('burst')
    await expect.poll(() => page.locator('#calls tr').count(), { timeout: 20_000 }).toBe(12)
    await page.waitForTimeout(1500)
    expect(await page.locator('#calls tr').count()).toBe(12)
  })

  it('hands over to an agent, to another one, and bursts, when its controls say so', async () => {
    expect(await page.getByRole('button', { name: 'Agent joins' }).isDisabled()).toBe(true)
    await press('help')
    await isOnline()
    await press('Agent joins')
    await reads('Hello, this is Dana.')
    await press('Transfer')
    await reads('Hello, this is Lee.')
    await press('Burst of 60')
    await reads('60')
    await press('Agent leaves')
    await chat()
      .getByText(/left the chat/)
      .last()
      .waitFor()
    await press('Typing')
    await page.getByRole('status').filter({ hasText: 'streams alone' }).waitFor()
  })

  it('shows an outage in its status column, and comes back by itself', async () => {
    await press('help')
    await isOnline()
    await press('Outage of 15 s')
    await page.locator('#calls [data-tone="bad"]').first().waitFor()
    await fact('connection').filter({ hasText: 'retrying' }).waitFor()
    await fact('connection').filter({ hasText: 'online' }).waitFor({ timeout: 45_000 })
  })

  it('tells that a guest’s conversation is lost with Salesforce’s token', async () => {
    await press('help')
    await isOnline()
    await press('Tokens expire')
    await fact('connection').filter({ hasText: 'lost' }).waitFor()
    expect(await page.getByRole('button', { name: 'Agent joins' }).isDisabled()).toBe(true)
  })

  it('dresses the chat: theme, language, direction, and the corner', async () => {
    await press('Look')
    await press('Dark')
    await press('Deutsch')
    await press('Right to left')
    expect(await chat().getAttribute('theme')).toBe('dark')
    expect(await chat().getAttribute('language')).toBe('de')
    expect(await page.evaluate('getComputedStyle(document.body).direction')).toBe('rtl')
    await press('In the corner')
    expect(await chat().getAttribute('layout')).toBe('launcher')
    expect(await chat().getAttribute('open')).toBe('')
    expect(watch.errors).toEqual([])
  })

  it.each(['light', 'dark'] as const)(
    'has nothing that axe complains about, in %s',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme })
      await press('help')
      await reads('I know:')
      await press('Look')
      await page.evaluate(readFileSync('node_modules/axe-core/axe.min.js', 'utf8'))
      const found = await page.evaluate(
        'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))',
      )
      expect(found).toEqual([])
    },
  )

  it('comes first on a phone, as high as it is, with the rest folded below', async () => {
    await context.close()
    context = await browser.newContext({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    })
    await open()
    const box = await chat().boundingBox()
    expect(box?.height).toBeGreaterThan(700)
    expect(await page.getByRole('heading', { name: 'Words to try' }).isVisible()).toBe(false)
    await page.getByText('Behind the scenes').click()
    await press('quick')
    await reads('Which port?')
    expect(await page.evaluate('scrollY')).toBe(0)
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 640 })
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    }
  })
})
