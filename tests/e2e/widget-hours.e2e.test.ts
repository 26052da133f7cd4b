/** Checks what the widget shows outside business hours, and of a gateway that does not answer. */
import { describe, expect, it } from 'vitest'
import { fallback } from '../widget/fixtures/states.js'
import { hasBrowser } from './browser.js'
import { inline, open, useStages } from './widget-stages.js'

const unreachable = { code: 'unreachable', retryable: true } as never
const silent = { connection: 'retrying', problem: unreachable } as const
const email = fallback.email ?? ''
const opensAt = new Date(Date.now() + 3 * 60 * 60_000).toISOString()

describe.skipIf(!hasBrowser())('the widget', () => {
  const { stageOf } = useStages()

  describe.each([19, 'preact'] as const)('outside business hours, with %s', (version) => {
    it('says when it is opened that the chat is closed, until when, and names the fallback', async () => {
      const { page, show, setHours, callsOf } = await stageOf({ version })
      await setHours({ open: false, opensAt })
      await show({}, { fallback })
      expect(await callsOf('availability')).toEqual([])
      await page.getByRole('button', { name: 'Open chat' }).click()
      await page.getByRole('heading', { name: 'The chat is closed right now' }).waitFor()
      await page.getByText(/It opens again: (today|tomorrow), /).waitFor()
      await page.getByRole('link', { name: email }).waitFor()
      await page.getByRole('button', { name: 'Minimise chat' }).first().click()
      await page.getByRole('button', { name: 'Open chat' }).click()
      expect(await callsOf('availability')).toHaveLength(1)
    })

    it('greets as ever where the gateway does not tell its hours', async () => {
      const { page, show, setHours } = await stageOf({ version })
      await setHours(null)
      await show({}, inline)
      await page.getByRole('button', { name: 'Start chat' }).waitFor()
    })

    it('asks nothing within a conversation', async () => {
      const { show, callsOf } = await stageOf({ version })
      await show(open, inline)
      expect(await callsOf('availability')).toEqual([])
    })

    it('hides the launcher while closed, where the page wants it, but not within a chat', async () => {
      const { page, show, setHours } = await stageOf({ version })
      const launcher = page.locator('.miaw-launcher')
      await setHours({ open: false, opensAt })
      await show({}, { hideWhenClosed: true })
      expect(await launcher.count()).toBe(0)
      await show(open, { hideWhenClosed: true })
      await launcher.waitFor()
    })

    it('shows the launcher once it is open, where the page hides it else', async () => {
      const { page, show, setHours } = await stageOf({ version })
      await setHours({ open: true })
      await show({}, { hideWhenClosed: true })
      await page.locator('.miaw-launcher').waitFor()
    })
  })

  describe.each([19, 'preact'] as const)('a gateway that does not answer, with %s', (version) => {
    it('is told in words, with the fallback and a button that tries again', async () => {
      const { page, show, callsOf } = await stageOf({ version })
      await show(silent, { ...inline, fallback })
      await page.getByText('The chat does not answer right now.').waitFor()
      await page.getByRole('link', { name: email }).waitFor()
      await page.getByRole('button', { name: 'Try again' }).press('Enter')
      expect(await callsOf('start')).toEqual([[]])
      await show(open, { ...inline, fallback })
      expect(await page.getByText('The chat does not answer right now.').count()).toBe(0)
    })

    it('has a line in the console that names ALLOWED_ORIGINS, if it answers other pages', async () => {
      const { page, show, setHours } = await stageOf({ version, locale: 'en' })
      const lines: string[] = []
      page.on('console', (message) => lines.push(message.text()))
      await setHours(null)
      await show(silent, inline)
      await page.getByRole('button', { name: 'Try again' }).waitFor()
      expect(lines).toEqual([])

      const other = await stageOf({ version, locale: 'en' })
      const told = other.page.waitForEvent('console', (message) =>
        message.text().includes('ALLOWED_ORIGINS'),
      )
      await other.show(silent, inline)
      expect((await told).type()).toBe('error')
    })
  })
})
