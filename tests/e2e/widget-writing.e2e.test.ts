/** Checks writing in the widget in a browser: keys, growth, files, messages that fail. */
import { describe, expect, it } from 'vitest'
import { failed } from '../widget/fixtures/states.js'
import { hasBrowser } from './browser.js'
import { drop, inline, open, paste, useStages, watchHeld } from './widget-stages.js'

describe.skipIf(!hasBrowser())('the composer', () => {
  const { stageOf } = useStages()

  it('sends by Enter, breaks lines by Shift+Enter, and sends nothing during a composition', async () => {
    const { page, show, callsOf } = await stageOf()
    await show(open, inline)
    const input = page.getByRole('textbox')
    await input.press('Enter')
    await input.pressSequentially('One')
    await input.press('Shift+Enter')
    await input.pressSequentially('two 🙏')
    await input.dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true })
    expect(await callsOf('send')).toEqual([])
    await input.press('Enter')
    expect(await callsOf('send')).toEqual([['One\ntwo 🙏']])
    expect(await input.inputValue()).toBe('')
    expect((await callsOf('typing')).length).toBeGreaterThan(2)
  })

  it('grows with its text, and refuses a text of 4001 characters', async () => {
    const { page, show, callsOf } = await stageOf()
    await show(open, inline)
    const input = page.getByRole('textbox')
    const heightOf = async () => (await input.boundingBox())?.height ?? 0
    const before = await heightOf()
    await input.fill('one\ntwo\nthree')
    expect(await heightOf()).toBeGreaterThan(before * 1.5)
    await input.fill('🙏'.repeat(4001))
    expect(await heightOf()).toBeLessThan(160)
    await page.getByText('1 character too many').waitFor()
    await input.press('Enter')
    expect(await callsOf('send')).toEqual([])
  })

  it('takes files by picker, drop and paste, refuses one that is too big, and sends the others', async () => {
    const { page, show, callsOf, focused } = await stageOf()
    await show(open, inline)
    const png = { name: 'photo.png', mimeType: 'image/png', buffer: Buffer.alloc(9) }
    const big = { name: 'big.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(1001) }
    await page.locator('input[type=file]').setInputFiles([png, big])
    await page.getByText('big.pdf is too big: at most 1 kB.').waitFor()
    expect(await page.locator('.miaw-chosen img').getAttribute('src')).toMatch(/^blob:/)

    await page.getByRole('button', { name: 'Remove photo.png' }).click()
    expect(await page.locator('.miaw-chosen').count()).toBe(0)
    expect(await focused()).toBe('Your message')

    await page.evaluate(drop)
    await page.evaluate(paste)
    expect(await page.locator('.miaw-drop').count()).toBe(0)
    expect(await page.locator('.miaw-chosen').allInnerTexts()).toEqual([
      expect.stringContaining('dropped.pdf'),
      expect.stringContaining('pasted.pdf'),
    ])
    await page.getByRole('textbox').fill('Both bills')
    await page.getByRole('textbox').press('Enter')
    const sent = (await callsOf('sendContent')).map(([content]) => content)
    expect(sent).toMatchObject([{ text: 'Both bills' }, { text: 'pasted.pdf' }])
    expect(await page.locator('.miaw-chosen').count()).toBe(0)
  })

  it('holds no object URLs and listeners after it is unmounted', async () => {
    const { page, show } = await stageOf()
    await page.evaluate(watchHeld)
    await show(open, inline)
    const png = { name: 'photo.png', mimeType: 'image/png', buffer: Buffer.alloc(9) }
    await page.locator('input[type=file]').setInputFiles([png])
    await page.locator('.miaw-chosen img').waitFor()
    await page.getByRole('button', { name: 'More' }).click()
    const held = () => page.evaluate<number>('held')
    expect(await held()).toBeGreaterThan(2)
    await page.evaluate('stage.unmount()')
    await expect.poll(held).toBe(0)
  })

  it('shows why a message was not sent, and retries or discards it', async () => {
    const { page, show, callsOf, focused } = await stageOf()
    await show({ ...open, messages: [failed] }, inline)
    await page.getByText('Not sent. There is no connection.').waitFor()
    await page.getByRole('button', { name: 'Try again' }).press('Enter')
    expect(await focused()).toBe('Your message')
    await page.getByRole('button', { name: 'Discard' }).press('Enter')
    expect(await focused()).toBe('Your message')
    expect([...(await callsOf('retry')), ...(await callsOf('discard'))]).toEqual([
      [failed.id],
      [failed.id],
    ])
  })
})
