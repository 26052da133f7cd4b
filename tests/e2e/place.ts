/** Where browser tests happen: the deployment with its sandbox, and a Chromium before it. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { startDev } from '../../sandbox/server/start.js'
import { launchBrowser, openWatchedPage, type Watch } from './browser.js'
import { forgetForeignVariables } from './own-environment.js'
import { type Sandbox, sandboxAt } from './sandbox.js'

type Options = {
  /** Of the gateway. */
  env?: Record<string, string>
  /** Of the sandbox; left out: it answers at once, and refuses nobody for haste. */
  switches?: object
  /** What is served, if not `public/`. */
  publicFiles?: string
}

export type Opened = { context: BrowserContext; page: Page; watch: Watch }
export type Place = ReturnType<typeof usePlace>

/** What is wrong with a page that did nothing wrong. */
export const blameless: Watch = { errors: [], violations: [], foreignRequests: [] }

const unlimited = {
  messagesPerMinute: null,
  conversationsPer30Seconds: null,
  tokensPerMinute: null,
}
const quick = { botDelayMs: 20, visibilityLagMs: 0, limits: unlimited }

/**
 * One server and one browser for all tests of a file. What a test opens is closed after it, and each page must have
 * kept to its CSP and its own origin; whether it had errors is for the test to say.
 */
export function usePlace({ env = {}, switches = quick, publicFiles }: Options = {}) {
  let dev: Awaited<ReturnType<typeof startDev>>
  let browser: Browser
  let watches: Watch[] = []

  beforeAll(async () => {
    forgetForeignVariables()
    Object.assign(process.env, { LIMITS: JSON.stringify({ send: [500, '1 m'] }), ...env })
    const folders = publicFiles === undefined ? {} : { publicFiles }
    dev = await startDev({ env: process.env, port: 0, log: () => {}, folders })
    await sandbox('PATCH', '/switches', switches)
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await dev?.close()
  })
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()))
    const seen = watches
    watches = []
    expect(
      seen.flatMap(({ violations, foreignRequests }) => [...violations, ...foreignRequests]),
    ).toEqual([])
  })

  const origin = () => new URL(dev.addresses.page).origin
  const sandbox: Sandbox = (...request) => sandboxAt(origin())(...request)
  const newContext = (options: BrowserContextOptions = {}): Promise<BrowserContext> =>
    browser.newContext({ reducedMotion: 'reduce', ...options })

  /** A page of a browser's window, or of one that is opened for it; nothing is loaded. */
  async function blank(window: BrowserContext | BrowserContextOptions = {}): Promise<Opened> {
    const context = 'newPage' in window ? window : await newContext(window)
    const opened = await openWatchedPage(context, origin())
    watches.push(opened.watch)
    return { context, ...opened }
  }

  /** The same, at this path. */
  async function open(window?: BrowserContext | BrowserContextOptions, path = '/') {
    const opened = await blank(window)
    await opened.page.goto(origin() + path)
    return opened
  }

  return { origin, sandbox, browser: () => browser, newContext, blank, open }
}
