/** Checks that any text in any field of any message or state is shown as text. */

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ChatMessage } from '../../client/core/index.js'
import { samples } from '../../sandbox/salesforce/messages/index.js'
import { textMessage } from '../widget/fixtures/message.js'
import { type StateName, stateNames, states } from '../widget/fixtures/states.js'
import { hasBrowser, launchBrowser } from './browser.js'
import { cleanWatch, useDeployment } from './deployment.js'
import { payloads, spoil } from './payloads.js'
import { openStatePage, type StatePage, stateWindow } from './stage-page.js'
import { widgetPage } from './widget-page.js'

const withAddresses = ['contents', 'choices', 'forms', 'events', 'ended', 'prechat'] as const
const same = (kept: string) => kept
const harmless = payloads.map((_, index) => `harmless ${index}`)

/** Replaces texts by these words in turn; an empty text stays empty. */
function inTurn(words: readonly string[], first: number): (kept: string) => string {
  let at = first
  return (kept) => (kept && words[at++ % words.length]) || ''
}

describe.skipIf(!hasBrowser())('an attack in a snapshot', () => {
  let browser: Browser
  let stage: StatePage

  beforeAll(async () => {
    browser = await launchBrowser()
    stage = await openStatePage(await browser.newContext(stateWindow))
  })
  afterAll(() => browser?.close())

  async function expectNoAttack(): Promise<void> {
    expect(await stage.page.evaluate('globalThis.attacked')).toBe(undefined)
    expect(stage.requests).toEqual([])
    expect(stage.errors).toEqual([])
    expect(await stage.page.evaluate(dangersIn('document.querySelector("#root")'))).toEqual([])
  }

  const elements = (): Promise<string> => stage.page.evaluate(outline)

  it.each(stateNames)('stays text in every text of state %s', async (name: StateName) => {
    await stage.show(spoil(states[name], { text: inTurn(harmless, 0), id: same, url: same }))
    const plain = await elements()
    for (const [first] of payloads.entries()) {
      await stage.show(spoil(states[name], { text: inTurn(payloads, first), id: same, url: same }))
      expect(await elements()).toBe(plain)
      await expectNoAttack()
    }
  })

  it.each(withAddresses)(
    'causes no request, script or link in every URL and id of state %s',
    async (name: StateName) => {
      await stage.show(states[name])
      for (const payload of payloads) {
        const id = (kept: string) => kept + payload
        await stage.show(spoil(states[name], { text: same, id, url: () => payload }))
        await expectNoAttack()
      }
      await stage.reload()
    },
  )

  it('causes no request, script or link in Markdown', async () => {
    const marked = [
      ...payloads,
      ...payloads.map((payload) => `[a](<${payload}>) ![b](${payload}) <${payload}>`),
      '[a](java&#115;cript:attacked=1) [b][c]\n\n[c]: javascript:attacked=1',
      '![a](https://evil.example/x.png) <img src=https://evil.example/y.png>',
      '| <b onclick=attacked=1> |\n|---|\n| `<script>attacked=1</script>` |',
    ]
    const messages = marked.map((markdown, index) => ({
      ...textMessage('Chatbot', '09:41', `m${index}`, 'plain'),
      staticContent: { formatType: 'Text' as const, text: 'plain', markdown },
    }))
    await stage.show({ ...states.contents, messages: messages as ChatMessage[] })
    expect(await stage.page.locator('.miaw-markdown').count()).toBe(marked.length)
    await expectNoAttack()
  })

  it('is found by the check when it becomes markup', async () => {
    await stage.show(states.contents)
    await stage.page.evaluate(`document.querySelector('.miaw-list').innerHTML =
      '<li onclick="a()"><a href="javascript:a()">a</a><img src="http://evil.example/"><iframe></iframe></li>'`)
    const found: string[] = await stage.page.evaluate(dangersIn('document.querySelector("#root")'))
    expect(found.map((html) => html.slice(0, 4))).toEqual(['<ifr', '<li ', '<a h', '<img'])
    await expect.poll(() => stage.requests).toEqual(['https://evil.example/'])
    stage.requests.length = 0
    await stage.reload()
  })

  it('is shown as it is written', async () => {
    for (const payload of payloads) {
      await stage.show(spoil(states.contents, { text: () => payload, id: same, url: same }))
      const shown = await stage.page.locator('.miaw').innerText()
      expect(shown.replace(/\s+/g, ' ')).toContain(payload.replace(/\s+/g, ' ').trim())
    }
  })
})

