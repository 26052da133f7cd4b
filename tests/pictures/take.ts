/** Takes the pictures of the demo page that the documents show: the same each time. */
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { Fallback } from '../../client/widget/props.js'
import type { Texts } from '../../client/widget/texts/en.js'
import { now } from '../widget/fixtures/message.js'
import {
  appointment,
  arabic,
  arabicTexts,
  booking,
  type Conversation,
  closed,
  help,
  markdown,
  progress,
  queue,
  streaming,
  typing,
} from './conversations.js'
import { answerWith } from './gateway.js'

type Picture = {
  conversation: Conversation
  window: BrowserContextOptions
  /** Takes the widget alone. */
  isWidget?: boolean
  /** Element that is shown last, where that is not a message. */
  until?: string
  /** Before the chat is started. */
  prepare?(page: Page): Promise<unknown>
}

const desktop = { viewport: { width: 1280, height: 900 } }
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true }

/** Makes a picture of the widget alone, on a page of a height. */
function widget(conversation: Conversation, height: number, until = '.miaw-message'): Picture {
  const window = { ...phone, viewport: { width: 360, height }, deviceScaleFactor: 1.5 }
  return { conversation, window, until, isWidget: true }
}

/** Makes the same picture in dark colours. */
function inTheDark(picture: Picture): Picture {
  return { ...picture, window: { ...picture.window, colorScheme: 'dark' } }
}

const outsideHours: Picture = {
  ...widget(closed, 660, '.miaw-fallback'),
  prepare: (page) =>
    page.evaluate(() => {
      const chat = document.querySelector('miaw-chat')
      if (chat) chat.fallback = { phone: '+49 40 555 0199', email: 'desk@harbor.example' }
    }),
}

const pictures = {
  desktop: { conversation: booking, window: desktop },
  phone: { conversation: help, window: phone },
  dark: { conversation: appointment, window: { ...desktop, colorScheme: 'dark' } },
  rtl: {
    conversation: arabic,
    window: phone,
    prepare: (page) =>
      page.evaluate((texts) => {
        document.documentElement.dir = 'rtl'
        const chat = document.querySelector('miaw-chat')
        chat?.setAttribute('language', 'ar')
        if (chat) chat.texts = texts
      }, arabicTexts),
  },
  typing: widget(typing, 560, '.miaw-dots'),
  queue: widget(queue, 560),
  progress: widget(progress, 560, '.miaw-dots'),
  streaming: widget(streaming, 560, '.miaw-growing'),
  closed: outsideHours,
  markdown: widget(markdown, 830, '.miaw-chips'),
  'streaming-dark': inTheDark(widget(streaming, 560, '.miaw-growing')),
  'closed-dark': inTheDark(outsideHours),
  'markdown-dark': inTheDark(widget(markdown, 830, '.miaw-chips')),
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
  const { conversation, window, isWidget, until, prepare }: Picture = pictures[name]
  const context = await browser.newContext({
    ...{ reducedMotion: 'reduce', locale: 'en-GB', timezoneId: 'Europe/Berlin' },
    ...window,
  })
  try {
    await answerWith(conversation, context)
    const page = await context.newPage()
    await page.clock.setFixedTime(now)
    await page.addInitScript(steadyClock)
    await page.goto(origin, { waitUntil: 'networkidle' })
    await prepare?.(page)
    const read = page.waitForResponse(conversation.refusal ? '**/api/start' : '**/api/send')
    await page.evaluate(() => document.querySelector('miaw-chat')?.chat.start())
    await read
    const count = conversation.messages.filter(isShown).length
    if (count > 0)
      await page
        .locator('.miaw-message')
        .nth(count - 1)
        .waitFor()
    if (until) await page.locator(until).last().waitFor()
    for (const image of await page.locator('miaw-chat img').all())
      await image.evaluate((node: Image) => node.decode())
    const subject = isWidget ? page.locator('miaw-chat') : page
    await subject.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' })
  } finally {
    await context.close()
  }
}

const isShown = ({ messageType }: { messageType: string }) => messageType !== 'ParticipantChanged'

type Image = { decode(): Promise<void> }
type Tag = {
  chat: { start(): void }
  texts: Partial<Texts>
  fallback: Fallback
  setAttribute(name: string, value: string): void
}
declare const document: {
  documentElement: { dir: string }
  querySelector(name: 'miaw-chat'): Tag | null
}
