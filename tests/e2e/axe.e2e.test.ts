/** Checks every state of the widget with axe, in light and dark, and on 320 pixels. */
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type StateName, stateNames, states } from '../widget/fixtures/states.js'
import type { ReactVersion } from '../widget/stage/build.js'
import { violationsIn } from './axe.js'
import { hasBrowser, launchBrowser } from './browser.js'
import { openStatePage, type Props, type StatePage, stateWindow } from './stage-page.js'

/** Rules that only a whole page can keep: the stage has no heading of its own. */
const ofThePage = ['page-has-heading-one']

const rich = ['everything', 'forms', 'prechat', 'ended'] as const
const sizes = [
  { width: 1280, height: 800 },
  { width: 320, height: 640 },
]

describe.skipIf(!hasBrowser())('the accessibility of the widget', () => {
  let browser: Browser
  let stage: StatePage

  beforeAll(async () => {
    browser = await launchBrowser()
    stage = await open({})
  })
  afterAll(() => browser?.close())

  async function open(options: BrowserContextOptions, version?: ReactVersion): Promise<StatePage> {
    return openStatePage(await browser.newContext({ ...stateWindow, ...options }), version)
  }

  async function expectNoViolation(name: StateName, props?: Props): Promise<void> {
    await stage.show(states[name], props)
    expect(await violationsIn(stage.page, ofThePage)).toEqual([])
    expect(await widestOf(stage), 'too wide').toEqual([])
    expect(stage.errors).toEqual([])
  }

  it.each(stateNames)(
    'state %s breaks no rule of axe and fits the width, in light and dark',
    async (name) => {
      await expectNoViolation(name, { layout: 'inline', theme: 'light' })
      await expectNoViolation(name, { layout: 'inline', theme: 'dark' })
    },
  )

  it.each(sizes)('the launcher breaks no rule on $width × $height pixels', async (size) => {
    await stage.page.setViewportSize(size)
    for (const name of rich)
      await expectNoViolation(name, { layout: 'launcher', defaultOpen: true })
  })

  it.each(['light', 'dark'] as const)(
    'every kind of button breaks no rule under the pointer, in %s',
    async (theme) => {
      const kinds = new Set<string | null>()
      for (const name of [...rich, 'idle'] as const) {
        await stage.show(states[name], { layout: 'inline', theme })
        for (const button of await stage.page.locator('button:enabled:visible').all()) {
          const kind = await button.evaluate(kindOf)
          if (kinds.has(kind)) continue
          kinds.add(kind)
          await button.hover()
          expect(await violationsIn(stage.page, ofThePage), `${name}: ${kind}`).toEqual([])
        }
      }
      expect(kinds.size).toBeGreaterThan(5)
    },
  )

  it('the closed widget breaks no rule', async () => {
    await stage.reload()
    await expectNoViolation('contents', { layout: 'launcher' })
  })

  it('every state fits 320 pixels in four languages, and breaks no rule from right to left', async () => {
    await stage.page.setViewportSize({ width: 320, height: 640 })
    for (const language of ['en', 'es', 'de', 'ja']) {
      for (const name of stateNames) {
        await stage.show(states[name], { layout: 'inline', language })
        expect(await widestOf(stage), `${name} in ${language}`).toEqual([])
      }
    }
    await stage.page.evaluate('document.documentElement.dir = "rtl"')
    for (const name of stateNames) await expectNoViolation(name)
    await stage.page.evaluate('document.documentElement.dir = "ltr"')
  })

  it('the check reports a missing name, a faint colour and a broken list', async () => {
    await stage.reload()
    await stage.show(states.contents)
    await stage.page.evaluate(`document.querySelector('.miaw-list').innerHTML =
      '<p style="color: #ccc; inline-size: 200vw; overflow-x: auto">faint<button></button></p>'`)
    const rules = (await violationsIn(stage.page, ofThePage)).map((line) => line.split(':')[0])
    expect(new Set(rules)).toEqual(new Set(['button-name', 'color-contrast', 'list']))
    await stage.reload()
  })

  it('the tree of roles and names is the same on React 18', async () => {
    const shape = async (each: StatePage) => {
      await each.page.setViewportSize({ width: 390, height: 844 })
      await each.reload()
      await each.show(states.everything)
      return each.page.locator('#root').ariaSnapshot()
    }
    const older = await open({}, 18)
    expect(await shape(older)).toBe(await shape(stage))
    expect(older.errors).toEqual([])
  })
})

/** Returns what style sheets tell buttons apart by. */
const kindOf = (button: { className: string; getAttribute(name: string): string | null }) =>
  `${button.className} ${button.getAttribute('data-kind')}`

/** Returns the elements that scroll sideways: the page, or a box that is not meant to. */
const widestOf = ({ page }: StatePage): Promise<string[]> =>
  page.evaluate(`[document.documentElement, ...document.querySelectorAll('#root *')]
    .filter((each) => each.scrollWidth > each.clientWidth + 1)
    .filter((each) => each === document.documentElement ||
      getComputedStyle(each).overflowX === 'auto' && !each.matches('[class*=strip], [class*=carousel]'))
    .map((each) => each.outerHTML.slice(0, 200))`)
