/** Checks how an open panel lies over the page: modal, in the top layer, above a keyboard. */
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { hasBrowser } from './browser.js'
import { long, open, useStages, versions } from './widget-stages.js'

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }
const talk = { ...open, messages: long }

/** Adds to the page what the panel covers: a long text, and a button that opens the chat. */
const addPage = `{
  const button = document.createElement('button')
  button.textContent = 'Page'
  const text = document.createElement('p')
  text.style.height = '5000px'
  document.body.prepend(button)
  document.body.append(text)
}`

/** Replaces the visual viewport by one whose height a test sets: `setKeyboard(height, top)`. */
const fakeKeyboard = `{
  const view = new EventTarget()
  Object.assign(view, { scale: 1, offsetTop: 0, height: innerHeight })
  Object.defineProperty(window, 'visualViewport', { value: view })
  window.setKeyboard = (height, offsetTop = 0, scale = 1) => {
    Object.assign(view, { height: innerHeight - height, offsetTop, scale })
    view.dispatchEvent(new Event('resize'))
  }
}`

const frame = (page: Page) =>
  page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))')

/** Moves a finger upwards on an element. Resolves to how far the page was scrolled by it. */
async function swipe(page: Page, selector: string): Promise<number> {
  await page.evaluate('scrollTo(0, 0)')
  const box = await page.locator(selector).boundingBox()
  if (!box) throw new Error(`${selector} is not shown`)
  const session = await page.context().newCDPSession(page)
  const x = box.x + box.width / 2
  const from = Math.min(box.y + box.height / 2, 600)
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', y?: number) =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints: y ? [{ x, y }] : [] })
  await touch('touchStart', from)
  for (let step = 1; step <= 10; step++) {
    await touch('touchMove', Math.max(1, from - step * 20))
    await frame(page)
  }
  await touch('touchEnd')
  await frame(page)
  return page.evaluate<number>('scrollY')
}

