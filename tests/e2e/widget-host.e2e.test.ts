/** Checks the widget on pages that decide otherwise, and in the oldest browsers that it is made for. */
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { choices } from '../widget/fixtures/choices.js'
import { contents } from '../widget/fixtures/contents.js'
import { problem } from '../widget/fixtures/conversation.js'
import { textMessage } from '../widget/fixtures/message.js'
import { withoutNewerFeatures } from '../widget/fixtures/newer-features.js'
import { hearing, openChat, type State, type StateName, states } from '../widget/fixtures/states.js'
import { violationsIn } from './axe.js'
import { hasBrowser, launchBrowser } from './browser.js'
import { openStatePage, type StatePage, stateWindow } from './stage-page.js'

const rich = ['idle', 'everything', 'forms', 'prechat', 'failed', 'ended'] as const

/** Styles of a page that its elements inherit, and that a reset has to undo. */
const hostStyles = `html { font-size: 62.5% }
#root { letter-spacing: 3px; word-spacing: 9px; text-transform: uppercase; line-height: 3; cursor: wait;
  visibility: hidden; font: italic 700 9px/3 serif; text-indent: 2em; text-align: end; white-space: pre;
  color: red; text-shadow: 1px 1px red; pointer-events: none; user-select: none; word-break: break-all;
  font-variant: small-caps; hyphens: auto; quotes: none; list-style: square; caret-color: red }`

/** Properties that show what a page's styles did: what is inherited, and sizes. */
const compared = `font letter-spacing word-spacing text-transform line-height cursor visibility
  text-indent text-align white-space color text-shadow pointer-events user-select word-break
  font-variant hyphens quotes list-style caret-color width height`.split(/\s+/)

/** Returns the computed style of each element of the widget, but not of drawings. */
const stylesOf = ({ page }: StatePage): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll('.miaw, .miaw :not(svg, path)')].map((node) => {
    const style = getComputedStyle(node)
    return node.className + ' ' + ${JSON.stringify(compared)}
      .map((name) => name + ': ' + style.getPropertyValue(name)).join('; ')
  })`)

/** Returns what can be pressed and is smaller than 24 pixels, links within a sentence excepted. */
const smallTargets = ({ page }: StatePage): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll('.miaw :is(button, a, input, select, textarea)')]
    .filter((node) => node.checkVisibility({ visibilityProperty: true }) && !node.closest('.miaw-bubble'))
    .map((node) => [node, node.getBoundingClientRect()])
    .filter(([, { width, height }]) => Math.min(width, height) < 24)
    .map(([node, { width, height }]) => node.outerHTML.slice(0, 120) + ' ' + width + ' × ' + height)`)

