/** Checks the frame of the widget in a browser: launcher, panel, menu, start, end, languages. */
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { choices } from '../widget/fixtures/choices.js'
import { problem } from '../widget/fixtures/conversation.js'
import { textMessage } from '../widget/fixtures/message.js'
import { failed } from '../widget/fixtures/states.js'
import { hasBrowser } from './browser.js'
import {
  drop,
  inline,
  long,
  open,
  showOwnChat,
  useStages,
  versions,
  zoneOfAnotherDay,
} from './widget-stages.js'

describe.skipIf(!hasBrowser())('the frame of the widget', () => {
  const { stageOf } = useStages()

  it.each(versions)(
    'focuses the composer when the launcher opens it, and the launcher after Escape, with %s',
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

  it('focuses the panel, not the composer, on a touch screen', async () => {
    const { page, show } = await stageOf({ hasTouch: true, isMobile: true })
    await show(open)
    await page.getByRole('button', { name: 'Open chat' }).tap()
    const dialogue = page.getByRole('dialog')
    expect(await dialogue.evaluate((node) => node.matches(':focus'))).toBe(true)
  })

  it('stays open after a double click on the launcher', async () => {
    const { page, show } = await stageOf()
    await show(open)
    await page.getByRole('button', { name: 'Open chat' }).dblclick()
    expect(await page.getByRole('dialog').isVisible()).toBe(true)
    await page.getByRole('button', { name: 'Minimise chat' }).last().click({ delay: 10 })
    expect(await page.getByRole('dialog').isVisible()).toBe(false)
  })

  it('sets the status below the title in the weight of ordinary text', async () => {
    const { page, show } = await stageOf()
    await show(open, inline)
    const weightOf = (selector: string) =>
      page.evaluate<string>(`getComputedStyle(document.querySelector('${selector}')).fontWeight`)
    expect(await weightOf('.miaw-status')).toBe('400')
    expect(await weightOf('.miaw-header h2')).toBe('650')
  })

  it('keeps the draft while it is closed', async () => {
    const { page, show } = await stageOf()
    await show(open, { defaultOpen: true })
    await page.getByRole('textbox').fill('Half a sent')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Open chat' }).click()
    expect(await page.getByRole('textbox').inputValue()).toBe('Half a sent')
  })

  it('keeps the draft for the next chat when this one ends', async () => {
    const { page, show } = await stageOf()
    await show(open, inline)
    await page.getByRole('textbox').fill('One more thing')
    await show({ ...open, connection: 'ended' }, inline)
    expect(await page.getByRole('textbox').count()).toBe(0)
    await show({ ...open, conversationId: 'another' }, inline)
    expect(await page.getByRole('textbox').inputValue()).toBe('One more thing')
  })

  it('takes no dropped files in an ended chat', async () => {
    const { page, show } = await stageOf()
    await show({ ...open, connection: 'ended' }, inline)
    await page.evaluate(drop)
    await show(open, inline)
    expect(await page.locator('.miaw-chosen').count()).toBe(0)
  })

  it('follows the open property, also after Escape', async () => {
    const { page, show } = await stageOf()
    await show(open, { open: true })
    await page.getByRole('textbox').press('Escape')
    expect(await page.getByRole('dialog').isVisible()).toBe(true)
    await show(open, { open: false })
    expect(await page.getByRole('dialog').isVisible()).toBe(false)
  })

  it('fills a phone of 390 × 700 pixels and hides the launcher', async () => {
    const { page, show } = await stageOf({ viewport: { width: 390, height: 700 } })
    await show(open, { defaultOpen: true })
    const box = await page.getByRole('dialog').boundingBox()
    expect(box).toEqual({ x: 0, y: 0, width: 390, height: 700 })
    expect(await page.locator('.miaw-launcher').isVisible()).toBe(false)
  })

  it('has a menu that is operated by arrow keys, End, Escape and clicks outside', async () => {
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

  it('ends the chat only after a confirmation, and shows the reason when it fails', async () => {
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
    expect(await callsOf('start')).toEqual([[]])
    await show({ connection: 'connecting' }, props)
    expect(await focused()).toBe('Your message')
  })

  it('shows the pre-chat form again after Cancel, and starts with its answers', async () => {
    const { page, show, callsOf } = await stageOf()
    const fields = [{ name: 'Topic', type: 'text' as const, required: true }]
    const prechat = { required: true, per: 'conversation' as const, fields }
    const startOptions = { routingAttributes: { Page: 'home' } }
    await show({ prechat }, { ...inline, startOptions })
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Start chat' }).click()
    await page.getByRole('textbox').fill('Cargo')
    await page.getByRole('textbox').press('Enter')
    const routingAttributes = { Topic: 'Cargo' }
    expect(await callsOf('setStartOptions')).toEqual([[startOptions]])
    expect(await callsOf('start')).toEqual([[{ routingAttributes }]])
  })

  it('calls send, retry, reply and sendContent in a closed chat, without a call of start()', async () => {
    const { page, show, callsOf } = await stageOf()
    const unsent = { ...failed, problem: problem({ code: 'unsent', retryable: true }) }
    const messages = [...choices.filter(({ id }) => id === 'ports'), unsent]
    const props = { ...inline, startOptions: { language: 'en_US' } }
    await show({ ...open, connection: 'idle', messages }, props)
    await page.getByRole('textbox').fill('Still there?')
    await page.getByRole('textbox').press('Enter')
    expect(await callsOf('send')).toEqual([['Still there?']])
    await page.getByRole('button', { name: 'Try again' }).click()
    expect(await callsOf('retry')).toEqual([[failed.id]])
    await page.getByRole('button', { name: 'Busan' }).click()
    expect(await callsOf('reply')).toHaveLength(1)
    await page.evaluate(drop)
    await page.getByRole('button', { name: 'Send' }).click()
    expect(await callsOf('sendContent')).toHaveLength(1)
    expect(await callsOf('setStartOptions')).toEqual([[props.startOptions]])
    expect(await callsOf('start')).toEqual([])
  })

  it('calls start() with only the answers when a form is filled in during a conversation', async () => {
    const { page, show, callsOf } = await stageOf()
    const prechat = { required: true, per: 'session' as const, fields: [] }
    const startOptions = { resume: false }
    await show({ ...open, prechat }, { ...inline, startOptions })
    await page.getByRole('button', { name: 'Start chat' }).click()
    expect(await callsOf('setStartOptions')).toEqual([[startOptions]])
    expect(await callsOf('start')).toEqual([[{ routingAttributes: {} }]])
  })

  describe.each(versions)('with the options of a chat, with %s', (version) => {
    const polls = (page: Page) =>
      page.evaluate<number>(`requests.filter((path) => path === '/api/poll').length`)
    const pause = (page: Page) => page.evaluate('new Promise((go) => setTimeout(go, 400))')
    /** Unmounts the widget. Its effects are cleaned up behind the next frame. */
    const unmount = (page: Page) =>
      page.evaluate(`{
        stage.unmount()
        new Promise((go) => requestAnimationFrame(() => setTimeout(go, 50)))
      }`)

    it('resumes the conversation, and polls no more after it is unmounted', async () => {
      const { page } = await stageOf({ version })
      await page.evaluate(showOwnChat)
      await page.evaluate('openStorage()')
      await page.getByText('Hello again!').first().waitFor()
      await expect.poll(() => polls(page)).toBeGreaterThan(1)
      await unmount(page)
      const before = await polls(page)
      await pause(page)
      expect(await polls(page)).toBe(before)
    })

    it('never polls when its storage responds after it was unmounted', async () => {
      const { page } = await stageOf({ version })
      await page.evaluate(showOwnChat)
      await unmount(page)
      await page.evaluate('openStorage()')
      await pause(page)
      expect(await polls(page)).toBe(0)
    })
  })

  it('downloads the transcript under the local date, and no longer offers it when unsupported', async () => {
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

  it('follows the language and direction of the page, unless it has its own', async () => {
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

  it('fits 320 pixels in German, with a word of 300 letters', async () => {
    const { page, show } = await stageOf({ viewport: { width: 320, height: 500 } })
    const wide = textMessage('Agent', '09:50', 'w', 'x'.repeat(300))
    await show({ ...open, messages: [...long, wide] }, { defaultOpen: true, language: 'de' })
    const widest = await page.evaluate('document.documentElement.scrollWidth')
    expect(widest).toBe(320)
    const inner = await page.locator('.miaw-scroller').evaluate((node) => node.scrollWidth)
    expect(inner).toBeLessThanOrEqual(320)
  })
})
