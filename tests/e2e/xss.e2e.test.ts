/** Whatever is written into whichever field of whichever message or state: it is shown as text. */

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { samples } from '../../sandbox/salesforce/messages/index.js'
import { type StateName, stateNames, states } from '../widget/fixtures/states.js'
import { hasBrowser, launchBrowser } from './browser.js'
import { payloads, spoil } from './payloads.js'
import { blameless, usePlace } from './place.js'
import { type Lookout, looking, openLookout } from './stage-page.js'
import { widgetPage } from './widget-page.js'

const withAddresses = ['contents', 'choices', 'forms', 'events', 'ended', 'prechat'] as const
const same = (kept: string) => kept
const harmless = payloads.map((_, index) => `harmless ${index}`)

/** One after the other in the place of texts; where nothing was said, nothing is. */
function inTurn(words: readonly string[], first: number): (kept: string) => string {
  let at = first
  return (kept) => (kept && words[at++ % words.length]) || ''
}

describe.skipIf(!hasBrowser())('what others write', () => {
  let browser: Browser
  let stage: Lookout

  beforeAll(async () => {
    browser = await launchBrowser()
    stage = await openLookout(await browser.newContext(looking))
  })
  afterAll(() => browser?.close())

  async function expectPeace(): Promise<void> {
    expect(await stage.page.evaluate('globalThis.attacked')).toBe(undefined)
    expect(stage.requests).toEqual([])
    expect(stage.errors).toEqual([])
    expect(await stage.page.evaluate(dangersIn('document.querySelector("#root")'))).toEqual([])
  }

  const elements = (): Promise<string> => stage.page.evaluate(outline)

  it.each(stateNames)('stays text in every text of: %s', async (name: StateName) => {
    await stage.show(spoil(states[name], { text: inTurn(harmless, 0), id: same, url: same }))
    const plain = await elements()
    for (const [first] of payloads.entries()) {
      await stage.show(spoil(states[name], { text: inTurn(payloads, first), id: same, url: same }))
      expect(await elements()).toBe(plain)
      await expectPeace()
    }
  })

  it.each(withAddresses)(
    'leads nowhere in every address and id of: %s',
    async (name: StateName) => {
      await stage.show(states[name])
      for (const payload of payloads) {
        const id = (kept: string) => kept + payload
        await stage.show(spoil(states[name], { text: same, id, url: () => payload }))
        await expectPeace()
      }
      await stage.reload()
    },
  )

  it('would be noticed if it came alive', async () => {
    await stage.show(states.contents)
    await stage.page.evaluate(`document.querySelector('.miaw-list').innerHTML =
      '<li onclick="a()"><a href="javascript:a()">a</a><img src="http://evil.example/"><iframe></iframe></li>'`)
    const found: string[] = await stage.page.evaluate(dangersIn('document.querySelector("#root")'))
    expect(found.map((html) => html.slice(0, 4))).toEqual(['<ifr', '<li ', '<a h', '<img'])
    await expect.poll(() => stage.requests).toEqual(['https://evil.example/'])
    stage.requests.length = 0
    await stage.reload()
  })

  it('is shown as it was written', async () => {
    for (const payload of payloads) {
      await stage.show(spoil(states.contents, { text: () => payload, id: same, url: same }))
      const shown = await stage.page.locator('.miaw').innerText()
      expect(shown.replace(/\s+/g, ' ')).toContain(payload.replace(/\s+/g, ' ').trim())
    }
  })
})

describe.skipIf(!hasBrowser())('what Salesforce hands on', () => {
  const place = usePlace()

  it('stays text, whatever stands in whichever field of a message', async () => {
    const { page, watch } = await place.open()
    const chat = widgetPage(page, place)
    const conversationId = await chat.start()
    const entries = Object.values(samples).flatMap((composers) =>
      composers.flatMap((compose) =>
        payloads.slice(0, 5).map((_, first) => {
          const message = compose(`${place.origin()}/__sandbox/files`)
          return { message: spoil(message, { text: inTurn(payloads, first), id: same, url: same }) }
        }),
      ),
    )
    await place.sandbox('POST', `/conversations/${conversationId}/entries`, { entries })
    const last = 'That is all.'
    await place.sandbox('POST', `/conversations/${conversationId}/entries`, {
      entries: [{ text: last }],
    })
    await chat.see(last)
    expect((await chat.ids()).length).toBeGreaterThan(entries.length * 0.9)
    expect(await chat.list.getByText('<img src=x').count()).toBeGreaterThan(20)
    expect(
      await page.evaluate(dangersIn('document.querySelector("miaw-chat").shadowRoot')),
    ).toEqual([])
    expect(await page.evaluate('globalThis.attacked')).toBe(undefined)
    expect(watch).toEqual(blameless)
  })

  it('opens nothing but pages, whatever stands in an address', async () => {
    const { page, watch } = await place.open()
    const chat = widgetPage(page, place)
    const conversationId = await chat.start()
    const url = inTurn(payloads.slice(4, 7), 0)
    const entries = Object.values(samples).flatMap((composers) =>
      composers.map((compose) => {
        const message = compose(`${place.origin()}/__sandbox/files`)
        return { message: spoil(message, { text: same, id: same, url }) }
      }),
    )
    await place.sandbox('POST', `/conversations/${conversationId}/entries`, {
      entries: [...entries, { text: 'That is all.' }],
    })
    await chat.see('That is all.')
    expect(
      await page.evaluate(dangersIn('document.querySelector("miaw-chat").shadowRoot')),
    ).toEqual([])
    expect(await chat.list.locator('a').count()).toBe(0)
    expect(watch).toEqual(blameless)
  })
})

/** Elements and attributes that no message may bring forth, and addresses of other schemes, as an expression. */
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

/** All elements by name, in their order. */
const outline = `[...document.querySelectorAll('#root *')].map((each) => each.localName).join(' ')`
