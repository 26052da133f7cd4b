/** Launches a real Chromium for the tests, and watches everything that a page does. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

const executablePath = '/usr/bin/chromium'
const advice = `No Chromium at ${executablePath}: apt-get install chromium`

/**
 * Tells whether the tests can run here, and warns in one line if not. In CI (`CI=true`) a missing
 * browser is an error: a test that is skipped there would be skipped for ever.
 */
export function hasBrowser(): boolean {
  if (existsSync(executablePath)) return true
  if (process.env.CI === 'true') throw new Error(advice)
  console.warn(`Skipped: ${advice}`)
  return false
}

/**
 * Has no access to other hosts: it resolves no name but 127.0.0.1. Keeps pages that are left, as
 * people's browsers do.
 */
const launchOptions = {
  executablePath,
  ignoreDefaultArgs: ['--disable-back-forward-cache'],
  args: [
    '--no-sandbox',
    '--disable-background-networking',
    '--disable-component-update',
    '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost',
  ],
}

export const launchBrowser = (): Promise<Browser> => chromium.launch(launchOptions)

/** Launches Chromium with a profile that has these preferences, and closes it after `use`. */
export async function withPreferences(
  preferences: object,
  use: (context: BrowserContext) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'profile-'))
  mkdirSync(join(folder, 'Default'))
  writeFileSync(join(folder, 'Default', 'Preferences'), JSON.stringify(preferences))
  const context = await chromium.launchPersistentContext(folder, launchOptions)
  try {
    await use(context)
  } finally {
    await context.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Faults of a page; the lists are filled while the page lives. */
export type Watch = { errors: string[]; violations: string[]; foreignRequests: string[] }

const reportViolations = `addEventListener('securitypolicyviolation', (event) =>
  console.debug('csp-violation', event.effectiveDirective, event.blockedURI))`

/** Opens a page and watches it for errors, breaches of the CSP and requests to other origins than these. */
export async function openWatchedPage(context: BrowserContext, ...origins: string[]) {
  const watch: Watch = { errors: [], violations: [], foreignRequests: [] }
  const page: Page = await context.newPage()
  page.setDefaultTimeout(20_000)
  await page.addInitScript(reportViolations)
  page.on('pageerror', (error) => watch.errors.push(error.message))
  page.on('console', (message) => {
    if (message.text().startsWith('csp-violation')) watch.violations.push(message.text())
    else if (message.type() === 'error') watch.errors.push(message.text())
  })
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url())
    if (protocol !== 'data:' && !origins.includes(origin)) watch.foreignRequests.push(request.url())
  })
  return { page, watch }
}
