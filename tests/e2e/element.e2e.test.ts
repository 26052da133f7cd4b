/** `<miaw-chat>` on a page of another site, whose own policy is strict. */
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { hasBrowser, type Watch } from './browser.js'
import { usePlace } from './place.js'

describe.skipIf(!hasBrowser())('<miaw-chat> on a page of another site', () => {
  let page: Page
  let watch: Watch
  let body = ''
  let early = ''
  const place = usePlace({ site })

  async function site(request: Request): Promise<Response> {
    if (request.url.endsWith('/early.js')) {
      return new Response(early, { headers: { 'content-type': 'text/javascript' } })
    }
    const gateway = place.origin()
    const policy = `default-src 'none'; script-src 'self' ${gateway}; connect-src ${gateway}`
    return new Response(`<!doctype html><html lang="en"><title>Shop</title>${body}`, {
      headers: { 'content-type': 'text/html', 'content-security-policy': policy },
    })
  }

  /** A page with this in its body, then a script of its own, then the element's. */
  async function open(tag: string, script = ''): Promise<void> {
    early = script
    body = `${tag}<script src="/early.js"></script><script type="module" src="${place.origin()}/miaw-chat.js"></script>`
    ;({ page, watch } = await place.open())
    await page.waitForFunction('customElements.get("miaw-chat")')
  }

  const element = () => page.locator('miaw-chat')
  const reads = (text: string) => element().getByText(text).first().waitFor()
  /** Runs code in the page, where `chat` is the element. */
  const run = (code: string) =>
    page.evaluate(`(async () => { const chat = document.querySelector('miaw-chat'); ${code} })()`)
  const told = () => run('return told')
  const listening = `window.told = []
for (const type of ['miaw-open', 'miaw-close', 'miaw-message'])
  addEventListener(type, ({ detail }) => told.push(detail ? type + ' ' + detail.text : type))`

  it('needs nothing but the tag: it asks the gateway that its script came from', async () => {
    await open('<miaw-chat></miaw-chat>', listening)
    await page.getByRole('button', { name: 'Open chat' }).click()
    await page.getByRole('button', { name: 'Start chat' }).click()
    await reads('Hello, I am the Harbor Assistant.')
    await run(`chat.chat.send('Hi')`)
    await expect.poll(told).toContain('miaw-message You said “Hi”. Is there more I can do?')
    expect(await told()).toContain('miaw-open')
    expect(await told()).not.toContain('miaw-message Hi')
    expect(watch.errors).toEqual([])
    expect(await element().getAttribute('open')).toBe('')
  })

  it('opens and closes by its methods and its attribute, and tells each once', async () => {
    await open('<miaw-chat></miaw-chat>', listening)
    const dialog = element().getByRole('heading').first()
    await run('chat.open()')
    await dialog.waitFor()
    await run('chat.close()')
    await dialog.waitFor({ state: 'hidden' })
    await run(`chat.setAttribute('open', '')`)
    await dialog.waitFor()
    expect(await told()).toEqual(['miaw-open', 'miaw-close', 'miaw-open'])
  })

  it('follows its attributes, and the texts that a page gave before the script came', async () => {
    const before = `document.querySelector('miaw-chat').texts = { title: 'Harbor desk' }`
    await open('<miaw-chat layout="inline"></miaw-chat>', before)
    await reads('Harbor desk')
    await run(`chat.setAttribute('language', 'de')`)
    await element().locator('.miaw[lang="de"]').waitFor()
    await run(`chat.setAttribute('theme', 'dark')`)
    await element().locator('.miaw[data-theme="dark"]').waitFor()
    await reads('Harbor desk')
  })

  it('goes on when it is taken out and put back', async () => {
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

  it('is there once when its script is loaded twice', async () => {
    await open('<miaw-chat layout="inline"></miaw-chat>')
    await page.addScriptTag({ url: `${place.origin()}/miaw-chat.js?again`, type: 'module' })
    await page.getByRole('button', { name: 'Start chat' }).waitFor()
    expect(watch.errors).toEqual([])
  })

  it('keeps to the session’s storage when it is told to, and leaves nothing at sign-out', async () => {
    await open('<miaw-chat layout="inline" storage="session"></miaw-chat>')
    await page.getByRole('button', { name: 'Start chat' }).click()
    await reads('Hello, I am the Harbor Assistant.')
    const kept = () => run('return [localStorage.length, sessionStorage.length]')
    expect(await kept()).toEqual([0, 2])
    await run('await chat.signOut()')
    expect(await kept()).toEqual([0, 0])
  })

  it('is another chat at another gateway, in another storage, for another visitor; else the same', async () => {
    await open('<miaw-chat layout="inline"></miaw-chat>')
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

  it('says who is signed in, and with what a conversation is begun', async () => {
    await open(`<miaw-chat layout="inline" identity-token="e30.eyJzdWIiOiJtaW5hIn0.s"
      routing-attributes='{"_subject":"Customs"}'></miaw-chat>`)
    const asked: unknown[] = []
    await page.route('**/api/auth', (route) => {
      asked.push(route.request().postDataJSON())
      return route.continue({ postData: '{}' })
    })
    const [start] = await Promise.all([
      page.waitForRequest('**/api/start'),
      page.getByRole('button', { name: 'Start chat' }).click(),
    ])
    expect(asked).toMatchObject([{ identityToken: 'e30.eyJzdWIiOiJtaW5hIn0.s' }])
    expect(start.postDataJSON().routingAttributes).toEqual({ _subject: 'Customs' })
  })

  it('is heard through the shadow root that a page has put it into', async () => {
    await open('<div></div>', listening)
    await page.evaluate(`document.querySelector('div').attachShadow({ mode: 'open' })
      .append(document.createElement('miaw-chat'))`)
    await page.getByRole('button', { name: 'Open chat' }).click()
    await expect.poll(told).toEqual(['miaw-open'])
  })

  it('tells by name of routing attributes that cannot be read', async () => {
    await open(`<miaw-chat routing-attributes="{oops"></miaw-chat>`)
    await expect.poll(() => watch.errors.join()).toContain('routing-attributes')
  })
})
