/** The demo page's chat in the words of a visitor: what can be done, what can be read. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Chat } from '../../client/core/index.js'
import type { Place } from './place.js'
import { messagesIn } from './sandbox.js'

export const greeting = 'Hello, I am the Harbor Assistant. How can I help you?'
export const answerTo = (text: string) => `You said “${text}”. Is there more I can do?`

export type WidgetPage = ReturnType<typeof widgetPage>

export function widgetPage(page: Page, { sandbox }: Place) {
  const widget = page.locator('miaw-chat')
  const list = widget.locator('.miaw-list')
  const scroller = widget.locator('.miaw-scroller')
  const input = widget.getByRole('textbox', { name: 'Your message' })
  const button = (name: string) => widget.getByRole('button', { name, exact: true })
  const message = (text: string) => list.getByText(text, { exact: true })
  const snapshot = () =>
    page.evaluate(() => document.querySelector('miaw-chat')?.chat.getSnapshot())

  const chat = {
    ...{ page, widget, list, scroller, input, button, message, snapshot },

    /** Opens a chat and reads the greeting; resolves to the conversation's id. */
    async start(): Promise<string> {
      const [answer] = await Promise.all([
        page.waitForResponse('**/api/start'),
        button('Start chat').click(),
      ])
      await chat.see(greeting)
      const { conversationId } = await answer.json()
      return conversationId
    },

    async say(text: string): Promise<void> {
      await input.fill(text)
      await input.press('Enter')
    },

    see: (text: string | RegExp) => list.getByText(text, { exact: true }).first().waitFor(),

    seeStatus: (text: string | RegExp) =>
      widget.getByRole('status').filter({ hasText: text }).waitFor(),

    /** What a menu's item does. */
    async choose(name: string): Promise<void> {
      await button('More').click()
      await widget.getByRole('menuitem', { name, exact: true }).click()
    },

    /** The texts of all bubbles, from the top. */
    bubbles: () => list.locator('.miaw-message .miaw-bubble').allTextContents(),

    /** The lines about what happened, from the top. */
    notices: () => list.locator('.miaw-notice').allTextContents(),

    /** The last message of a side. */
    last: (side: 'own' | 'other') => list.locator(`.miaw-message[data-side="${side}"]`).last(),

    /** The ids of all messages, as they stand there. */
    ids: () => list.locator('.miaw-message').evaluateAll(idsOf),

    /** Resolves when a poll that is asked from now on is answered and drawn. */
    async nextPoll(): Promise<void> {
      const request = await page.waitForRequest('**/api/poll?*')
      const response = await request.response()
      await response?.finished()
      await page.evaluate('new Promise((resolve) => setTimeout(resolve, 50))')
    },

    /** All that Salesforce has is shown, once, and nothing else is: as a message, or as the notice of one. */
    async isWhole(conversationId: string): Promise<void> {
      const whole = async () => {
        const stored = (await messagesIn(sandbox, conversationId)).map(({ id }) => id)
        const rows = await list.locator('> [data-id]').evaluateAll(idsOf)
        return {
          missing: stored.filter((id) => !rows.includes(id)),
          doubled: rows.filter((id, index) => rows.indexOf(id) !== index),
          strangers: (await chat.ids()).filter((id) => !stored.includes(id)),
        }
      }
      const nothing = { missing: [], doubled: [], strangers: [] }
      await expect.poll(whole, { timeout: 15_000 }).toEqual(nothing)
    },
  }
  return chat
}

type Row = { getAttribute(name: string): string | null }
const idsOf = (rows: Row[]) => rows.map((row) => row.getAttribute('data-id') ?? '')

declare const document: { querySelector(name: 'miaw-chat'): { chat: Chat } | null }
