/** Whatever is written into whichever field of whichever message or state: it is shown as text. */

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type StateName, stateNames, states } from '../widget/fixtures/states.js'
import { hasBrowser, launchBrowser } from './browser.js'
import { payloads, spoil } from './payloads.js'
import { looking, openStage, type Stage } from './stage-page.js'

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
  let stage: Stage

  beforeAll(async () => {
    browser = await launchBrowser()
    stage = await openStage(await browser.newContext(looking))
  })
  afterAll(() => browser?.close())

  async function expectPeace(): Promise<void> {
    expect(await stage.page.evaluate('globalThis.attacked')).toBe(undefined)
    expect(stage.requests).toEqual([])
    expect(stage.errors).toEqual([])
    expect(await stage.page.evaluate(dangers)).toEqual([])
  }

  const elements = (): Promise<string> => stage.page.evaluate(outline)

  it.each(stateNames)('stays text in every text of: %s', async (name: StateName) => {
    for (const [first] of payloads.entries()) {
      await stage.show(spoil(states[name], { text: inTurn(harmless, first), id: same, url: same }))
      const plain = await elements()
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

  it('is shown as it was written', async () => {
    for (const payload of payloads) {
      await stage.show(spoil(states.contents, { text: () => payload, id: same, url: same }))
      const shown = await stage.page.locator('.miaw').innerText()
      expect(shown.replace(/\s+/g, ' ')).toContain(payload.replace(/\s+/g, ' ').trim())
    }
  })
})

/** Elements and attributes that no message may bring forth, and addresses of other schemes. */
const dangers = `(() => {
  const all = [...document.querySelectorAll('#root *')]
  const forbidden = all.filter((each) => each.matches('script, iframe, object, embed, style, base, meta, link'))
  const handlers = all.filter((each) => [...each.attributes].some(({ name }) => /^on|^srcdoc$/.test(name)))
  const links = all.filter((each) => each.href && typeof each.href === 'string')
  const foreign = links.filter(({ href }) => !/^(https?|mailto|tel|blob):/.test(href))
  const loose = links.filter((each) => /^http/.test(each.href) && !/noopener/.test(each.rel))
  const pictures = all.filter(({ src }) => src && !/^(https:|blob:|data:image\\/)/.test(src))
  return [forbidden, handlers, foreign, loose, pictures].flat().map((each) => each.outerHTML)
})()`

/** All elements by name, in their order. */
const outline = `[...document.querySelectorAll('#root *')].map((each) => each.localName).join(' ')`
