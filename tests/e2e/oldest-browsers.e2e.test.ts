/** Checks a whole chat in browsers without newer facilities, and in ones that have and refuse them. */
import { describe, expect, it } from 'vitest'
import { hasBrowser, openWatchedPage, withPreferences } from './browser.js'
import { useDeployment } from './deployment.js'
import { widgetPage } from './widget-page.js'

/** Lists code that takes a facility away, by its name. */
const missing: Record<string, string> = {
  'URL.canParse': 'delete URL.canParse',
  structuredClone: 'delete globalThis.structuredClone',
  'crypto.randomUUID': 'delete Crypto.prototype.randomUUID',
  'Web Locks': `take(Navigator.prototype, 'locks')`,
  BroadcastChannel: 'delete globalThis.BroadcastChannel',
  localStorage: `take(globalThis, 'localStorage')`,
  sessionStorage: `take(globalThis, 'sessionStorage')`,
  matchMedia: 'delete globalThis.matchMedia',
  Intl: `for (const name of parts) delete Intl[name]`,
}

/** Is code that lets the browser refuse all of these. */
const refusing = `const refuse = () => { throw new DOMException('Denied', 'SecurityError') }
for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(globalThis, name, { get: refuse })
for (const name of ['BroadcastChannel', 'matchMedia', 'structuredClone']) globalThis[name] = refuse
for (const name of parts) Intl[name] = refuse
Crypto.prototype.randomUUID = URL.canParse = refuse
LockManager.prototype.request = async () => refuse()`

const tools = `const parts = ['DateTimeFormat', 'RelativeTimeFormat', 'NumberFormat', 'PluralRules', 'getCanonicalLocales']
const take = (owner, name) => Object.defineProperty(owner, name, { get: () => undefined })`

describe.skipIf(!hasBrowser())('a chat', () => {
  const deployment = useDeployment({ site })

  async function site(request: Request): Promise<Response> {
    if (request.url.endsWith('/frame')) {
      const frame = `<!doctype html><title>Site</title><iframe src="${deployment.home()}"></iframe>`
      return new Response(frame, { headers: { 'content-type': 'text/html' } })
    }
    const script = `<script type="module" src="${deployment.origin()}/miaw-chat.js"></script>`
    const body = `<miaw-chat layout="inline"></miaw-chat>${script}`
    const html = `<!doctype html><html lang="en"><title>Shop</title><link rel="icon" href="data:,">${body}`
    return new Response(html, { headers: { 'content-type': 'text/html' } })
  }

  async function chatWith(code: string): Promise<void> {
    const { page, watch } = await deployment.blank()
    await page.addInitScript(`{ ${tools}; ${code} }`)
    await page.goto(deployment.home())
    const chat = widgetPage(page, deployment)
    const conversationId = await chat.start()
    await chat.send('See https://harbor.example/tariffs')
    await chat.list
      .getByRole('link', { name: /harbor\.example/ })
      .first()
      .waitFor()
    await chat.list.getByText('Is there more I can do?').first().waitFor()
    await chat.expectComplete(conversationId)
    expect(watch.errors).toEqual([])
  }

  it.each(Object.entries(missing))('goes on without %s', (_, code) => chatWith(code))

  it('goes on without all of them', () => chatWith(Object.values(missing).join('\n')))

  it('goes on where the browser refuses all of them', () => chatWith(refusing))

  it.each([
    ['all sites', { default_content_setting_values: { cookies: 2 } }, ''],
    [
      'frames of other sites',
      { cookie_controls_mode: 1, block_third_party_cookies: true },
      'frame',
    ],
  ])('goes on where the visitor has blocked the data of %s', async (_, profile, frame) => {
    await withPreferences({ profile }, async (context) => {
      const home = deployment.home()
      const outer = home.replace('127.0.0.1', 'localhost')
      const { page } = await openWatchedPage(context, deployment.origin(), home)
      await page.goto(frame ? `${outer}/frame` : home)
      const widget = (frame ? page.frameLocator('iframe') : page).locator('miaw-chat')
      await widget.getByRole('button', { name: 'Start chat' }).click()
      await widget.getByText('Hello, I am the Harbor Assistant.').first().waitFor()
      await widget.getByRole('textbox', { name: 'Your message' }).fill('Hi')
      await widget.getByRole('textbox', { name: 'Your message' }).press('Enter')
      await widget.getByText('You said “Hi”.').first().waitFor()
    })
  })
})
