/** Counts, in Chromium, the preflights of a page of another origin during a chat of ten minutes. */
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { bundle } from '../../scripts/build/bundle.js'
import { hasBrowser } from './browser.js'
import { corePage } from './core-page.js'
import { useDeployment } from './deployment.js'

/** Counts the polls and the messages of ten minutes: a poll every 5 s, a message every 20 s. */
const polls = 120
const messages = 30

/** Exceeds what so many polls take on a busy machine, in milliseconds. */
const timeoutMs = 240_000

/** Makes pauses up to the slowest pace of polls fifty times as short; timeouts stay. */
const fastClock = `{ const wait = setTimeout
globalThis.setTimeout = (work, ms = 0, ...given) => wait(work, ms > 15_000 ? ms : ms / 50, ...given) }`

const script = `import { createChat } from '/index.js'
globalThis.chat = createChat({ baseUrl: new URLSearchParams(location.search).get('gateway') })
chat.start()`

const html = `<!doctype html><title>Shop</title><link rel="icon" href="data:,">
<script type="module" src="/page.js"></script>`

async function shopPage({ url }: Request): Promise<Response> {
  const { pathname } = new URL(url)
  if (pathname === '/') return new Response(html, { headers: { 'content-type': 'text/html' } })
  const code = pathname === '/index.js' ? await bundle('client/core/index.ts') : script
  return new Response(code, { headers: { 'content-type': 'text/javascript' } })
}

/** Notes every request of a page, preflights included, as `METHOD /path`. */
async function noteRequests(page: Page): Promise<string[]> {
  const noted: string[] = []
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Network.enable')
  devtools.on('Network.requestWillBeSent', ({ request: { method, url } }) => {
    noted.push(`${method} ${new URL(url).pathname}`)
  })
  return noted
}

describe.skipIf(!hasBrowser())('a page of another origin', () => {
  const deployment = useDeployment({ site: shopPage })

  it('makes at most four preflights in a chat of ten minutes', { timeout: timeoutMs }, async () => {
    const { page, watch } = await deployment.blank()
    await page.addInitScript(fastClock)
    const requests = await noteRequests(page)
    const count = (name: string) => requests.filter((each) => each === name).length
    await page.goto(`${deployment.home()}/?gateway=${deployment.origin()}`)
    const core = corePage(page, deployment)
    await core.waitForConnection('online')
    for (let sent = 0; sent < messages; sent += 1) {
      await core.send(`Line ${sent}`)
      const due = ((sent + 1) / messages) * polls
      await expect.poll(() => count('POST /api/poll'), { timeout: 15_000 }).toBeGreaterThan(due)
    }
    await core.expectComplete(...Array.from({ length: messages }, (_, index) => `Line ${index}`))
    const preflights = requests.filter((each) => each.startsWith('OPTIONS '))
    expect(preflights.length).toBeLessThanOrEqual(4)
    expect(preflights.sort()).toEqual(
      ['auth', 'poll', 'send', 'start'].map((name) => `OPTIONS /api/${name}`),
    )
    expect(watch.errors).toEqual([])
  })
})
