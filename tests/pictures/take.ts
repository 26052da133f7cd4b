/** Takes the pictures of the demo page that the README shows: the same each time. */

import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { Texts } from '../../client/widget/texts/en.js'
import { now } from '../widget/fixtures/said.js'
import { answerWith } from './gateway.js'
import { appointment, arabic, arabicTexts, booking, help, type Talk } from './talks.js'

type Picture = {
  talk: Talk
  window: BrowserContextOptions
  /** Before the chat is started. */
  dress?(page: Page): Promise<unknown>
}

const desktop = { viewport: { width: 1280, height: 800 } }
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true }

const pictures = {
  desktop: { talk: booking, window: desktop },
  phone: { talk: help, window: phone },
  dark: { talk: appointment, window: { ...desktop, colorScheme: 'dark' } },
  rtl: {
    talk: arabic,
    window: phone,
    dress: (page) =>
      page.evaluate((texts) => {
        document.documentElement.dir = 'rtl'
        const chat = document.querySelector('miaw-chat')
        chat?.setAttribute('language', 'ar')
        if (chat) chat.texts = texts
      }, arabicTexts),
  },
} satisfies Record<string, Picture>

export type PictureName = keyof typeof pictures
export const pictureNames = Object.keys(pictures) as PictureName[]

/** A page's own clock goes on with each answer only, by what that took. */
const steadyClock = `let passed = 0
const plain = fetch
const took = { '/api/auth': 18, '/api/start': 96, '/api/poll': 41, '/api/send': 33 }
performance.now = () => passed
globalThis.fetch = async (...request) => {
  const response = await plain(...request)
  passed += took[new URL(response.url).pathname] ?? 0
  return response
}`

/** Writes `<name>.png` into a folder. The demo page is at `origin`. */
export async function takePicture(
  name: PictureName,
  { browser, origin, folder }: { browser: Browser; origin: string; folder: string },
): Promise<void> {
  const { talk, window, dress }: Picture = pictures[name]
  const context = await browser.newContext({
    ...{ reducedMotion: 'reduce', locale: 'en-GB', timezoneId: 'Europe/Berlin' },
    ...window,
  })
  try {
    await answerWith(talk, context)
    const page = await context.newPage()
    await page.clock.setFixedTime(now)
    await page.addInitScript(steadyClock)
    await page.goto(origin, { waitUntil: 'networkidle' })
    await dress?.(page)
    const read = page.waitForResponse('**/api/send')
    await page.evaluate(() => document.querySelector('miaw-chat')?.chat.start())
    await read
    const last = page.locator('.miaw-message').nth(talk.messages.filter(isShown).length - 1)
    await last.waitFor()
    for (const image of await page.locator('miaw-chat img').all())
      await image.evaluate((node: Image) => node.decode())
    await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' })
  } finally {
    await context.close()
  }
}

const isShown = ({ messageType }: { messageType: string }) => messageType !== 'ParticipantChanged'

type Image = { decode(): Promise<void> }
type Tag = {
  chat: { start(): void }
  texts: Partial<Texts>
  setAttribute(name: string, value: string): void
}
declare const document: {
  documentElement: { dir: string }
  querySelector(name: 'miaw-chat'): Tag | null
}