/** Returns the fields whose text makes iOS zoom the page. */
const smallFields = ({ page }: StatePage): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll('.miaw :is(input:not([type=checkbox]), select, textarea)')]
    .filter((node) => parseFloat(getComputedStyle(node).fontSize) < 16)
    .map((node) => node.outerHTML.slice(0, 120))`)

const unreachable = problem({ code: 'unreachable', retryable: true })
const partial = (text: string) => hearing({ partial: { messageId: 'growing', text } })

/** Replaces every text of the widget, as translators of pages do. */
const translate = `{
  const walker = document.createTreeWalker(document.querySelector('.miaw'), NodeFilter.SHOW_TEXT)
  const found = []
  while (walker.nextNode()) if (walker.currentNode.data.trim()) found.push(walker.currentNode)
  for (const text of found) {
    const font = document.createElement('font')
    font.append(text.data.replaceAll(/[a-z]/g, 'z'))
    text.replaceWith(font)
  }
}`

describe.skipIf(!hasBrowser())('the widget on pages of others', () => {
  let browser: Browser
  let stage: StatePage

  beforeAll(async () => {
    browser = await launchBrowser()
    stage = await open()
  })
  afterAll(() => browser?.close())

  const open = async (options: BrowserContextOptions = {}) =>
    openStatePage(await browser.newContext({ ...stateWindow, ...options }))

  it.each(rich)(
    'state %s looks the same on a page with a small rem and odd styles',
    async (name) => {
      await stage.reload()
      await stage.show(states[name])
      const before = await stylesOf(stage)
      await stage.page.addStyleTag({ content: hostStyles })
      expect(await stylesOf(stage)).toEqual(before)
    },
  )

  it('every target has at least 24 pixels, and the text of every field 16', async () => {
    for (const [name, state] of Object.entries(states)) {
      await stage.show(state)
      expect(await smallTargets(stage), name).toEqual([])
      expect(await smallFields(stage), name).toEqual([])
    }
  })

  it.each([19, 18, 'preact'] as const)(
    'texts change after a translator of pages has replaced them, with %s',
    async (version) => {
      const translated = await openStatePage(await browser.newContext(stateWindow), version)
      const { page, show } = translated
      const sent = (delivery: 'sending' | 'sent' | 'failed') => ({
        ...textMessage('EndUser', '09:50', 'own', 'Hello?'),
        ...{ delivery, ...(delivery === 'failed' && { problem: unreachable }) },
      })
      const steps: [State, string[]][] = [
        [{}, ['We are here to help', 'Start chat']],
        [{ connection: 'refused', problem: unreachable }, ['Chat not available', 'Try again']],
        [{ ...openChat, messages: [sent('sending')] }, ['Connected to', 'Sending…']],
        [{ ...openChat, messages: [sent('sent')] }, ['Sent']],
        [{ ...openChat, messages: [sent('failed')] }, ['Not sent. There is no connection.']],
        [{ ...openChat, ...partial('Your cont'), messages: [sent('sent')] }, ['Your cont']],
        [{ ...openChat, ...partial('Your container is'), messages: [] }, ['Your container is']],
        [{ ...openChat, ...hearing({ progress: 'Looking' }), messages: [] }, ['Looking']],
        [{ ...openChat, ...hearing({ progress: 'Booking' }), messages: [] }, ['Booking']],
        [{ ...openChat, connection: 'ended' }, ['Chat ended', 'Start a new chat']],
        [{ ...openChat, connection: 'lost' }, ['Chat closed', 'no longer available']],
      ]
      for (const [state, texts] of steps) {
        await show(state)
        const shown = await page.locator('.miaw').innerText()
        for (const text of texts) expect(shown).toContain(text)
        await page.evaluate(translate)
        expect(await page.locator('.miaw').innerText()).not.toContain(texts[0])
      }
      await show({})
      expect(await page.locator('.miaw-error').allTextContents()).toEqual(['', ''])
      expect(translated.errors).toEqual([])
      await page.context().close()
    },
  )

  it('times with English words are read from left to right on every page', async () => {
    await stage.reload()
    await stage.page.evaluate('document.documentElement.dir = "rtl"')
    await stage.show({ ...states.choices, messages: [...choices, ...contents] })
    const isReversed =
      await stage.page.evaluate(`[...document.querySelectorAll('.miaw time, .miaw-slots span')]
      .filter((node) => /^\\d.* [AP]M$/.test(node.textContent))
      .map((node) => {
        const text = document.createRange()
        const leftOf = (from) => {
          text.setStart(node.firstChild, from)
          text.setEnd(node.firstChild, from + 1)
          return text.getBoundingClientRect().left
        }
        return leftOf(0) > leftOf(node.firstChild.length - 1)
      })`)
    expect(isReversed).toContain(false)
    expect(isReversed).not.toContain(true)
  })

  describe.each(['light', 'dark'] as const)(
    'in the oldest browsers, on a %s device',
    (colorScheme) => {
      let older: StatePage

      /** Shows a state with the style sheet as an old browser understands it. */
      async function show(
        name: StateName,
        theme: 'auto' | 'light' | 'dark' = 'auto',
      ): Promise<void> {
        const style = older.page.locator('style')
        const css = withoutNewerFeatures((await style.textContent()) ?? '')
        await style.evaluate((node, text) => Object.assign(node, { textContent: text }), css)
        await older.show(states[name], { layout: 'inline', theme })
      }

      beforeAll(async () => {
        older = await open({ colorScheme })
      })

      it('everything can be read', async () => {
        await show('everything')
        expect(await violationsIn(older.page, ['page-has-heading-one'])).toEqual([])
      })

      it('the panel and the own messages have their colours', async () => {
        const colourOf = (selector: string) =>
          older.page
            .locator(selector)
            .first()
            .evaluate((node) => getComputedStyle(node).backgroundColor)
        for (const theme of ['auto', 'light', 'dark'] as const) {
          await show('contents', theme)
          const isDark = theme === 'auto' ? colorScheme === 'dark' : theme === 'dark'
          expect(await colourOf('.miaw-panel')).toBe(
            isDark ? 'rgb(21, 29, 36)' : 'rgb(255, 255, 255)',
          )
          const own = isDark ? 'rgb(23, 106, 128)' : 'rgb(14, 99, 119)'
          expect(await colourOf('[data-side="own"] > .miaw-bubble')).toBe(own)
        }
      })

      it('an own message shows its delivery while nobody answers', async () => {
        await show('contents')
        await show('uploading')
        expect(await older.page.getByText('Sent', { exact: true }).isVisible()).toBe(true)
      })
    },
  )
})

declare function getComputedStyle(node: unknown): { backgroundColor: string }
