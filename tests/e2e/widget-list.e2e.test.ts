/** The list of messages in a browser: scrolling, unread messages, older messages, announcements. */
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { hasBrowser } from './browser.js'
import {
  conversation,
  inline,
  long,
  open,
  type StageOptions,
  said,
  useStages,
} from './widget-stages.js'

describe.skipIf(!hasBrowser())('the list of messages', () => {
  const { stageOf } = useStages()

  describe.each([19, 'preact'] as const)('the list, in %s', (version) => {
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

    it('follows the end while the reader is there, and counts what is new while not', async () => {
      const { page, show } = await listStage()
      await show({ ...open, messages: long }, inline)
      expect((await scrolled(page)).left).toBeLessThan(2)
      const one = [...long, said('n1', 'Agent', 'New')]
      await show({ ...open, messages: one }, inline)
      expect((await scrolled(page)).left).toBeLessThan(2)

      await scrollTo(page, 300)
      const two = [...one, said('n2', 'Agent', 'Newer'), said('n3', 'Agent', 'Newest')]
      await show({ ...open, messages: two }, inline)
      expect((await scrolled(page)).top).toBe(300)
      await page.getByRole('button', { name: '2 new messages' }).press('Enter')
      expect(await page.locator('.miaw-scroller').evaluate((node) => node.matches(':focus'))).toBe(
        true,
      )
      expect((await scrolled(page)).left).toBeLessThan(2)
      expect(await page.locator('.miaw-jump').count()).toBe(0)
    })

    it('goes to what the visitor says', async () => {
      const { page, show } = await listStage()
      await show({ ...open, messages: long }, inline)
      await scrollTo(page, 300)
      const own = { ...said('own', 'EndUser', 'Here'), delivery: 'sending' as const }
      await show({ ...open, messages: [...long, own] }, inline)
      expect((await scrolled(page)).left).toBeLessThan(2)
    })

    it('shows a tall message from its beginning', async () => {
      const { page, show } = await listStage()
      const tall = said('tall', 'Agent', 'Line\n'.repeat(80))
      await show({ ...open, messages: long }, inline)
      await show({ ...open, messages: [...long, tall] }, inline)
      const { left } = await scrolled(page)
      expect(left).toBeGreaterThan(300)
      const box = await page.locator('[data-id="tall"]').boundingBox()
      expect(box?.y).toBeGreaterThan(60)
      expect(box?.y).toBeLessThan(200)
    })

    it('asks for older messages at its top, and stays where it is when they come', async () => {
      const { page, show, callsOf } = await listStage()
      await show({ ...open, messages: long, hasOlder: true }, inline)
      expect(await callsOf('loadOlder')).toEqual([])
      await scrollTo(page, 10)
      expect(await callsOf('loadOlder')).toEqual([[]])
      const first = page.locator('[data-id="m0"] .miaw-bubble')
      const before = await first.boundingBox()
      const older = Array.from({ length: 30 }, (_, index) =>
        said(`o${index}`, 'Agent', `Old ${index}`, 200 - index),
      )
      await show({ ...open, messages: [...older, ...long], hasOlder: true }, inline)
      const after = await first.boundingBox()
      expect(Math.abs((after?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(40)
      await page.getByRole('button', { name: 'Show earlier messages' }).press('Enter')
      expect((await callsOf('loadOlder')).length).toBeGreaterThan(1)
    })

    it('says why older messages did not come', async () => {
      const { page, show, refuse } = await listStage()
      await show({ ...open, hasOlder: true }, inline)
      await refuse('loadOlder', 'unreachable')
      await page.getByRole('button', { name: 'Show earlier messages' }).click()
      await page.getByText('There is no connection.').waitFor()
    })

    it('is read when its end is seen, not while the panel is closed', async () => {
      const { page, show, callsOf } = await listStage()
      const unread = { ...open, messages: long, unread: 5, readUpTo: long[34]?.timestamp ?? '' }
      await show(unread)
      expect(await callsOf('markRead')).toEqual([])
      await page.getByRole('button', { name: /Open chat/ }).click()
      await expect.poll(() => callsOf('markRead')).not.toEqual([])

      const mark = page.locator('[data-kind="unread"] + li')
      expect(await mark.getAttribute('data-id')).toBe('m35')
      const more = [...long, said('n', 'Agent', 'New')]
      await show({ ...open, messages: more, readUpTo: long[39]?.timestamp ?? '' })
      expect(await mark.getAttribute('data-id')).toBe('m35')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Open chat' }).click()
      expect(await mark.getAttribute('data-id')).toBe('n')
    })

    it('opens at the first unread message, and is read only when the last one is seen', async () => {
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

    it('is not read where the page has put it out of sight', async () => {
      const { page, show, callsOf } = await listStage()
      await page.addStyleTag({ content: '#root { display: none }' })
      await show({ ...open, unread: 1 }, inline)
      await page.evaluate('new Promise((go) => setTimeout(go, 100))')
      expect(await callsOf('markRead')).toEqual([])
      await page.addStyleTag({ content: '#root { display: block !important }' })
      await expect.poll(() => callsOf('markRead')).not.toEqual([])
    })

    it('does not move under what is being filled in', async () => {
      const { page, show } = await listStage()
      const form = {
        ...said('form', 'Agent', 'A form'),
        messageType: 'FormMessage' as const,
        form: {
          title: 'Booking',
          inputs: [{ inputId: 'a', type: 'text' as const, label: 'Container', required: true }],
        },
      }
      await show({ ...open, messages: [...long, form] }, inline)
      const field = page.getByLabel('Container')
      await field.focus()
      const before = await field.boundingBox()
      await show(
        { ...open, messages: [...long, form, said('tall', 'Agent', 'Line\n'.repeat(9))] },
        inline,
      )
      expect((await field.boundingBox())?.y).toBe(before?.y)
      await page.getByRole('button', { name: '1 new message' }).waitFor()
    })

    it('loads nothing because its button has the focus', async () => {
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

    it('tells those who do not see it what is new, and never what was before', async () => {
      const { page, show, emit } = await listStage()
      await show(open, inline)
      const log = page.getByRole('log')
      expect(await log.textContent()).toBe('')
      await emit('message', said('n', 'Agent', 'Are you there?'))
      expect(await log.textContent()).toBe('Dana: Are you there?')
      const result = { ok: true }
      const told = { ...said('r', 'Agent', ''), messageType: 'FormResponseMessage', result }
      await emit('message', told)
      expect(await log.textContent()).toContain('The form was received')
      const problem = { code: 'unreachable', retryable: true }
      await emit('delivery', { ...said('f', 'EndUser', 'Hm?'), delivery: 'failed', problem })
      expect(await log.textContent()).toContain('Not sent. There is no connection.')
    })

    it('shows that a bot is answering, until it has or eight seconds are over', async () => {
      const { page, show, emit } = await listStage({ locale: 'en' })
      await page.clock.install()
      const own = said('own', 'EndUser', 'Hello?')
      const byBot = {
        ...open,
        conversation: {
          ...conversation,
          handledBy: 'bot' as const,
          participants: [{ role: 'Chatbot' as const, displayName: 'Harbor Assistant' }],
        },
        messages: [own],
      }
      await show(byBot, inline)
      const dots = page.getByText('Harbor Assistant is answering')
      expect(await dots.count()).toBe(0)
      await emit('delivery', own)
      expect(await dots.count()).toBe(1)
      await page.clock.runFor(8100)
      expect(await dots.count()).toBe(0)
    })
  })
})
