/** The frame of the widget in a browser: launcher, panel, menu, start, end, languages. */
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { hasBrowser } from './browser.js'
import {
  drop,
  inline,
  long,
  open,
  said,
  showOwnChat,
  useStages,
  versions,
  zoneOfAnotherDay,
} from './widget-stages.js'

describe.skipIf(!hasBrowser())('the frame of the widget', () => {
  const { stageOf } = useStages()

  it.each(versions)(
    'opens by the launcher into the composer, and closes by Escape back to it, with %s',
    async (version) => {
      const { page, show, focused } = await stageOf({ version })
      await show({ ...open, unread: 2 })
      const dialogue = page.getByRole('dialog', { name: 'Chat with us' })
      expect(await dialogue.isVisible()).toBe(false)

      await page.getByRole('button', { name: 'Open chat, 2 unread messages' }).press('Enter')
      expect(await dialogue.isVisible()).toBe(true)
      expect(await focused()).toBe('Your message')

      await page.keyboard.press('Escape')
      expect(await dialogue.isVisible()).toBe(false)
      expect(await focused()).toContain('Open chat')
    },
  )

  it('calls up no keyboard on a touch screen', async () => {
    const { page, show } = await stageOf({ hasTouch: true, isMobile: true })
    await show(open)
    await page.getByRole('button', { name: 'Open chat' }).tap()
    const dialogue = page.getByRole('dialog')
    expect(await dialogue.evaluate((node) => node.matches(':focus'))).toBe(true)
  })

  it('keeps a draft while it is closed', async () => {
    const { page, show } = await stageOf()
    await show(open, { defaultOpen: true })
    await page.getByRole('textbox').fill('Half a sent')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Open chat' }).click()
    expect(await page.getByRole('textbox').inputValue()).toBe('Half a sent')
  })

  it('keeps a draft for the next chat when this one ends', async () => {
    const { page, show } = await stageOf()
    await show(open, inline)
    await page.getByRole('textbox').fill('One more thing')
    await show({ ...open, connection: 'ended' }, inline)
    expect(await page.getByRole('textbox').count()).toBe(0)
    await show({ ...open, conversationId: 'another' }, inline)
    expect(await page.getByRole('textbox').inputValue()).toBe('One more thing')
  })

  it('takes no files that are dropped where nothing can be written', async () => {
    const { page, show } = await stageOf()
    await show({ ...open, connection: 'ended' }, inline)
    await page.evaluate(drop)
    await show(open, inline)
    expect(await page.locator('.miaw-chosen').count()).toBe(0)
  })

  it('is open when the page says so, and asks the page to close', async () => {
    const { page, show } = await stageOf()
    await show(open, { open: true })
    await page.getByRole('textbox').press('Escape')
    expect(await page.getByRole('dialog').isVisible()).toBe(true)
    await show(open, { open: false })
    expect(await page.getByRole('dialog').isVisible()).toBe(false)
  })

  it('fills a phone', async () => {
    const { page, show } = await stageOf({ viewport: { width: 390, height: 700 } })
    await show(open, { defaultOpen: true })
    const box = await page.getByRole('dialog').boundingBox()
    expect(box).toEqual({ x: 0, y: 0, width: 390, height: 700 })
    expect(await page.locator('.miaw-launcher').isVisible()).toBe(false)
  })

  it('has a menu that keyboards know', async () => {
    const { page, show, focused } = await stageOf()
    await show(open, { defaultOpen: true })
    const opener = page.getByRole('button', { name: 'More' })
    await opener.press('Home')
    expect(await page.getByRole('menu').count()).toBe(0)
    await opener.press('Enter')
    expect(await focused()).toBe('Download transcript')
    await page.keyboard.press('ArrowDown')
    expect(await focused()).toBe('End chat')
    await page.keyboard.press('ArrowDown')
    expect(await focused()).toBe('Download transcript')
    await page.keyboard.press('End')
    expect(await focused()).toBe('End chat')

    await page.keyboard.press('Escape')
    expect(await page.getByRole('menu').count()).toBe(0)
    expect(await focused()).toBe('More')
    expect(await page.getByRole('dialog').isVisible()).toBe(true)

    await opener.click()
    await page.getByRole('region', { name: 'Messages' }).click()
    expect(await page.getByRole('menu').count()).toBe(0)
  })

  it('ends only after it has asked, and says why it could not', async () => {
    const { page, show, callsOf, refuse, focused } = await stageOf()
    await show(open, inline)
    await page.getByRole('textbox').fill('A draft')
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'End chat' }).click()
    expect(await focused()).toBe('Keep chatting')
    await page.keyboard.press('Escape')
    expect(await focused()).toBe('Your message')
    expect(await page.getByRole('textbox').inputValue()).toBe('A draft')
    expect(await callsOf('end')).toEqual([])

    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'End chat' }).click()
    await page.getByRole('button', { name: 'End chat' }).click()
    expect(await callsOf('end')).toEqual([[]])

    await show({ ...open, connection: 'ended' }, inline)
    expect(await focused()).toBe('Start a new chat')
    expect(await page.getByText('Hello!').first().isVisible()).toBe(true)

    await show({ ...open, conversationId: 'another' }, inline)
    expect(await page.getByRole('button', { name: 'Keep chatting' }).count()).toBe(0)
    await refuse('end', 'upstream_unavailable')
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'End chat' }).click()
    await page.getByRole('button', { name: 'End chat' }).click()
    await page.getByText('The chat does not answer right now.').waitFor()
  })

  it('hands the start options to the chat, starts it, and moves the focus', async () => {
    const { page, show, callsOf, focused } = await stageOf()
    const props = { ...inline, startOptions: { language: 'en_US' } }
    await show({}, props)
    await page.getByRole('button', { name: 'Start chat' }).press('Enter')
    expect(await callsOf('setStartOptions')).toEqual([[{ language: 'en_US' }]])
    expect(await callsOf('start')).toHaveLength(1)
    await show({ connection: 'connecting' }, props)
    expect(await focused()).toBe('Your message')
  })

  it('asks the questions first; they can be put off and come back to', async () => {
    const { page, show, callsOf } = await stageOf()
    const fields = [{ name: 'Topic', type: 'text' as const, required: true }]
    const prechat = { required: true, per: 'conversation' as const, fields }
    await show({ prechat }, inline)
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Start chat' }).click()
    await page.getByRole('textbox').fill('Cargo')
    await page.getByRole('textbox').press('Enter')
    const routingAttributes = { Topic: 'Cargo' }
    expect(await callsOf('start')).toEqual([[{ routingAttributes }]])
  })

  describe.each(versions)('with a chat of its own, in %s', (version) => {
    const polls = (page: Page) =>
      page.evaluate<number>(`asked.filter((path) => path === '/api/poll').length`)
    const pause = (page: Page) => page.evaluate('new Promise((go) => setTimeout(go, 400))')

    it('goes on with the conversation, and is silent when it is gone', async () => {
      const { page } = await stageOf({ version })
      await page.evaluate(showOwnChat)
      await page.evaluate('openStore()')
      await page.getByText('Hello again!').first().waitFor()
      await pause(page)
      const before = await polls(page)
      expect(before).toBeGreaterThan(1)
      await page.evaluate('stage.unmount()')
      await pause(page)
      expect(await polls(page)).toBeLessThanOrEqual(before + 1)
    })

    it('is silent also when it is gone before it has read its store', async () => {
      const { page } = await stageOf({ version })
      await page.evaluate(showOwnChat)
      await page.evaluate('stage.unmount()')
      await page.evaluate('openStore()')
      await pause(page)
      expect(await polls(page)).toBeLessThanOrEqual(1)
    })
  })

  it('gives the transcript, and does not offer it again where there is none', async () => {
    const { page, show, refuse } = await stageOf({ timezoneId: zoneOfAnotherDay() })
    await show(open, inline)
    const ask = async () => {
      await page.getByRole('button', { name: 'More' }).click()
      await page.getByRole('menuitem', { name: 'Download transcript' }).click()
    }
    const [download] = await Promise.all([page.waitForEvent('download'), ask()])
    const today = await page.evaluate(
      `[new Date().getFullYear(), new Date().getMonth() + 1, new Date().getDate()]
        .map((part) => String(part).padStart(2, '0')).join('-')`,
    )
    expect(download.suggestedFilename()).toBe(`chat-${today}.pdf`)
    await refuse('transcript', 'unsupported')
    await ask()
    await page.getByText('This is not possible here.').waitFor()
    await page.getByRole('button', { name: 'More' }).click()
    expect(await page.getByRole('menuitem').allTextContents()).toEqual(['End chat'])
  })

  it('speaks the language and has the direction of the page, or its own', async () => {
    const { page, show } = await stageOf()
    const widget = page.locator('.miaw')
    await page.evaluate(`document.documentElement.lang = 'de-AT'`)
    await show({}, inline)
    await page.getByRole('button', { name: 'Chat starten' }).waitFor()
    await page.evaluate(`document.documentElement.lang = 'ja'`)
    await page.getByRole('button', { name: 'チャットを開始' }).waitFor()
    await show({}, { ...inline, language: 'he' })
    expect(await widget.getAttribute('dir')).toBe('rtl')
    await page.evaluate(`document.documentElement.dir = 'ltr'`)
    await page.locator('.miaw:not([dir])').waitFor()
  })

  it('fits into 320 pixels', async () => {
    const { page, show } = await stageOf({ viewport: { width: 320, height: 500 } })
    const wide = said('w', 'Agent', 'x'.repeat(300))
    await show({ ...open, messages: [...long, wide] }, { defaultOpen: true, language: 'de' })
    const widest = await page.evaluate('document.documentElement.scrollWidth')
    expect(widest).toBe(320)
    const inner = await page.locator('.miaw-scroller').evaluate((node) => node.scrollWidth)
    expect(inner).toBeLessThanOrEqual(320)
  })
})
