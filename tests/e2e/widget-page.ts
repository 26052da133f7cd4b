/** Drives and reads the chat of the demo page as a visitor does. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Chat } from '../../client/core/index.js'
import type { Deployment } from './deployment.js'
import { messagesIn } from './sandbox.js'

export const greeting = 'Hello, I am the Harbor Assistant. How can I help you?'
export const answerTo = (text: string) => `You said “${text}”. Is there more I can do?`

export type WidgetPage = ReturnType<typeof widgetPage>

export function widgetPage(page: Page, { sandbox }: Deployment) {
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

    /** Starts a chat and waits for the greeting; resolves to the conversation's id. */
    async start(): Promise<string> {
      const [answer] = await Promise.all([
        page.waitForResponse('**/api/start'),
        button('Start chat').click(),
      ])
      await chat.waitForText(greeting)
      const { conversationId } = await answer.json()
      return conversationId
    },

    async send(text: string): Promise<void> {
      await input.fill(text)
      await input.press('Enter')
    },

    waitForText: (text: string | RegExp) => list.getByText(text, { exact: true }).first().waitFor(),

    waitForStatus: (text: string | RegExp) =>
      widget.getByRole('status').filter({ hasText: text }).waitFor(),

    /** Chooses an item of the menu. */
    async choose(name: string): Promise<void> {
      await button('More').click()
      await widget.getByRole('menuitem', { name, exact: true }).click()
    },

    /** Returns the texts of all bubbles, from the top. */
    bubbles: () => list.locator('.miaw-message .miaw-bubble').allTextContents(),

    /** Returns the texts of all notices, from the top. */
    notices: () => list.locator('.miaw-notice').allTextContents(),

    /** Returns the last message of a side. */
    last: (side: 'own' | 'other') => list.locator(`.miaw-message[data-side="${side}"]`).last(),

    /** Returns the ids of all messages, from the top. */
    ids: () => list.locator('.miaw-message').evaluateAll(idsOf),

    /** Resolves when the next poll is answered and drawn. */
    async nextPoll(): Promise<void> {
      const request = await page.waitForRequest('**/api/poll')
      const response = await request.response()
      await response?.finished()
      await page.evaluate('new Promise((resolve) => setTimeout(resolve, 50))')
    },

    /** Expects that all messages of Salesforce, and no others, are shown once, as messages or notices. */
    async expectComplete(conversationId: string): Promise<void> {
      const whole = async () => {
        const stored = (await messagesIn(sandbox, conversationId)).map(({ id }) => id)
        const rows = await list.locator('> [data-id]').evaluateAll(idsOf)
        return {
          missing: stored.filter((id) => !rows.includes(id)),
          doubled: rows.filter((id, index) => rows.indexOf(id) !== index),
          strangers: (await chat.ids()).filter((id) => !stored.includes(id)),
        }
      }
      const complete = { missing: [], doubled: [], strangers: [] }
      await expect.poll(whole, { timeout: 15_000 }).toEqual(complete)
    },
  }
  return chat
}

type Row = { getAttribute(name: string): string | null }
const idsOf = (rows: Row[]) => rows.map((row) => row.getAttribute('data-id') ?? '')

declare const document: { querySelector(name: 'miaw-chat'): { chat: Chat } | null }