describe.skipIf(!hasBrowser())('an attack in a message of Salesforce', () => {
  const deployment = useDeployment()

  it('stays text in every field of a message', async () => {
    const { page, watch } = await deployment.open()
    const chat = widgetPage(page, deployment)
    const conversationId = await chat.start()
    const entries = Object.values(samples).flatMap((composers) =>
      composers.flatMap((compose) =>
        payloads.slice(0, 5).map((_, first) => {
          const message = compose(`${deployment.origin()}/__sandbox/files`)
          return { message: spoil(message, { text: inTurn(payloads, first), id: same, url: same }) }
        }),
      ),
    )
    await deployment.sandbox('POST', `/conversations/${conversationId}/entries`, { entries })
    const last = 'That is all.'
    await deployment.sandbox('POST', `/conversations/${conversationId}/entries`, {
      entries: [{ text: last }],
    })
    await chat.waitForText(last)
    expect((await chat.ids()).length).toBeGreaterThan(entries.length * 0.9)
    expect(await chat.list.getByText('<img src=x').count()).toBeGreaterThan(20)
    expect(
      await page.evaluate(dangersIn('document.querySelector("miaw-chat").shadowRoot')),
    ).toEqual([])
    expect(await page.evaluate('globalThis.attacked')).toBe(undefined)
    expect(watch).toEqual(cleanWatch)
  })

  it('makes no link of a URL of another scheme', async () => {
    const { page, watch } = await deployment.open()
    const chat = widgetPage(page, deployment)
    const conversationId = await chat.start()
    const url = inTurn(payloads.slice(4, 7), 0)
    const entries = Object.values(samples).flatMap((composers) =>
      composers.map((compose) => {
        const message = compose(`${deployment.origin()}/__sandbox/files`)
        return { message: spoil(message, { text: same, id: same, url }) }
      }),
    )
    await deployment.sandbox('POST', `/conversations/${conversationId}/entries`, {
      entries: [...entries, { text: 'That is all.' }],
    })
    await chat.waitForText('That is all.')
    expect(
      await page.evaluate(dangersIn('document.querySelector("miaw-chat").shadowRoot')),
    ).toEqual([])
    // The one in the Markdown of a sample is a part of its text.
    const links = await chat.list.locator('a').all()
    const addresses = await Promise.all(links.map((link) => link.getAttribute('href')))
    expect(addresses).toEqual(['https://harbor.example/pilots'])
    expect(watch).toEqual(cleanWatch)
  })
})

/** Returns an expression for the elements, attributes and URLs that no message may cause. */
const dangersIn = (root: string) => `(() => {
  const all = [...${root}.querySelectorAll('*')]
  const forbidden = all.filter((each) => each.matches('script, iframe, object, embed, style, base, meta, link'))
  const handlers = all.filter((each) => [...each.attributes].some(({ name }) => /^on|^srcdoc$/.test(name)))
  const links = all.filter((each) => each.href && typeof each.href === 'string')
  const foreign = links.filter(({ href }) => !/^(https?|mailto|tel|blob):/.test(href))
  const loose = links.filter((each) => /^http/.test(each.href) && !/noopener/.test(each.rel))
  const isPicture = (src) => /^(https:|blob:|data:image\\/)/.test(src) || src.startsWith(location.origin)
  const pictures = all.filter(({ src }) => src && !isPicture(src))
  return [forbidden, handlers, foreign, loose, pictures].flat().map((each) => each.outerHTML)
})()`

/** Returns the names of all elements in their order, as an expression for the page. */
const outline = `[...document.querySelectorAll('#root *')].map((each) => each.localName).join(' ')`
