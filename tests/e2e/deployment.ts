/** Runs a deployment with its sandbox, and a Chromium that opens its pages. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import type { Handler } from '../../platforms/handler.js'
import { type RunningServer, serve } from '../../sandbox/server/serve.js'
import { launchBrowser, openWatchedPage, type Watch } from './browser.js'
import { type Gateway, type GatewayOptions, startGateway } from './gateway.js'
import type { Sandbox } from './sandbox.js'

export type DeploymentOptions = GatewayOptions & {
  /** Answers for a site of another origin, which the gateway lets in. */
  site?: Handler
  /** Shortens pauses of up to 2 s in the pages to a fifth, for tests that are not about them. */
  hasShortPauses?: boolean
}

export type Opened = { context: BrowserContext; page: Page; watch: Watch }
export type Deployment = ReturnType<typeof useDeployment>

/** The watch of a page without faults. */
export const cleanWatch: Watch = { errors: [], violations: [], foreignRequests: [] }

const shortPauses = `{ const wait = setTimeout
globalThis.setTimeout = (work, ms = 0, ...given) => wait(work, ms > 2000 ? ms : ms / 5, ...given) }`

/**
 * Starts one server and one browser for all tests of a file. After each test its pages are closed; each must have
 * kept to its CSP and its own origin. Errors of a page are for the test to check.
 */
export function useDeployment({
  site: answer,
  hasShortPauses,
  env = {},
  ...options
}: DeploymentOptions = {}) {
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
  /** Returns the origin of the pages: the other site's if there is one. */
  const home = () => site?.url ?? origin()
  const newContext = (options: BrowserContextOptions = {}): Promise<BrowserContext> =>
    browser.newContext({ reducedMotion: 'reduce', ...options })

  /** Opens an empty page in a given window, or in a new one with these options. */
  async function blank(window: BrowserContext | BrowserContextOptions = {}): Promise<Opened> {
    const context = 'newPage' in window ? window : await newContext(window)
    const opened = await openWatchedPage(context, origin(), home())
    watches.push(opened.watch)
    if (hasShortPauses) await opened.page.addInitScript(shortPauses)
    return { context, ...opened }
  }

  /** Opens a page as `blank` does, and loads this path. */
  async function open(window?: BrowserContext | BrowserContextOptions, path = '/') {
    const opened = await blank(window)
    await opened.page.goto(home() + path)
    return opened
  }

  return { origin, home, sandbox, browser: () => browser, newContext, blank, open }
}
