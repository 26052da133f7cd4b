/** Checks in a browser what the widget shows beside the messages: typing, growing answers, a fallback. */
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import type { Activity, ChatMessage } from '../../client/core/index.js'
import { withBot } from '../widget/fixtures/conversation.js'
import { textMessage } from '../widget/fixtures/message.js'
import { fallback, hearing, question, states } from '../widget/fixtures/states.js'
import { hasBrowser } from './browser.js'
import { inline, long, open, useStages } from './widget-stages.js'

const words = 'The harbour opens at six. '
const answer = textMessage('Chatbot', '09:53', 'answer', words.repeat(12).trim())
const hello = textMessage('Chatbot', '09:30', 'hello', 'Hello, I am the Harbor Assistant.')
const talk = [hello, question]

/** Returns a conversation with the bot, in which the answer has grown to so many characters. */
const growing = (messages: ChatMessage[], length: number, heard: Partial<Activity> = {}) => ({
  ...{ ...open, conversation: withBot, messages },
  ...hearing({ partial: { messageId: 'answer', text: answer.text.slice(0, length) }, ...heard }),
})
const complete = (messages: ChatMessage[]) => ({
  ...{ ...open, conversation: withBot, messages: [...messages, answer] },
  ...hearing({}),
})

/** Returns where the answer is, after the browser has laid it out. */
async function placeOf(page: Page) {
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))')
  return page.locator('[data-id="answer"]').evaluate((row) => {
    const { top, height } = row.getBoundingClientRect()
    const scroller = row.closest('.miaw-scroller')
    return { top, height, scrolled: scroller?.scrollTop }
  })
}

describe.skipIf(!hasBrowser())('the widget', () => {
  const { stageOf } = useStages()

  describe.each([19, 18, 'preact'] as const)('an answer that grows, with %s', (version) => {
    it.each([
      ['in a short list', talk],
      ['in a list that is scrolled to its end', [...long, question]],
    ])('is replaced by its message in the same place, %s', async (_, messages) => {
      const { page, show } = await stageOf({ version })
      await show(growing(messages, 5), inline)
      const first = await placeOf(page)
      await page.locator('[data-id="answer"]').evaluate((row) => {
        row.id = 'the-same'
      })
      await show(growing(messages, answer.text.length), inline)
      const before = await placeOf(page)
      expect(before.height).toBeGreaterThan(first.height)
      await show(complete(messages), inline)
      const after = await placeOf(page)
      expect([after.top, after.height, after.scrolled]).toEqual([
        before.top,
        before.height,
        before.scrolled,
      ])
      expect(await page.locator('#the-same time').count()).toBe(1)
      expect(await page.locator('[data-id="answer"]').count()).toBe(1)
    })

    it('moves nothing while the visitor reads further up', async () => {
      const { page, show } = await stageOf({ version })
      const messages = [...long, question]
      await show(growing(messages, 5), inline)
      const scrollUp = () =>
        page.locator('.miaw-scroller').evaluate((node) => {
          node.scrollTop = 300
        })
      await scrollUp()
      await page.getByText('Message 0', { exact: true }).waitFor()
      await scrollUp()
      await placeOf(page)
      await placeOf(page)
      for (const state of [growing(messages, 100), growing(messages, 250), complete(messages)]) {
        await show(state, inline)
        expect((await placeOf(page)).scrolled).toBe(300)
      }
    })

    it('keeps the end of the list in sight, but not past the beginning of the answer', async () => {
      const { page, show } = await stageOf({ version })
      const messages = [...long, question]
      await show(growing(messages, 5), inline)
      await show(growing(messages, answer.text.length), inline)
      const left = await page
        .locator('.miaw-scroller')
        .evaluate((node) => node.scrollHeight - node.scrollTop - node.clientHeight)
      expect(left).toBeLessThan(2)
      const tall = { messageId: 'answer', text: 'Line\n'.repeat(80) }
      await show(growing(messages, 0, { partial: tall }), inline)
      const box = await page.locator('[data-id="answer"]').boundingBox()
      expect(box?.y).toBeGreaterThan(60)
      expect(box?.y).toBeLessThan(200)
    })

    it('is hidden from screen readers, which hear the message once', async () => {
      const { page, show, emit } = await stageOf({ version })
      const log = page.getByRole('log')
      for (const length of [5, 50, answer.text.length]) await show(growing(talk, length), inline)
      const row = page.locator('[data-id="answer"]')
      expect(await row.ariaSnapshot()).not.toContain('The harbour')
      expect(await row.ariaSnapshot()).toContain('Harbor Assistant is answering')
      expect(await log.textContent()).toBe('')
      await show(complete(talk), inline)
      await emit('message', answer)
      expect(await log.textContent()).toBe(`Harbor Assistant: ${answer.text}`)
      expect(await row.ariaSnapshot()).toContain('The harbour')
    })

    it('goes when it is taken back', async () => {
      const { page, show } = await stageOf({ version })
      await show(growing(talk, 50), inline)
      await show({ ...open, conversation: withBot, messages: talk, ...hearing({}) }, inline)
      expect(await page.locator('[data-id="answer"]').count()).toBe(0)
    })
  })

  it('names who types and what a bot does, and guesses nothing where events are heard', async () => {
    const { page, show, emit } = await stageOf()
    await show(states.typing, inline)
    await page.getByText('Dana is typing').waitFor()
    await show(states.progress, inline)
    await page.getByText('Looking up your container').waitFor()
    expect(await page.locator('.miaw-dots').count()).toBe(1)
    const silent = { ...open, conversation: withBot, messages: talk, ...hearing({}) }
    await show(silent, inline)
    await emit('delivery', question)
    expect(await page.locator('.miaw-dots').count()).toBe(0)
    await show({ ...silent, activity: null }, inline)
    await page.getByText('Harbor Assistant is answering').waitFor()
  })

  it.each(['closed', 'closedAgain', 'noAgent'] as const)(
    'offers the fallback by keyboard in the state %s',
    async (name) => {
      const { page, show, focused } = await stageOf()
      await show(states[name], { ...inline, fallback })
      const phone = page.getByRole('link', { name: '+49 40 555 0199' })
      expect(await phone.getAttribute('href')).toBe('tel:+49405550199')
      const found: string[] = []
      for (let step = 0; step < 12; step += 1) {
        await page.keyboard.press('Tab')
        found.push(await focused())
      }
      expect(found).toEqual(
        expect.arrayContaining([
          '+49 40 555 0199',
          'desk@harbor.example',
          'harbor.example/contact',
        ]),
      )
    },
  )
})
