/** Where browser tests happen: the deployment with its sandbox, and a Chromium before it. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import type { Handler } from '../../platforms/handler.js'
import { type RunningServer, serve } from '../../sandbox/server/serve.js'
import { launchBrowser, openWatchedPage, type Watch } from './browser.js'
import { type Gateway, type GatewayOptions, startGateway } from './gateway.js'
import type { Sandbox } from './sandbox.js'

export type PlaceOptions = GatewayOptions & {
  /** Answers for a site of another origin, which the gateway lets in. */
  site?: Handler
  /** Pauses of up to 2 s in the pages pass five times as fast, for tests that are not about them. */
  isHasty?: boolean
}

export type Opened = { context: BrowserContext; page: Page; watch: Watch }
export type Place = ReturnType<typeof usePlace>

/** What is wrong with a page that did nothing wrong. */
export const blameless: Watch = { errors: [], violations: [], foreignRequests: [] }

const haste = `{ const wait = setTimeout
globalThis.setTimeout = (work, ms = 0, ...given) => wait(work, ms > 2000 ? ms : ms / 5, ...given) }`

/**
 * One server and one browser for all tests of a file. What a test opens is closed after it, and each page must have
 * kept to its CSP and its own origin; whether it had errors is for the test to say.
 */
export function usePlace({ site: answer, isHasty, env = {}, ...options }: PlaceOptions = {}) {
  let gateway: Gateway
  let site: RunningServer | undefined
  let browser: Browser
  let watches: Watch[] = []

  beforeAll(async () => {
    if (answer) site = await serve(answer)
    const allowed = site && { ALLOWED_ORIGINS: site.url }
    gateway = await startGateway({ ...options, env: { ...allowed, ...env } })
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await gateway?.close()
    await site?.close()
  })
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()))
    const seen = watches
    watches = []
    expect(
      seen.flatMap(({ violations, foreignRequests }) => [...violations, ...foreignRequests]),
    ).toEqual([])
  })

  const origin = () => gateway.origin
  const sandbox: Sandbox = (...request) => gateway.sandbox(...request)
  /** Where pages are opened. */
  const home = () => site?.url ?? origin()
  const newContext = (options: BrowserContextOptions = {}): Promise<BrowserContext> =>
    browser.newContext({ reducedMotion: 'reduce', ...options })

  /** A page of a browser's window, or of one that is opened for it; nothing is loaded. */
  async function blank(window: BrowserContext | BrowserContextOptions = {}): Promise<Opened> {
    const context = 'newPage' in window ? window : await newContext(window)
    const opened = await openWatchedPage(context, origin(), home())
    watches.push(opened.watch)
    if (isHasty) await opened.page.addInitScript(haste)
    return { context, ...opened }
  }

  /** The same, at this path. */
  async function open(window?: BrowserContext | BrowserContextOptions, path = '/') {
    const opened = await blank(window)
    await opened.page.goto(home() + path)
    return opened
  }

  return { origin, sandbox, browser: () => browser, newContext, blank, open }
}
