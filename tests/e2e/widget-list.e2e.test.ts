/** Checks the list of messages in a browser: scrolling, unread messages, older messages, announcements. */
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { withBot } from '../widget/fixtures/conversation.js'
import { events } from '../widget/fixtures/events.js'
import { forms } from '../widget/fixtures/forms.js'
import { message, textMessage } from '../widget/fixtures/message.js'
import { failed } from '../widget/fixtures/states.js'
import { hasBrowser } from './browser.js'
import { inline, long, open, type StageOptions, thousand, useStages } from './widget-stages.js'

describe.skipIf(!hasBrowser())('the widget', () => {
  const { stageOf } = useStages()

  describe.each([19, 'preact'] as const)('the list of messages, with %s', (version) => {
    const listStage = (options: StageOptions = {}) => stageOf({ version, ...options })
    const scrolled = (page: Page) =>
      page.locator('.miaw-scroller').evaluate((node) => ({
        top: node.scrollTop,
        left: node.scrollHeight - node.scrollTop - node.clientHeight,
      }))
    const scrollTo = async (page: Page, top: number) => {
      await page.locator('.miaw-scroller').evaluate((node, to) => {
        node.scrollTop = to
      }, top)
      await page.evaluate('new Promise(requestAnimationFrame)')
      await page.evaluate('new Promise(requestAnimationFrame)')
    }

    it('follows new messages at its end, and counts them while the visitor reads further up', async () => {
      const { page, show } = await listStage()
      await show({ ...open, messages: long }, inline)
      expect((await scrolled(page)).left).toBeLessThan(2)
      const one = [...long, textMessage('Agent', '09:50', 'n1', 'New')]
      await show({ ...open, messages: one }, inline)
      expect((await scrolled(page)).left).toBeLessThan(2)

      await scrollTo(page, 300)
      await page.getByText('Message 0', { exact: true }).waitFor()
      await scrollTo(page, 300)
      const two = [
        ...one,
        textMessage('Agent', '09:50', 'n2', 'Newer'),
        textMessage('Agent', '09:50', 'n3', 'Newest'),
      ]
      await show({ ...open, messages: two }, inline)
      expect((await scrolled(page)).top).toBe(300)
      await page.getByRole('button', { name: '2 new messages' }).press('Enter')
      expect(await page.locator('.miaw-scroller').evaluate((node) => node.matches(':focus'))).toBe(
        true,
      )
      expect((await scrolled(page)).left).toBeLessThan(2)
      expect(await page.locator('.miaw-jump').count()).toBe(0)
    })

    it('scrolls to a message that the visitor sends', async () => {
      const { page, show } = await listStage()
      await show({ ...open, messages: long }, inline)
      await scrollTo(page, 300)
      const own = {
        ...textMessage('EndUser', '09:50', 'own', 'Here'),
        delivery: 'sending' as const,
      }
      await show({ ...open, messages: [...long, own] }, inline)
      expect((await scrolled(page)).left).toBeLessThan(2)
    })

    it('draws a new message without drawing the others again', async () => {
      const { page } = await listStage()
      const shown = { ...open, messages: long.slice(-10) }
      const next = textMessage('Agent', '09:50', 'n1', 'New')
      const formats = await page.evaluate<number>(`{
        let formats = 0
        const times = Intl.DateTimeFormat.prototype
        const { get } = Object.getOwnPropertyDescriptor(times, 'format')
        Object.defineProperty(times, 'format', {
          get() {
            formats += 1
            return get.call(this)
          },
        })
        const shown = ${JSON.stringify(shown)}
        stage.show(shown, ${JSON.stringify(inline)})
        formats = 0
        stage.show(
          { ...shown, messages: [...shown.messages, ${JSON.stringify(next)}] },
          ${JSON.stringify(inline)},
        )
        formats
      }`)
      await page.getByText('New', { exact: true }).waitFor()
      // Those of the new message, and of the day each time that the list is drawn.
      expect(formats).toBeLessThan(5)
    })

    it('shows a tall message from its beginning', async () => {
      const { page, show } = await listStage()
      const tall = textMessage('Agent', '09:50', 'tall', 'Line\n'.repeat(80))
      await show({ ...open, messages: long }, inline)
      await show({ ...open, messages: [...long, tall] }, inline)
      const { left } = await scrolled(page)
      expect(left).toBeGreaterThan(300)
      const box = await page.locator('[data-id="tall"]').boundingBox()
      expect(box?.y).toBeGreaterThan(60)
      expect(box?.y).toBeLessThan(200)
    })

    it('draws the last messages of a thousand, and others as far as the reader goes', async () => {
      const { page, show, callsOf } = await listStage()
      const drawn = page.locator('li[data-id]')
      await page.evaluate(`{
        globalThis.made = 0
        const create = document.createElement
        document.createElement = function (name, ...rest) {
          made += Number(name === 'li')
          return create.call(this, name, ...rest)
        }
      }`)
      await show({ ...open, messages: thousand }, inline)
      await page.getByText('Message 999', { exact: true }).waitFor()
      expect(await page.evaluate('made')).toBeLessThan(80)
      const before = await drawn.count()
      await scrollTo(page, 0)
      await expect.poll(() => drawn.count()).toBeGreaterThan(before)
      for (let slices = before; slices < 300; slices += 12) await scrollTo(page, 0)
      await expect.poll(() => drawn.count()).toBeGreaterThan(150)
      await page.getByRole('button', { name: 'To the newest message' }).click()
      await expect.poll(() => drawn.count()).toBeLessThan(100)
      expect(await page.getByText('Message 999', { exact: true }).isVisible()).toBe(true)
      expect(await callsOf('loadOlder')).toEqual([])
    })

    it('draws earlier messages by keyboard, and keeps what was read at its place', async () => {
      const { page, show, callsOf } = await listStage()
      await show({ ...open, messages: thousand }, inline)
      const button = page.getByRole('button', { name: 'Show earlier messages' })
      await button.focus()
      const first = page.locator('li[data-id]').first()
      const id = await first.getAttribute('data-id')
      const bubble = page.locator(`[data-id="${id}"] .miaw-bubble`)
      await bubble.scrollIntoViewIfNeeded()
      const before = await bubble.boundingBox()
      await button.press('Enter')
      await expect.poll(() => first.getAttribute('data-id')).not.toBe(id)
      const after = await bubble.boundingBox()
      expect(Math.abs((after?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(3)
      expect(await callsOf('loadOlder')).toEqual([])
    })

    it('draws all unread messages of a long list, from the mark above them', async () => {
      const { page, show } = await listStage()
      const readUpTo = thousand[899]?.timestamp ?? ''
      await show({ ...open, messages: thousand, readUpTo, unread: 100 }, inline)
      await page.getByText('Message 900', { exact: true }).waitFor()
      expect(await page.locator('[data-kind="unread"]').isVisible()).toBe(true)
    })

    it('loads older messages at its top, and keeps its position when they are shown', async () => {
      const { page, show, callsOf } = await listStage()
      await show({ ...open, messages: long, hasOlder: true }, inline)
      expect(await callsOf('loadOlder')).toEqual([])
      await scrollTo(page, 10)
      expect(await callsOf('loadOlder')).toEqual([[]])
      const first = page.locator('[data-id="m0"] .miaw-bubble')
      const before = await first.boundingBox()
      const older = Array.from({ length: 30 }, (_, index) =>
        textMessage('Agent', `07:${10 + index}`, `o${index}`, `Old ${index}`),
      )
      await show({ ...open, messages: [...older, ...long], hasOlder: true }, inline)
      const after = await first.boundingBox()
      expect(Math.abs((after?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(40)
      await page.getByRole('button', { name: 'Show earlier messages' }).press('Enter')
      expect((await callsOf('loadOlder')).length).toBeGreaterThan(1)
    })

    it('shows the reason when older messages cannot be loaded', async () => {
      const { page, show, refuse } = await listStage()
      await show({ ...open, hasOlder: true }, inline)
      await refuse('loadOlder', 'unreachable')
      await page.getByRole('button', { name: 'Show earlier messages' }).click()
      await page.getByText('There is no connection.').waitFor()
    })

    it('is marked read when its end is visible, not while the panel is closed', async () => {
      const { page, show, callsOf } = await listStage()
      const unread = { ...open, messages: long, unread: 5, readUpTo: long[34]?.timestamp ?? '' }
      await show(unread)
      expect(await callsOf('markRead')).toEqual([])
      await page.getByRole('button', { name: /Open chat/ }).click()
      await expect.poll(() => callsOf('markRead')).not.toEqual([])

      const mark = page.locator('[data-kind="unread"] + li')
      expect(await mark.getAttribute('data-id')).toBe('m35')
      const more = [...long, textMessage('Agent', '09:50', 'n', 'New')]
      await show({ ...open, messages: more, readUpTo: long[39]?.timestamp ?? '' })
      expect(await mark.getAttribute('data-id')).toBe('m35')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Open chat' }).click()
      expect(await mark.getAttribute('data-id')).toBe('n')
    })

    it('removes the line above the unread messages when the visitor has answered them', async () => {
      const { page, show } = await listStage()
      const unread = { ...open, messages: long, unread: 5, readUpTo: long[34]?.timestamp ?? '' }
      await show(unread, inline)
      const line = page.getByText('New messages', { exact: true })
      await line.waitFor()
      const answer = textMessage('EndUser', '09:50', 'own', 'Thank you')
      const unsent = { ...answer, delivery: 'failed' as const }
      await show({ ...unread, messages: [...long, unsent] }, inline)
      expect(await line.count()).toBe(1)
      await show({ ...unread, messages: [...long, answer] }, inline)
      expect(await line.count()).toBe(0)
    })

    it('names no item of the list by its time', async () => {
      const { page, show } = await listStage()
      await show({ ...open, messages: [...long, ...events] }, inline)
      expect(await page.getByRole('listitem', { name: /[0-9]/ }).count()).toBe(0)
      expect(await page.locator('.miaw-notice [title*=":"]').count()).toBeGreaterThan(0)
    })

    it('opens at the first unread message, and is marked read only at the last one', async () => {
      const { page, show, callsOf } = await listStage()
      const readUpTo = long[9]?.timestamp ?? ''
      await show({ ...open, messages: long, unread: 30, readUpTo })
      await page.getByRole('button', { name: /Open chat/ }).click()
      const mark = await page.locator('[data-kind="unread"]').boundingBox()
      expect(mark?.y).toBeGreaterThan(60)
      expect(mark?.y).toBeLessThan(250)
      expect(await callsOf('markRead')).toEqual([])
      await page.getByRole('button', { name: '30 new messages' }).click()
      await expect.poll(() => callsOf('markRead')).not.toEqual([])
    })

    it('is not marked read while the page hides it', async () => {
      const { page, show, callsOf } = await listStage()
      await page.addStyleTag({ content: '#root { display: none }' })
      await show({ ...open, unread: 1 }, inline)
      await page.evaluate('new Promise((go) => setTimeout(go, 100))')
      expect(await callsOf('markRead')).toEqual([])
      await page.addStyleTag({ content: '#root { display: block !important }' })
      await expect.poll(() => callsOf('markRead')).not.toEqual([])
    })

    it('does not move while a form has the focus', async () => {
      const { page, show } = await listStage()
      const withForm = [...long, ...forms.filter(({ id }) => id === 'weight')]
      await show({ ...open, messages: withForm }, inline)
      const field = page.getByLabel('Tons')
      await field.focus()
      const before = await field.boundingBox()
      const tall = textMessage('Agent', '09:50', 'tall', 'Line\n'.repeat(9))
      await show({ ...open, messages: [...withForm, tall] }, inline)
      expect((await field.boundingBox())?.y).toBe(before?.y)
      await page.getByRole('button', { name: '1 new message' }).waitFor()
    })

    it('loads nothing when its button only gets the focus', async () => {
      const { page, show, callsOf, focused } = await listStage()
      await show({ ...open, messages: long, hasOlder: true }, inline)
      await page.getByRole('region', { name: 'Messages' }).focus()
      await page.keyboard.press('Tab')
      expect(await focused()).toBe('Show earlier messages')
      await expect.poll(async () => (await scrolled(page)).top).toBe(0)
      await page.evaluate('new Promise((go) => setTimeout(go, 100))')
      expect(await callsOf('loadOlder')).toEqual([])
      await page.keyboard.press('Enter')
      expect(await callsOf('loadOlder')).toEqual([[]])
    })

    it('announces new messages and failures to screen readers, and no earlier message', async () => {
      const { page, show, emit } = await listStage()
      await show(open, inline)
      const log = page.getByRole('log')
      expect(await log.textContent()).toBe('')
      await emit('message', textMessage('Agent', '09:50', 'n', 'Are you there?'))
      expect(await log.textContent()).toBe('Dana: Are you there?')
      const received = {
        messageType: 'FormResponseMessage',
        text: '',
        result: { ok: true },
      } as const
      await emit('message', message('Agent', '09:50', { id: 'r', ...received }))
      expect(await log.textContent()).toContain('The form was received')
      await emit('delivery', failed)
      expect(await log.textContent()).toContain('Not sent. There is no connection.')
    })

    it('shows that a bot is answering for at most 8.1 seconds', async () => {
      const { page, show, emit } = await listStage({ locale: 'en' })
      await page.clock.install()
      const own = textMessage('EndUser', '09:50', 'own', 'Hello?')
      await show({ ...open, conversation: withBot, messages: [own] }, inline)
      const dots = page.getByText('Harbor Assistant is answering')
      expect(await dots.count()).toBe(0)
      await emit('delivery', own)
      expect(await dots.count()).toBe(1)
      await page.clock.runFor(8100)
      expect(await dots.count()).toBe(0)
    })
  })
})
