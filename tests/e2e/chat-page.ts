/** The demo page in the words of a visitor: what can be done, what can be read. */
import type { Page } from 'playwright-core'

export type ChatPage = ReturnType<typeof chatPage>

export function chatPage(page: Page) {
  const log = page.getByRole('log', { name: 'Messages' })
  const status = page.getByRole('status')
  const input = page.getByLabel('Your message')
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const message = (text: string) => log.getByText(text, { exact: true })

  return {
    input,
    log,
    button,
    message,

    /** Opens a chat; resolves to the conversation's id. */
    async start(): Promise<string> {
      const [answer] = await Promise.all([
        page.waitForResponse('**/api/start'),
        button('Start chat').click(),
      ])
      const { conversationId } = await answer.json()
      return conversationId
    },

    async say(text: string): Promise<void> {
      await input.fill(text)
      await input.press('Enter')
    },

    async see(text: string): Promise<void> {
      await message(text).waitFor()
    },

    async seeStatus(text: string | RegExp): Promise<void> {
      await status.filter({ hasText: text }).waitFor()
    },

    /** The texts of all bubbles, from the top. */
    bubbles: () => log.locator('.bubble').allTextContents(),

    /** The system lines, in no order: Salesforce may list entries of one millisecond in any. */
    async lines(): Promise<string[]> {
      return (await log.locator('.line:not([hidden]) > p').allTextContents()).sort()
    },

    /** Resolves when the page has drawn the answer of a poll that is asked from now on. */
    async nextPoll(): Promise<void> {
      const request = await page.waitForRequest('**/api/poll?*')
      const response = await request.response()
      await response?.finished()
      await page.evaluate('new Promise((resolve) => setTimeout(resolve))')
    },
  }
}
