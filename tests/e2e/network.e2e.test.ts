/** Checks in Chromium that no message is lost or doubled when the network, the device or Salesforce fails. */
import type { BrowserContextOptions, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import type { Chat } from '../../client/core/index.js'
import { hasBrowser } from './browser.js'
import { corePage, useCorePages } from './core-page.js'

const greeting = 'Hello, I am the Harbor Assistant. How can I help you?'
const hour = 60 * 60_000

describe.skipIf(!hasBrowser())('the client on a bad network', () => {
  const deployment = useCorePages()

  async function begin(options?: BrowserContextOptions) {
    const { context, page } = await deployment.blank(options)
    await page.addInitScript(visibility)
    await page.clock.install()
    await page.goto(deployment.origin())
    const core = corePage(page, deployment)
    await core.waitForConnection('online')
    await core.waitForText(greeting)
    return { context, page, core }
  }

  it('holds messages back off line, and sends them when the network is back', async () => {
    const { context, core } = await begin()
    await context.setOffline(true)
    await core.waitForConnection('offline')
    await core.send('from the tunnel', 'still in it')
    await core.sendAsAgent('Where are you?')
    expect(await core.deliveries()).toContain('from the tunnel sending')
    expect((await core.snapshot()).problem?.message).toBe('unreachable')
    await context.setOffline(false)
    await core.expectComplete('from the tunnel', 'still in it')
    expect(await core.deliveries()).toContain('Where are you? delivered')
  })

  it('delivers every message once on a network of 16 kB/s with 300 ms latency', async () => {
    const { context, page, core } = await begin()
    const network = await context.newCDPSession(page)
    await network.send('Network.emulateNetworkConditions', {
      ...{ offline: false, latency: 300, downloadThroughput: 16_000, uploadThroughput: 16_000 },
    })
    await core.sendAsAgent('one', 'two', 'three')
    await core.send('slow 1', 'slow 2', 'slow 3')
    await core.expectComplete('slow 1', 'slow 2', 'slow 3')
  })

  it('abandons a response after 21 seconds, and delivers the message once', async () => {
    const { page, core } = await begin()
    let hung = 0
    await page.route(
      '**/api/send',
      async (route) => {
        await route.fetch()
        hung += 1
      },
      { times: 1 },
    )
    await core.send('into the void')
    await expect.poll(() => hung).toBe(1)
    await page.clock.fastForward(21_000)
    await core.expectComplete('into the void')
  })

  it('loses and doubles no message while every third call is cut, before or after it took effect', async () => {
    const { page, core } = await begin()
    let calls = 0
    await page.route(/\/api\//, async (route) => {
      calls += 1
      if (calls % 6 === 0) await route.fetch().catch(() => {})
      if (calls % 3 === 0) await route.abort()
      else await route.continue()
    })
    const sent = Array.from({ length: 8 }, (_, index) => `message ${index}`)
    for (const text of sent) {
      await core.send(text)
      await core.sendAsAgent(`heard ${text}`)
    }
    await Promise.all([
      core.expectComplete(...sent),
      advanceUntilDelivered(page, core.deliveries, sent.length),
    ])
    expect(calls).toBeGreaterThan(12)
  })

  it('polls slowly while it is hidden, and at once when it becomes visible', async () => {
    const { page, core } = await begin()
    await setHidden(page, true)
    let polls = 0
    page.on('request', (request) => {
      polls += Number(request.url().includes('/api/poll'))
    })
    const next = page.waitForResponse('**/api/poll')
    for (let seconds = 0; polls === 0 && seconds < 21; seconds++) await page.clock.runFor(1000)
    await next
    const before = polls
    await page.clock.runFor(15_000)
    expect(polls).toBe(before)
    await core.sendAsAgent('Are you still there?')
    expect(await core.deliveries()).not.toContain('Are you still there? delivered')
    await setHidden(page, false)
    await core.waitForText('Are you still there?')
    await core.send('here I am')
    await core.expectComplete('here I am')
  })

  it('receives and sends after a sleep of nine hours', async () => {
    const { page, core } = await begin()
    await core.send('good night')
    await core.expectComplete('good night')
    await page.route('**/api/poll', () => {}, { times: 1 })
    await page.waitForRequest('**/api/poll')
    await core.sendAsAgent('while you slept')
    await page.clock.fastForward(9 * hour)
    await core.waitForText('while you slept')
    await core.send('good morning')
    await core.expectComplete('good night', 'good morning')
  })

  it('receives and sends after the browser froze the page', async () => {
    const { context, page, core } = await begin()
    const life = await context.newCDPSession(page)
    await life.send('Page.setWebLifecycleState', { state: 'frozen' })
    await core.sendAsAgent('in the ice')
    await life.send('Page.setWebLifecycleState', { state: 'active' })
    await core.waitForText('in the ice')
    await core.send('thawed')
    await core.expectComplete('thawed')
  })

  it('renews a refused token and delivers the message', async () => {
    const { page, core } = await begin()
    await page.route('**/api/send', (route) => route.fulfill(unauthenticated), { times: 1 })
    const renewed = page.waitForRequest('**/api/auth')
    await core.send('with an old token')
    expect((await renewed).postDataJSON()).toHaveProperty('refreshToken')
    await core.expectComplete('with an old token')
  })

  it('shows that a guest’s conversation is lost, and retries the message in a new one', async () => {
    const { page, core } = await begin()
    await core.send('remember me')
    await core.expectComplete('remember me')
    await deployment.sandbox('POST', '/token-expiry', {})
    const [id = ''] = await core.send('and now?')
    await core.waitForConnection('lost')
    await expect.poll(core.deliveries).toContain('and now? failed')
    await page.evaluate(() => chat.start())
    await core.waitForConnection('online')
    await page.evaluate((failed) => chat.retry(failed), id)
    await core.expectComplete('and now?')
  })

  it('delivers every message once after an outage of Salesforce', async () => {
    const { page, core } = await begin()
    const outage = { operation: '*', times: 1000, what: { status: 503 } }
    await deployment.sandbox('POST', '/faults', outage)
    await core.send('into the outage', 'and more')
    await core.waitForConnection('retrying')
    await deployment.sandbox('DELETE', '/faults')
    await Promise.all([
      core.expectComplete('into the outage', 'and more'),
      advanceUntilDelivered(page, core.deliveries, 2),
    ])
    await core.waitForConnection('online')
  })

  it('stops its requests when the origin is refused, and starts again by start()', async () => {
    const { page, core } = await begin()
    await page.route('**/api/poll', (route) => route.fulfill(refusal))
    await core.waitForConnection('refused')
    let polls = 0
    page.on('request', () => {
      polls += 1
    })
    await page.clock.runFor(2 * 60_000)
    expect(polls).toBe(0)
    await page.unroute('**/api/poll')
    await page.evaluate(() => chat.start())
    await core.waitForConnection('online')
  })
})

const problem = (status: number, code: string) => ({
  status,
  contentType: 'application/problem+json',
  body: JSON.stringify({ status, code, title: code, retryable: false, requestId: 'r' }),
})
const unauthenticated = problem(401, 'unauthenticated')
const refusal = problem(403, 'origin_not_allowed')

/** Lets `setHidden` set the page's visibility. */
const visibility = `globalThis.isHidden = false
Object.defineProperty(document, 'hidden', { get: () => isHidden })
Object.defineProperty(document, 'visibilityState', { get: () => isHidden ? 'hidden' : 'visible' })`

const setHidden = (page: Page, isHidden: boolean) =>
  page.evaluate(`isHidden = ${isHidden}
document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))`)

/** Advances the page's clock until `count` of its messages are delivered. */
async function advanceUntilDelivered(
  page: Page,
  deliveries: () => Promise<string[]>,
  count: number,
): Promise<void> {
  const isDone = async () => {
    const own = (await deliveries()).filter((text) => !/^(You said|Hello|heard)/.test(text))
    return own.filter((text) => text.endsWith(' delivered')).length >= count
  }
  while (!(await isDone())) {
    await page.clock.runFor(1000)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

declare const chat: Chat
