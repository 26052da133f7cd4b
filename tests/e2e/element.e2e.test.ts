/** Checks `<miaw-chat>` on a page of another site with a strict CSP. */
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { hasBrowser, type Watch } from './browser.js'
import { useDeployment } from './deployment.js'

describe.skipIf(!hasBrowser())('<miaw-chat> on a page of another site', () => {
  let page: Page
  let watch: Watch
  let body = ''
  let earlyScript = ''
  const deployment = useDeployment({ site })

  async function site(request: Request): Promise<Response> {
    if (request.url.endsWith('/early.js')) {
      return new Response(earlyScript, { headers: { 'content-type': 'text/javascript' } })
    }
    const gateway = deployment.origin()
    const policy = `default-src 'none'; script-src 'self' ${gateway}; connect-src ${gateway}`
    return new Response(`<!doctype html><html lang="en"><title>Shop</title>${body}`, {
      headers: { 'content-type': 'text/html', 'content-security-policy': policy },
    })
  }

  /** Opens a page with `tag` in its body, then `script`, then the element's script. */
  async function open(tag: string, script = ''): Promise<void> {
    earlyScript = script
    body = `${tag}<script src="/early.js"></script><script type="module" src="${deployment.origin()}/miaw-chat.js"></script>`
    ;({ page, watch } = await deployment.open())
    await page.waitForFunction('customElements.get("miaw-chat")')
  }

  const element = () => page.locator('miaw-chat')
  const reads = (text: string) => element().getByText(text).first().waitFor()
  /** Runs code in the page, where `chat` is the element. */
  const run = (code: string) =>
    page.evaluate(`(async () => { const chat = document.querySelector('miaw-chat'); ${code} })()`)
  const events = () => run('return events')
  const recordEvents = `window.events = []
for (const type of ['miaw-open', 'miaw-close', 'miaw-message'])
  addEventListener(type, ({ detail }) => events.push(detail ? type + ' ' + detail.text : type))`

  it('needs only the tag: it calls the gateway of its script and emits miaw-open and miaw-message', async () => {
    await open('<miaw-chat></miaw-chat>', recordEvents)
    await page.getByRole('button', { name: 'Open chat' }).click()
    await page.getByRole('button', { name: 'Start chat' }).click()
    await reads('Hello, I am the Harbor Assistant.')
    await run(`chat.chat.send('Hi')`)
    await expect
      .poll(events, { timeout: 10_000 })
      .toContain('miaw-message You said “Hi”. Is there more I can do?')
    expect(await events()).toContain('miaw-open')
    expect(await events()).not.toContain('miaw-message Hi')
    expect(watch.errors).toEqual([])
    expect(await element().getAttribute('open')).toBe('')
  })

  it('works as a classic script that a tag manager inserts, with its exports as a global', async () => {
    earlyScript = `const script = document.createElement('script')
Object.assign(script, { async: true, src: '${deployment.origin()}/miaw-chat.classic.js' })
document.head.append(script)`
    body = '<miaw-chat></miaw-chat><script src="/early.js"></script>'
    ;({ page, watch } = await deployment.open())
    await page.waitForFunction('customElements.get("miaw-chat")')
    await page.getByRole('button', { name: 'Open chat' }).click()
    await page.getByRole('button', { name: 'Start chat' }).click()
    await reads('Hello, I am the Harbor Assistant.')
    expect(await page.evaluate('typeof miawChat.createChat')).toBe('function')
    await page.evaluate('document.querySelector("miaw-chat").setAttribute("language", "de")')
    await page.getByRole('textbox', { name: 'Ihre Nachricht' }).waitFor()
    expect(watch.errors).toEqual([])
  })

  it('keeps the open panel and the draft over a reload, without taking the focus', async () => {
    await open('<miaw-chat></miaw-chat>')
    await page.getByRole('button', { name: 'Open chat' }).click()
    await page.getByRole('button', { name: 'Start chat' }).click()
    await reads('Hello, I am the Harbor Assistant.')
    const field = page.getByRole('textbox', { name: 'Your message' })
    await field.fill('Half a thought')
    await page.reload()
    await field.waitFor()
    expect(await field.inputValue()).toBe('Half a thought')
    expect(await element().getAttribute('open')).toBe('')
    expect(await page.evaluate('document.activeElement === document.body')).toBe(true)
    await page.getByRole('button', { name: 'Minimise chat' }).first().click()
    await page.reload()
    await page.getByRole('button', { name: /Open chat/ }).waitFor()
    expect(await element().getAttribute('open')).toBe(null)
  })

  it('keeps its view when the page moves it, and gives it up when it is removed', async () => {
    await open('<miaw-chat layout="inline"></miaw-chat><main></main>')
    await page.getByRole('button', { name: 'Start chat' }).click()
    await reads('Hello, I am the Harbor Assistant.')
    await page.getByRole('textbox', { name: 'Your message' }).fill('Half a thought')
    const move = `const field = chat.shadowRoot.querySelector('textarea')
      document.querySelector('main').append(chat)
      await new Promise((resolve) => setTimeout(resolve, 50))
      return chat.shadowRoot.querySelector('textarea') === field && field.value`
    expect(await run(move)).toBe('Half a thought')
    expect(await run(`chat.remove(); await null; return chat.shadowRoot.childElementCount`)).toBe(0)
  })

  it('opens and closes by methods and attribute, and emits one event for each', async () => {
    await open('<miaw-chat></miaw-chat>', recordEvents)
    const dialog = element().getByRole('heading').first()
    await run('chat.open()')
    await dialog.waitFor()
    await run('chat.close()')
    await dialog.waitFor({ state: 'hidden' })
    await run(`chat.setAttribute('open', '')`)
    await dialog.waitFor()
    expect(await events()).toEqual(['miaw-open', 'miaw-close', 'miaw-open'])
  })

  it('takes open and fallback as properties, as frameworks set the attributes of these names', async () => {
    const before = `Object.assign(document.querySelector('miaw-chat'), { open: true })`
    await open('<miaw-chat></miaw-chat>', before)
    const dialog = element().getByRole('heading').first()
    await dialog.waitFor()
    await run('chat.open = false')
    await dialog.waitFor({ state: 'hidden' })
    await run(`chat.open = ''`)
    await dialog.waitFor()
    await run('chat.open = undefined; chat.open()')
    await dialog.waitFor()
    const fallback = { phone: '+49 40 555 0199' }
    await run(`chat.fallback = '${JSON.stringify(fallback)}'`)
    expect(await run('return chat.fallback')).toEqual(fallback)
    expect(watch.errors).toEqual([])
  })

  it('follows its attributes, and takes texts set before its script was loaded', async () => {
    const before = `document.querySelector('miaw-chat').texts = { title: 'Harbor desk' }`
    await open('<miaw-chat layout="inline"></miaw-chat>', before)
    await reads('Harbor desk')
    await run(`chat.setAttribute('language', 'de')`)
    await element().locator('.miaw[lang="de"]').waitFor()
    await run(`chat.setAttribute('theme', 'dark')`)
    await element().locator('.miaw[data-theme="dark"]').waitFor()
    await reads('Harbor desk')
  })

  it('resumes its conversation when it is removed and put back', async () => {
    await open('<miaw-chat layout="inline"></miaw-chat>')
    await page.getByRole('button', { name: 'Start chat' }).click()
    await reads('Hello, I am the Harbor Assistant.')
    const connection = () => run('return chat.chat.getSnapshot().connection')
    await run('globalThis.chat = chat; chat.remove()')
    expect(await page.evaluate('chat.chat.getSnapshot().connection')).toBe('idle')
    await page.evaluate('document.body.append(chat)')
    await expect.poll(connection).toBe('online')
    await run(`chat.chat.send('help')`)
    await reads('I know:')
    expect(await element().getByText('Hello, I am the Harbor Assistant.').count()).toBe(1)
  })

  it('works without errors when its script is loaded twice', async () => {
    await open('<miaw-chat layout="inline"></miaw-chat>')
    await page.addScriptTag({ url: `${deployment.origin()}/miaw-chat.js?again`, type: 'module' })
    await page.getByRole('button', { name: 'Start chat' }).waitFor()
    expect(watch.errors).toEqual([])
  })

  it('uses sessionStorage with storage="session", and leaves nothing in it after sign-out', async () => {
    await open('<miaw-chat layout="inline" storage="session"></miaw-chat>')
    await page.getByRole('button', { name: 'Start chat' }).click()
    await reads('Hello, I am the Harbor Assistant.')
    const storedCounts = () => run('return [localStorage.length, sessionStorage.length]')
    expect(await storedCounts()).toEqual([0, 2])
    await run('await chat.signOut()')
    expect(await storedCounts()).toEqual([0, 0])
  })

  it('makes another chat for another gateway, storage or visitor, and keeps it otherwise', async () => {
    await open('<miaw-chat></miaw-chat>')
    const isSame = (change: string): Promise<unknown> =>
      run(`const before = chat.chat; ${change}; return chat.chat === before`)
    expect(await isSame(`chat.setAttribute('language', 'de')`)).toBe(true)
    expect(await isSame(`chat.setAttribute('routing-attributes', '{}')`)).toBe(true)
    expect(await isSame(`chat.setAttribute('storage', 'session')`)).toBe(false)
    expect(await isSame(`chat.setAttribute('storage', 'session')`)).toBe(true)
    expect(await isSame(`chat.setAttribute('identity-token', 'a.b.c')`)).toBe(false)
    expect(await isSame(`chat.identityToken = 'd.e.f'`)).toBe(false)
    expect(await isSame(`chat.setAttribute('base-url', 'https://chat.example')`)).toBe(false)
    expect(await isSame('chat.chat = { ...before }')).toBe(false)
    expect(await isSame(`chat.setAttribute('storage', 'local')`)).toBe(true)
    expect(await isSame('chat.chat = undefined')).toBe(false)
  })

  it('sends the identity token to auth and the routing attributes to start', async () => {
    await open(`<miaw-chat layout="inline" identity-token="e30.eyJzdWIiOiJtaW5hIn0.s"
      routing-attributes='{"_subject":"Customs"}'></miaw-chat>`)
    const authBodies: unknown[] = []
    await page.route('**/api/auth', (route) => {
      authBodies.push(route.request().postDataJSON())
      return route.continue({ postData: '{}' })
    })
    const [start] = await Promise.all([
      page.waitForRequest('**/api/start'),
      page.getByRole('button', { name: 'Start chat' }).click(),
    ])
    expect(authBodies).toMatchObject([{ identityToken: 'e30.eyJzdWIiOiJtaW5hIn0.s' }])
    expect(start.postDataJSON().routingAttributes).toEqual({ _subject: 'Customs' })
  })

  it('names other ways outside business hours, by attribute or by property', async () => {
    const before = `document.querySelector('miaw-chat').fallback = { phone: '+49 40 1' }`
    await open(`<miaw-chat layout="inline" fallback='{"phone":"+49 40 2"}'></miaw-chat>`, before)
    const opensAt = new Date(Date.now() + 86_400_000).toISOString()
    await page.route('**/api/start', (route) =>
      route.fulfill({
        status: 409,
        headers: { 'access-control-allow-origin': '*' },
        json: { code: 'outside_business_hours', retryable: false, opensAt },
      }),
    )
    await page.getByRole('button', { name: 'Start chat' }).click()
    await reads('The chat is closed right now')
    await element().getByText('It opens again: tomorrow').waitFor()
    await element().getByRole('link', { name: '+49 40 1' }).waitFor()
    await run('chat.fallback = undefined')
    await element().getByRole('link', { name: '+49 40 2' }).waitFor()
    await run(`chat.setAttribute('fallback', '{"email":"desk@harbor.example"}')`)
    await element().getByRole('link', { name: 'desk@harbor.example' }).waitFor()
  })

  it('emits events that leave the shadow root of the page', async () => {
    await open('<div></div>', recordEvents)
    await page.evaluate(`document.querySelector('div').attachShadow({ mode: 'open' })
      .append(document.createElement('miaw-chat'))`)
    await page.getByRole('button', { name: 'Open chat' }).click()
    await expect.poll(events).toEqual(['miaw-open'])
  })

  it('keeps what is typed from the shortcuts of the page, but not Escape and commands', async () => {
    const recordKeys = `window.keys = []
for (const type of ['keydown', 'keypress', 'keyup']) addEventListener(type, (event) => {
  keys.push(event.key)
  if (event.key === 's') event.preventDefault()
})`
    await open('<miaw-chat layout="inline"></miaw-chat>', recordKeys)
    await page.getByRole('button', { name: 'Start chat' }).click()
    const field = page.getByRole('textbox', { name: 'Your message' })
    await field.pressSequentially('this is not /shipped')
    expect(await field.inputValue()).toBe('this is not /shipped')
    expect(await page.evaluate('keys')).toEqual([])
    await field.press('Escape')
    await field.press('Control+k')
    expect(new Set(await page.evaluate<string[]>('keys'))).toEqual(
      new Set(['Escape', 'Control', 'k']),
    )
    await page.evaluate('keys.length = 0')
    await page.getByRole('button', { name: 'More' }).press('s')
    expect(await page.evaluate('keys')).toContain('s')
  })

  it('shows one launcher of two, says so in the console, and the second when the first goes', async () => {
    const two = '<miaw-chat id="first"></miaw-chat><miaw-chat id="second"></miaw-chat>'
    await open(`${two}<miaw-chat layout="inline"></miaw-chat>`)
    const launchers = page.getByRole('button', { name: 'Open chat' })
    const isShown = (id: string) => page.locator(`#${id} .miaw-launcher`).isVisible()
    await launchers.waitFor()
    expect([await isShown('first'), await isShown('second')]).toEqual([true, false])
    expect(watch.errors).toEqual([expect.stringContaining('a second launcher is not shown')])
    await page.evaluate(`first.setAttribute('layout', 'inline')`)
    await launchers.waitFor()
    expect(await isShown('second')).toBe(true)
    await page.evaluate(`first.removeAttribute('layout')`)
    await launchers.waitFor()
    expect([await isShown('first'), await isShown('second')]).toEqual([true, false])
    await page.evaluate('first.remove()')
    await page.locator('#second .miaw-launcher').waitFor()
    expect(await page.getByRole('button', { name: 'Start chat' }).count()).toBe(1)
  })

  it('logs an error that names routing-attributes when they are no JSON', async () => {
    await open(`<miaw-chat routing-attributes="{oops"></miaw-chat>`)
    await expect.poll(() => watch.errors.join()).toContain('routing-attributes')
  })
})
