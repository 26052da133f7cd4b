/** Every state of the widget for those who see, hear or reach little, and on the narrowest of screens. */
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type StateName, stateNames, states } from '../widget/fixtures/states.js'
import type { ReactVersion } from '../widget/stage/build.js'
import { violationsIn } from './axe.js'
import { hasBrowser, launchBrowser } from './browser.js'
import { type Lookout, looking, openLookout, type Props } from './stage-page.js'

/** The stage has no heading of its own: that is the page's, which the widget is put on. */
const ofThePage = ['page-has-heading-one']

const rich = ['everything', 'forms', 'prechat', 'ended'] as const
const sizes = [
  { width: 1280, height: 800 },
  { width: 320, height: 640 },
]

describe.skipIf(!hasBrowser())('the widget for everybody', () => {
  let browser: Browser
  let stage: Lookout

  beforeAll(async () => {
    browser = await launchBrowser()
    stage = await open({})
  })
  afterAll(() => browser?.close())

  async function open(options: BrowserContextOptions, version?: ReactVersion): Promise<Lookout> {
    return openLookout(await browser.newContext({ ...looking, ...options }), version)
  }

  async function expectSound(name: StateName, props?: Props): Promise<void> {
    await stage.show(states[name], props)
    expect(await violationsIn(stage.page, ofThePage)).toEqual([])
    expect(await widestOf(stage), 'too wide').toEqual([])
    expect(stage.errors).toEqual([])
  }

  it.each(stateNames)('breaks no rule, light or dark: %s', async (name) => {
    await expectSound(name, { layout: 'inline', theme: 'light' })
    await expectSound(name, { layout: 'inline', theme: 'dark' })
  })

  it.each(sizes)('breaks no rule on $width × $height, as a launcher', async (size) => {
    await stage.page.setViewportSize(size)
    for (const name of rich) await expectSound(name, { layout: 'launcher', defaultOpen: true })
  })

  it.each(['light', 'dark'] as const)('can be read under the pointer, %s', async (theme) => {
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
  })

  it('breaks no rule while it is closed', async () => {
    await stage.reload()
    await expectSound('contents', { layout: 'launcher' })
  })

  it('needs no scrolling sideways on 320 px, in all languages and from right to left', async () => {
    await stage.page.setViewportSize({ width: 320, height: 640 })
    for (const language of ['en', 'es', 'de', 'ja']) {
      for (const name of stateNames) {
        await stage.show(states[name], { layout: 'inline', language })
        expect(await widestOf(stage), `${name} in ${language}`).toEqual([])
      }
    }
    await stage.page.evaluate('document.documentElement.dir = "rtl"')
    for (const name of stateNames) await expectSound(name)
    await stage.page.evaluate('document.documentElement.dir = "ltr"')
  })

  it('would be told of what is wrong', async () => {
    await stage.reload()
    await stage.show(states.contents)
    await stage.page.evaluate(`document.querySelector('.miaw-list').innerHTML =
      '<p style="color: #ccc; inline-size: 200vw; overflow-x: auto">faint<button></button></p>'`)
    const told = (await violationsIn(stage.page, ofThePage)).map((line) => line.split(':')[0])
    expect(new Set(told)).toEqual(new Set(['button-name', 'color-contrast', 'list']))
    await stage.reload()
  })

  it('is the same on React 18', async () => {
    const shape = async (each: Lookout) => {
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

/** By what style sheets know a button. */
const kindOf = (button: { className: string; getAttribute(name: string): string | null }) =>
  `${button.className} ${button.getAttribute('data-kind')}`

/** What makes the page, or a box in it that is not meant to, scroll sideways. */
const widestOf = ({ page }: Lookout): Promise<string[]> =>
  page.evaluate(`[document.documentElement, ...document.querySelectorAll('#root *')]
    .filter((each) => each.scrollWidth > each.clientWidth + 1)
    .filter((each) => each === document.documentElement ||
      getComputedStyle(each).overflowX === 'auto' && !each.matches('[class*=strip], [class*=carousel]'))
    .map((each) => each.outerHTML.slice(0, 200))`)
