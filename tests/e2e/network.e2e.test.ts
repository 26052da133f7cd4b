/** The client in Chromium while the network, the device or Salesforce does what it wants: nothing is lost or twice. */
import type { BrowserContextOptions, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import type { Chat } from '../../client/core/index.js'
import { hasBrowser } from './browser.js'
import { corePage, useCorePages } from './core-page.js'

const greeting = 'Hello, I am the Harbor Assistant. How can I help you?'
const hour = 60 * 60_000

describe.skipIf(!hasBrowser())('the client and its network', () => {
  const place = useCorePages()

  async function begin(options?: BrowserContextOptions) {
    const { context, page } = await place.blank(options)
    await page.addInitScript(visibility)
    await page.clock.install()
    await page.goto(place.origin())
    const core = corePage(page, place)
    await core.is('online')
    await core.sees(greeting)
    return { context, page, core }
  }

  it('waits while there is no network, and goes on at once when it is back', async () => {
    const { context, core } = await begin()
    await context.setOffline(true)
    await core.is('offline')
    await core.say('from the tunnel', 'still in it')
    await core.agentSays('Where are you?')
    expect(await core.told()).toContain('from the tunnel sending')
    expect((await core.snapshot()).problem?.message).toBe('unreachable')
    await context.setOffline(false)
    await core.isWhole('from the tunnel', 'still in it')
    expect(await core.told()).toContain('Where are you? delivered')
  })

  it('loses nothing on a slow network', async () => {
    const { context, page, core } = await begin()
    const network = await context.newCDPSession(page)
    await network.send('Network.emulateNetworkConditions', {
      ...{ offline: false, latency: 300, downloadThroughput: 16_000, uploadThroughput: 16_000 },
    })
    await core.agentSays('one', 'two', 'three')
    await core.say('slow 1', 'slow 2', 'slow 3')
    await core.isWhole('slow 1', 'slow 2', 'slow 3')
  })

  it('gives up an answer that does not come, and says it once all the same', async () => {
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
    await core.say('into the void')
    await expect.poll(() => hung).toBe(1)
    await page.clock.fastForward(21_000)
    await core.isWhole('into the void')
  })

  it('loses and doubles nothing while every third call is cut, before or after it was heard', async () => {
    const { page, core } = await begin()
    let calls = 0
    await page.route(/\/api\//, async (route) => {
      calls += 1
      if (calls % 6 === 0) await route.fetch().catch(() => {})
      if (calls % 3 === 0) await route.abort()
      else await route.continue()
    })
    const said = Array.from({ length: 8 }, (_, index) => `stormy ${index}`)
    for (const text of said) {
      await core.say(text)
      await core.agentSays(`heard ${text}`)
    }
    await Promise.all([core.isWhole(...said), hurry(page, core.told, said.length)])
    expect(calls).toBeGreaterThan(12)
  })

  it('reads slowly while nobody looks, and at once when it is shown', async () => {
    const { page, core } = await begin()
    await setHidden(page, true)
    let polls = 0
    page.on('request', (request) => {
      polls += Number(request.url().includes('/api/poll'))
    })
    const next = page.waitForResponse('**/api/poll?*')
    await page.clock.runFor(21_000)
    await next
    const before = polls
    await page.clock.runFor(15_000)
    expect(polls).toBe(before)
    await core.agentSays('Are you still there?')
    expect(await core.told()).not.toContain('Are you still there? delivered')
    await setHidden(page, false)
    await core.sees('Are you still there?')
    await core.say('here I am')
    await core.isWhole('here I am')
  })

  it('survives the sleep of a laptop, however long', async () => {
    const { page, core } = await begin()
    await core.say('good night')
    await core.isWhole('good night')
    await page.route('**/api/poll?*', () => {}, { times: 1 })
    await page.waitForRequest('**/api/poll?*')
    await core.agentSays('while you slept')
    await page.clock.fastForward(9 * hour)
    await core.sees('while you slept')
    await core.say('good morning')
    await core.isWhole('good night', 'good morning')
  })

  it('goes on after the browser has frozen the page', async () => {
    const { context, page, core } = await begin()
    const life = await context.newCDPSession(page)
    await life.send('Page.setWebLifecycleState', { state: 'frozen' })
    await core.agentSays('in the ice')
    await life.send('Page.setWebLifecycleState', { state: 'active' })
    await core.sees('in the ice')
    await core.say('thawed')
    await core.isWhole('thawed')
  })

  it('renews a token that is refused, without a word lost', async () => {
    const { page, core } = await begin()
    await page.route('**/api/send', (route) => route.fulfill(unauthenticated), { times: 1 })
    const renewed = page.waitForRequest('**/api/auth')
    await core.say('with an old token')
    expect((await renewed).postDataJSON()).toHaveProperty('refreshToken')
    await core.isWhole('with an old token')
  })

  it('tells that Salesforce has forgotten a guest, and says it in a new conversation', async () => {
    const { page, core } = await begin()
    await core.say('remember me')
    await core.isWhole('remember me')
    await place.sandbox('POST', '/token-expiry', {})
    const [id = ''] = await core.say('and now?')
    await core.is('lost')
    await expect.poll(core.told).toContain('and now? failed')
    await page.evaluate(() => chat.start())
    await core.is('online')
    await page.evaluate((failed) => chat.retry(failed), id)
    await core.isWhole('and now?')
  })

  it('waits for Salesforce to come back, and says everything once', async () => {
    const { page, core } = await begin()
    const outage = { operation: '*', times: 1000, what: { status: 503 } }
    await place.sandbox('POST', '/faults', outage)
    await core.say('into the outage', 'and more')
    await core.is('retrying')
    await place.sandbox('DELETE', '/faults')
    await Promise.all([core.isWhole('into the outage', 'and more'), hurry(page, core.told, 2)])
    await core.is('online')
  })

  it('tells that it was refused, and stops asking', async () => {
    const { page, core } = await begin()
    await page.route('**/api/poll?*', (route) => route.fulfill(refusal))
    await core.is('refused')
    let polls = 0
    page.on('request', () => {
      polls += 1
    })
    await page.clock.runFor(2 * 60_000)
    expect(polls).toBe(0)
    await page.unroute('**/api/poll?*')
    await page.evaluate(() => chat.start())
    await core.is('online')
  })
})

const problem = (status: number, code: string) => ({
  status,
  contentType: 'application/problem+json',
  body: JSON.stringify({ status, code, title: code, retryable: false, requestId: 'r' }),
})
const unauthenticated = problem(401, 'unauthenticated')
const refusal = problem(403, 'origin_not_allowed')

/** Lets `setHidden` say whether the page is looked at. */
const visibility = `globalThis.isHidden = false
Object.defineProperty(document, 'hidden', { get: () => isHidden })
Object.defineProperty(document, 'visibilityState', { get: () => isHidden ? 'hidden' : 'visible' })`

const setHidden = (page: Page, isHidden: boolean) =>
  page.evaluate(`isHidden = ${isHidden}
document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))`)

/** Makes the pauses of the client pass, until so many of its messages are delivered. */
async function hurry(page: Page, told: () => Promise<string[]>, count: number): Promise<void> {
  const isDone = async () => {
    const own = (await told()).filter((text) => !/^(You said|Hello|heard)/.test(text))
    return own.filter((text) => text.endsWith(' delivered')).length >= count
  }
  while (!(await isDone())) {
    await page.clock.runFor(1000)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

declare const chat: Chat
