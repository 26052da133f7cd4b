/** Checks several tabs of one visitor in Chromium: one conversation, polled by one tab at a time. */
import type { BrowserContext, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import type { Chat } from '../../client/core/index.js'
import { hasBrowser } from './browser.js'
import { type CorePage, corePage, useCorePages } from './core-page.js'

describe.skipIf(!hasBrowser())('the client in several tabs', () => {
  const deployment = useCorePages({ hasShortPauses: true })

  async function openTab(context: BrowserContext): Promise<CorePage> {
    const { page } = await deployment.blank(context)
    await page.addInitScript(visibility)
    await page.goto(deployment.origin())
    const core = corePage(page, deployment)
    await core.waitForConnection('online')
    return core
  }

  /** Opens two tabs of a browser; the second polls, as it was opened last. */
  async function openTwo() {
    const context = await deployment.newContext()
    const polls: string[] = []
    const one = await openTab(context)
    const two = await openTab(context)
    for (const [name, { page }] of Object.entries({ one, two })) {
      page.on('request', (request) => {
        if (request.url().includes('/api/poll')) polls.push(name)
      })
    }
    return { context, one, two, polls }
  }

  it('shows one conversation in two tabs, of which one polls', async () => {
    const { one, two, polls } = await openTwo()
    await one.send('from one')
    await one.waitForText('from one')
    await two.send('from two')
    for (const core of [one, two]) await core.expectComplete('from one', 'from two')
    expect(await one.deliveries()).toEqual(await two.deliveries())
    expect(await one.conversationId()).toBe(await two.conversationId())
    await expect.poll(() => polls.length, { timeout: 15_000 }).toBeGreaterThan(5)
    expect(new Set(polls)).toEqual(new Set(['two']))
  })

  it('delivers the messages of two tabs that send at the same time, each in its order', async () => {
    const { one, two } = await openTwo()
    await Promise.all([one.send('a1', 'a2', 'a3'), two.send('b1', 'b2', 'b3')])
    for (const text of ['a3', 'b3']) for (const core of [one, two]) await core.waitForText(text)
    const own = (await one.stored()).filter(({ role }) => role === 'EndUser')
    const texts = own.map(({ text }) => text)
    expect(texts.filter((text) => text.startsWith('a'))).toEqual(['a1', 'a2', 'a3'])
    expect(texts.filter((text) => text.startsWith('b'))).toEqual(['b1', 'b2', 'b3'])
    await expect.poll(one.deliveries).toEqual(await two.deliveries())
  })

  it('goes on in the other tab when the polling tab is closed', async () => {
    const { one, two } = await openTwo()
    await two.send('from two')
    await one.waitForText('from two')
    await two.page.close()
    await one.sendAsAgent('Still here?')
    await one.waitForText('Still here?')
    await one.send('alone')
    await one.expectComplete('from two', 'alone')
  })

  it('goes on in the other tab when the polling tab crashes', async () => {
    const { one, two } = await openTwo()
    const crashed = two.page.waitForEvent('crash')
    await two.page.goto('chrome://crash').catch(() => {})
    await crashed
    await one.sendAsAgent('Still here?')
    await one.waitForText('Still here?')
    await one.expectComplete()
  })

  it('is polled by the visible tab', async () => {
    const { one, two, polls } = await openTwo()
    await setHidden(one, true)
    await setHidden(two, true)
    await setHidden(one, false)
    await expect.poll(() => polls.at(-1)).toBe('one')
    await one.sendAsAgent('Who is stateWindow?')
    for (const core of [one, two]) await core.waitForText('Who is stateWindow?')
    expect(polls.at(-1)).toBe('one')
  })

  it('sends once a message that a closed tab left unsent', async () => {
    const { context, one, two } = await openTwo()
    await two.page.route('**/api/send', (route) => route.abort())
    const failed = two.page.waitForEvent('requestfailed')
    await two.send('left behind')
    await failed
    await two.page.close()
    const three = await openTab(context)
    await three.expectComplete('left behind')
    await one.expectComplete('left behind')
  })

  it('renews tokens at most twice when two tabs are refused at once, and delivers both messages', async () => {
    const { context, one, two } = await openTwo()
    const renewals: string[] = []
    await context.route('**/api/send', (route) => route.fulfill(unauthenticated), { times: 2 })
    context.on('request', (request) => {
      if (request.url().endsWith('/api/auth')) renewals.push(request.url())
    })
    await Promise.all([one.send('x from one'), two.send('x from two')])
    for (const text of ['x from one', 'x from two']) await one.waitForText(text)
    expect(renewals.length).toBeGreaterThan(0)
    expect(renewals.length).toBeLessThanOrEqual(2)
    const own = (await one.stored()).filter(({ role }) => role === 'EndUser')
    expect(own.map(({ text }) => text).sort()).toEqual(['x from one', 'x from two'])
  })

  it('starts in a tab although another was left while it signed in, and kept by the browser', async () => {
    const context = await deployment.newContext()
    const { page } = await deployment.blank(context)
    await page.route('**/api/auth', () => {})
    await Promise.all([page.waitForRequest('**/api/auth'), page.goto(deployment.origin())])
    await leave(page)
    const two = await openTab(context)
    await two.send('Hello')
    await two.expectComplete('Hello')
    await page.unroute('**/api/auth')
    await comeBack(page)
    const one = corePage(page, deployment)
    await one.expectComplete('Hello')
    expect(await one.conversationId()).toBe(await two.conversationId())
  })

  it('goes on in a tab in the background when the polling tab is left', async () => {
    const { one, two, polls } = await openTwo()
    await setHidden(one, true)
    await expect.poll(() => polls.at(-1)).toBe('two')
    await leave(two.page)
    await expect.poll(() => polls.at(-1)).toBe('one')
    await comeBack(two.page)
    await expect.poll(() => polls.at(-1)).toBe('two')
    await one.sendAsAgent('Still here?')
    for (const core of [one, two]) {
      await core.waitForText('Still here?')
      await core.expectComplete()
    }
  })

  it('takes the lock of a tab that is asleep', async () => {
    const context = await deployment.newContext()
    const { page } = await deployment.blank(context)
    await page.goto(`${deployment.origin()}/other.html`)
    await page.evaluate(`void navigator.locks.request('miaw  tokens', () => new Promise(() => {}))`)
    const two = await openTab(context)
    await two.send('Hello')
    await two.expectComplete('Hello')
  })

  it('shows the end in both tabs', async () => {
    const { one, two } = await openTwo()
    await one.page.evaluate(() => chat.end())
    for (const core of [one, two]) await core.waitForConnection('ended')
  })
})

/** Follows a link to a page that has no chat. */
async function leave(page: Page): Promise<void> {
  await page.evaluate(`globalThis.isKept = true
location.href = '/other.html'`)
  await page.waitForURL('**/other.html')
}

/** Returns to a page that was left, and expects that the browser has kept it. */
async function comeBack(page: Page): Promise<void> {
  await page.goBack({ waitUntil: 'commit' })
  await page.waitForFunction('location.pathname === "/"')
  expect(await page.evaluate('globalThis.isKept')).toBe(true)
}

const unauthenticated = {
  status: 401,
  contentType: 'application/problem+json',
  body: JSON.stringify({ status: 401, code: 'unauthenticated', retryable: false }),
}

/** Lets `setHidden` set the page's visibility. */
const visibility = `globalThis.isHidden = false
Object.defineProperty(document, 'hidden', { get: () => isHidden })`

const setHidden = ({ page }: CorePage, isHidden: boolean) =>
  page.evaluate(`isHidden = ${isHidden}
document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))`)

declare const chat: Chat