describe.skipIf(!hasBrowser())('the layers of the widget', () => {
  const { stageOf } = useStages()

  it.each(versions)(
    'a panel that covers the screen is modal, and gives the focus back, with %s',
    async (version) => {
      const { page, show, focused } = await stageOf({ version, viewport: phone.viewport })
      await page.evaluate(addPage)
      await show(talk)
      await page.getByRole('button', { name: 'Open chat' }).click()
      expect(await focused()).toBe('Your message')
      const seen = new Set<unknown>()
      for (let presses = 0; presses < 12; presses++) {
        await page.keyboard.press(presses < 6 ? 'Tab' : 'Shift+Tab')
        seen.add(
          await page.evaluate(`document.activeElement.closest('.miaw-panel, body').className`),
        )
      }
      expect(seen).toContain('miaw-panel')
      expect(await page.evaluate(`document.querySelector('dialog').matches(':modal')`)).toBe(true)
      const session = await page.context().newCDPSession(page)
      const { nodes } = await session.send('Accessibility.getFullAXTree')
      const names = nodes.filter(({ ignored }) => !ignored).map(({ name }) => name?.value)
      expect(names).toContain('Minimise chat')
      expect(names).not.toContain('Page')
      await page.keyboard.press('Escape')
      expect(await focused()).toContain('Open chat')
      expect(await page.evaluate(`document.querySelector(':modal')`)).toBeNull()
    },
  )

  it('gives the focus back to a button of the page that opened it', async () => {
    const { page, show, focused } = await stageOf({ viewport: phone.viewport })
    await page.evaluate(addPage)
    await show(open, { open: false })
    await page.getByRole('button', { name: 'Page' }).focus()
    await show(open, { open: true })
    expect(await focused()).toBe('Your message')
    await show(open, { open: false })
    expect(await focused()).toBe('Page')
  })

  it('keeps the focus while the window becomes small, and large again', async () => {
    const { page, show, focused } = await stageOf({ viewport: { width: 900, height: 700 } })
    await show(open, { defaultOpen: true })
    const isModal = () => page.evaluate(`document.querySelector('dialog').matches(':modal')`)
    await page.getByRole('textbox').fill('Half a sent')
    expect(await isModal()).toBe(false)
    for (const height of [400, 700]) {
      await page.setViewportSize({ width: 900, height })
      await expect.poll(isModal).toBe(height === 400)
      expect(await focused()).toBe('Your message')
    }
    await page.keyboard.type('ence')
    expect(await page.getByRole('textbox').inputValue()).toBe('Half a sentence')
  })

  it("closes by the device's way back, and not when no file was chosen", async () => {
    const { page, show } = await stageOf({ viewport: phone.viewport })
    await show(open)
    await page.getByRole('button', { name: 'Open chat' }).click()
    const dialogue = page.getByRole('dialog')
    await page
      .locator('input[type=file]')
      .evaluate((input) => input.dispatchEvent(new Event('cancel', { bubbles: true })))
    expect(await dialogue.isVisible()).toBe(true)
    await page.evaluate(`document.querySelector('dialog').requestClose()`)
    await expect.poll(() => dialogue.isVisible()).toBe(false)
    await page.getByRole('button', { name: 'Open chat' }).click()
    expect(await dialogue.isVisible()).toBe(true)
  })

  it('follows the open property, also when the device goes back', async () => {
    const { page, show } = await stageOf({ viewport: phone.viewport })
    await show(open, { open: true })
    await page.getByRole('textbox').press('Escape')
    expect(await page.evaluate(`document.querySelector('dialog').matches(':modal')`)).toBe(true)
    await show(open, { open: false })
    expect(await page.getByRole('dialog').isVisible()).toBe(false)
  })

  it('scrolls itself by swipes, and never the page behind, which is not locked', async () => {
    const { page, show } = await stageOf(phone)
    await page.evaluate(addPage)
    await show(talk)
    expect(await swipe(page, 'body > p')).toBeGreaterThan(100)
    await page.evaluate('scrollTo(0, 0)')
    await page.getByRole('button', { name: 'Open chat' }).tap()
    for (const part of ['.miaw-header', '.miaw-composer', '.miaw-scroller', 'textarea'])
      expect(await swipe(page, part), part).toBe(0)
    await show(open)
    expect(await swipe(page, '.miaw-scroller'), 'a short list').toBe(0)
    await show({})
    expect(await swipe(page, '.miaw-welcome'), 'the greeting').toBe(0)
    expect(await page.evaluate('getComputedStyle(document.body).overflow')).toBe('visible')
    await page.getByRole('button', { name: 'Minimise chat' }).tap()
    expect(await swipe(page, 'body > p')).toBeGreaterThan(100)
  })

  it.each([
    { width: 844, height: 200 },
    { width: 844, height: 390 },
    { width: 390, height: 844 },
  ])('shows the start, the last message and the composer on $width × $height', async (viewport) => {
    const { page, show } = await stageOf({ viewport })
    await show({}, { defaultOpen: true })
    const isShown = async (name: string) => {
      const box = await page.getByText(name).or(page.getByLabel(name)).last().boundingBox()
      return box !== null && box.y >= 0 && box.y + box.height <= viewport.height
    }
    expect(await isShown('Start chat')).toBe(true)
    await show(talk, { defaultOpen: true })
    expect(await page.getByRole('dialog').boundingBox()).toEqual({ x: 0, y: 0, ...viewport })
    expect(await isShown('Message 39')).toBe(true)
    expect(await isShown('Your message')).toBe(true)
  })

  it('stays above an on-screen keyboard with its last message, but not while it is zoomed', async () => {
    const { page, show } = await stageOf({ viewport: phone.viewport })
    await page.evaluate(fakeKeyboard)
    await show(talk, { defaultOpen: true })
    const boxOf = (selector: string) => page.locator(selector).last().boundingBox()
    await page.evaluate('setKeyboard(336, 60)')
    await frame(page)
    expect(await boxOf('.miaw-panel')).toMatchObject({ y: 60, height: 508 })
    const composer = await boxOf('.miaw-composer')
    const last = await boxOf('.miaw-message')
    expect((composer?.y ?? 0) + (composer?.height ?? 0)).toBe(568)
    expect((last?.y ?? 0) + (last?.height ?? 0)).toBeLessThan(composer?.y ?? 0)
    await page.evaluate('setKeyboard(422, 60, 2)')
    expect(await boxOf('.miaw-panel')).toMatchObject({ y: 0, height: 844 })
  })

  it('stands in its corner in a body that is transformed, and above the layers of the page', async () => {
    const { page, show } = await stageOf()
    await page.addStyleTag({ content: 'body { transform: translate(-300px, 200px) scale(0.5) }' })
    await show(open)
    const box = await page.locator('.miaw-launcher').boundingBox()
    expect(box).toEqual({ x: 820, y: 620, width: 60, height: 60 })
    await page.evaluate(`{
      const cover = document.createElement('div')
      cover.style.cssText = 'position: fixed; inset: -2000px; z-index: 2147483647'
      document.documentElement.append(cover)
    }`)
    await page.getByRole('button', { name: 'Open chat' }).click()
    const panel = await page.getByRole('dialog').boundingBox()
    expect(panel).toEqual({ x: 480, y: 20, width: 400, height: 584 })
  })

  it('can be used in a modal dialogue of the page', async () => {
    const { page, show } = await stageOf()
    await page.evaluate(`{
      const dialog = document.createElement('dialog')
      document.body.append(dialog)
      dialog.append(document.querySelector('#root'))
      dialog.showModal()
    }`)
    await show(open)
    expect(await page.locator('.miaw-launcher').boundingBox()).toMatchObject({ x: 820, y: 620 })
    await page.getByRole('button', { name: 'Open chat' }).click()
    await page.getByRole('textbox').fill('Hello')
  })

  it('stays in the layers of a page that sets --miaw-z', async () => {
    const { page, show } = await stageOf()
    await page.addStyleTag({ content: ':root { --miaw-z: 5 }' })
    await show(open)
    expect(await page.evaluate(`document.querySelector(':popover-open')`)).toBeNull()
    const z = await page.evaluate(
      `getComputedStyle(document.querySelector('.miaw-launcher')).zIndex`,
    )
    expect(z).toBe('5')
  })

  it('works where there is no top layer', async () => {
    const { page, show } = await stageOf()
    await page.evaluate('delete HTMLElement.prototype.showPopover')
    await show(open)
    expect(await page.locator('.miaw-launcher').boundingBox()).toMatchObject({ x: 820, y: 620 })
    await page.getByRole('button', { name: 'Open chat' }).click()
    expect(await page.getByRole('dialog').isVisible()).toBe(true)
  })
})
