/** Several tabs of one visitor in Chromium: one conversation, read for by one of them, whatever becomes of it. */
import type { BrowserContext } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import type { Chat } from '../../client/core/index.js'
import { hasBrowser } from './browser.js'
import { type CorePage, corePage, useCorePages } from './core-page.js'

describe.skipIf(!hasBrowser())('the client in several tabs', () => {
  const place = useCorePages({ isHasty: true })

  async function openTab(context: BrowserContext): Promise<CorePage> {
    const { page } = await place.blank(context)
    await page.addInitScript(visibility)
    await page.goto(place.origin())
    const core = corePage(page, place)
    await core.is('online')
    return core
  }

  /** Two tabs of a browser; the second was opened last, and reads. */
  async function openTwo() {
    const context = await place.newContext()
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

  it('is one conversation, which one of them reads for both', async () => {
    const { one, two, polls } = await openTwo()
    await one.say('from one')
    await one.sees('from one')
    await two.say('from two')
    for (const core of [one, two]) await core.isWhole('from one', 'from two')
    expect(await one.told()).toEqual(await two.told())
    expect(await one.conversationId()).toBe(await two.conversationId())
    await expect.poll(() => polls.length, { timeout: 15_000 }).toBeGreaterThan(5)
    expect(new Set(polls)).toEqual(new Set(['two']))
  })

  it('takes what both say at the same time', async () => {
    const { one, two } = await openTwo()
    await Promise.all([one.say('a1', 'a2', 'a3'), two.say('b1', 'b2', 'b3')])
    for (const text of ['a3', 'b3']) for (const core of [one, two]) await core.sees(text)
    const own = (await one.stored()).filter(({ role }) => role === 'EndUser')
    const texts = own.map(({ text }) => text)
    expect(texts.filter((text) => text.startsWith('a'))).toEqual(['a1', 'a2', 'a3'])
    expect(texts.filter((text) => text.startsWith('b'))).toEqual(['b1', 'b2', 'b3'])
    await expect.poll(one.told).toEqual(await two.told())
  })

  it('goes on in the other when the one that reads is closed', async () => {
    const { one, two } = await openTwo()
    await two.say('from two')
    await one.sees('from two')
    await two.page.close()
    await one.agentSays('Still here?')
    await one.sees('Still here?')
    await one.say('alone')
    await one.isWhole('from two', 'alone')
  })

  it('goes on in the other when the one that reads crashes', async () => {
    const { one, two } = await openTwo()
    const crashed = two.page.waitForEvent('crash')
    await two.page.goto('chrome://crash').catch(() => {})
    await crashed
    await one.agentSays('Still here?')
    await one.sees('Still here?')
    await one.isWhole()
  })

  it('is read by the one that is looked at', async () => {
    const { one, two, polls } = await openTwo()
    await setHidden(one, true)
    await setHidden(two, true)
    await setHidden(one, false)
    await expect.poll(() => polls.at(-1)).toBe('one')
    await one.agentSays('Who is looking?')
    for (const core of [one, two]) await core.sees('Who is looking?')
    expect(polls.at(-1)).toBe('one')
  })

  it('sends once what a tab had left unsent, though the other takes it over', async () => {
    const { context, one, two } = await openTwo()
    await two.page.route('**/api/send', (route) => route.abort())
    const failed = two.page.waitForEvent('requestfailed')
    await two.say('left behind')
    await failed
    await two.page.close()
    const three = await openTab(context)
    await three.isWhole('left behind')
    await one.isWhole('left behind')
  })

  it('renews the visit once for all of them', async () => {
    const { context, one, two } = await openTwo()
    const renewals: string[] = []
    await context.route('**/api/send', (route) => route.fulfill(unauthenticated), { times: 2 })
    context.on('request', (request) => {
      if (request.url().endsWith('/api/auth')) renewals.push(request.url())
    })
    await Promise.all([one.say('x from one'), two.say('x from two')])
    for (const text of ['x from one', 'x from two']) await one.sees(text)
    expect(renewals.length).toBeGreaterThan(0)
    expect(renewals.length).toBeLessThanOrEqual(2)
    const own = (await one.stored()).filter(({ role }) => role === 'EndUser')
    expect(own.map(({ text }) => text).sort()).toEqual(['x from one', 'x from two'])
  })

  it('ends in all of them', async () => {
    const { one, two } = await openTwo()
    await one.page.evaluate(() => chat.end())
    for (const core of [one, two]) await core.is('ended')
  })
})

const unauthenticated = {
  status: 401,
  contentType: 'application/problem+json',
  body: JSON.stringify({ status: 401, code: 'unauthenticated', retryable: false }),
}

/** Lets `setHidden` say whether the page is looked at. */
const visibility = `globalThis.isHidden = false
Object.defineProperty(document, 'hidden', { get: () => isHidden })`

const setHidden = ({ page }: CorePage, isHidden: boolean) =>
  page.evaluate(`isHidden = ${isHidden}
document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))`)

declare const chat: Chat
