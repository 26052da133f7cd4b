/** Checks whole chats on the demo page, from the start to the end. */
import { readFileSync } from 'node:fs'
import type { BrowserContext, BrowserContextOptions } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { english, german, japanese, spanish } from '../../client/widget/texts/index.js'
import { hasBrowser } from './browser.js'
import { cleanWatch, useDeployment } from './deployment.js'
import { answerTo, greeting, widgetPage } from './widget-page.js'

const desktop = { viewport: { width: 1280, height: 800 } }

describe.skipIf(!hasBrowser())('a chat on the demo page', () => {
  const deployment = useDeployment({ hasShortPauses: true })

  async function open(window: BrowserContext | BrowserContextOptions = desktop) {
    const { context, page, watch } = await deployment.open(window)
    return { context, page, watch, chat: widgetPage(page, deployment) }
  }

  async function begin(window?: BrowserContextOptions) {
    const opened = await open(window)
    const conversationId = await opened.chat.start()
    const sandbox = (path: string, body?: object) =>
      deployment.sandbox('POST', `/conversations/${conversationId}${path}`, body)
    return { ...opened, conversationId, sandbox }
  }

  it('shows every message once through a reload, the end and a new chat', async () => {
    const { page, watch, chat, conversationId } = await begin()
    await chat.waitForStatus('Connected to Harbor Assistant')
    await chat.send('Is berth 14 free?')
    await chat.waitForText(answerTo('Is berth 14 free?'))
    await chat.expectComplete(conversationId)
    const bubbles = [greeting, 'Is berth 14 free?', answerTo('Is berth 14 free?')]
    expect(await chat.bubbles()).toEqual(bubbles)

    await page.reload()
    await chat.waitForText(answerTo('Is berth 14 free?'))
    expect(await chat.bubbles()).toEqual(bubbles)
    await chat.input.fill('And berth')
    await chat.input.press('Shift+Enter')
    await chat.input.pressSequentially('15? 👩🏽‍🚒')
    await chat.input.press('Enter')
    await chat.waitForText(answerTo('And berth\n15? 👩🏽‍🚒'))
    await chat.expectComplete(conversationId)

    await chat.choose('End chat')
    await chat.button('Keep chatting').click()
    await chat.choose('End chat')
    await chat.button('End chat').click()
    await chat.waitForStatus('Chat ended')
    expect(await chat.input.isVisible()).toBe(false)
    expect((await chat.bubbles()).slice(0, 3)).toEqual(bubbles)

    const [answer] = await Promise.all([
      page.waitForResponse('**/api/start'),
      chat.button('Start a new chat').click(),
    ])
    expect((await answer.json()).conversationId).not.toBe(conversationId)
    await expect.poll(chat.bubbles).toEqual([greeting])
    expect(watch).toEqual(cleanWatch)
  })

  it('sends one reply for two clicks in one task', async () => {
    const { chat, conversationId } = await begin()
    await chat.send('quick')
    await chat.button('Busan').evaluate((button: { click(): void }) => {
      button.click()
      button.click()
    })
    await chat.waitForText('You chose “Busan”.')
    await chat.expectComplete(conversationId)
    expect((await chat.bubbles()).filter((text) => text === 'Busan')).toEqual(['Busan'])
  })

  it('shows that it is off line, and loses and doubles no message when the network is back', async () => {
    const { context, chat, conversationId, sandbox } = await begin()
    await context.setOffline(true)
    await chat.waitForStatus('You are offline')
    await chat.send('Are you there?')
    await chat.last('own').getByText('Sending…').waitFor()
    await sandbox('/agent-joins')
    await context.setOffline(false)
    await chat.waitForText('Hello, this is Dana. How can I help you?')
    await chat.waitForStatus('Connected to Dana')
    await chat.list.locator('[data-side="own"][data-delivery="delivered"]').waitFor()
    await chat.expectComplete(conversationId)
    expect(await chat.message('Are you there?').count()).toBe(1)
  })

  it('shows a refused message, discards it, and retries another under the same id', async () => {
    const { page, chat, conversationId } = await begin()
    const ids: string[] = []
    await page.route('**/api/send', (route) => {
      const { id, text } = route.request().postDataJSON()
      if (text) ids.push(id)
      return text && ids.length <= 2 ? route.fulfill(refusal) : route.continue()
    })
    await chat.send('Once')
    await chat.send('Never')
    await chat.list
      .getByText(/^Not sent/)
      .nth(1)
      .waitFor()
    await chat.last('own').getByRole('button', { name: 'Discard' }).click()
    expect(await chat.message('Never').count()).toBe(0)
    await chat.button('Try again').click()
    await chat.waitForText(answerTo('Once'))
    await chat.expectComplete(conversationId)
    expect(ids).toHaveLength(3)
    expect(ids[2]).toBe(ids[0])
  })

  it('counts messages that arrive while the visitor reads older ones, and jumps to them', async () => {
    const { page, chat, sandbox } = await begin()
    await sandbox('/bursts', { count: 40 })
    await chat.waitForText('Message 40 of 40')
    await chat.scroller.evaluate((node) => node.scrollTo(0, 200))
    await chat.button('To the newest message').waitFor()
    await sandbox('/bursts', { count: 3 })
    const jump = chat.button('3 new messages')
    await jump.waitFor()
    expect((await chat.snapshot())?.unread).toBe(3)
    await jump.click()
    await expect.poll(async () => (await chat.snapshot())?.unread).toBe(0)
    expect(await jump.count()).toBe(0)
    await page.reload()
    await chat.waitForText('Message 3 of 3')
    await expect.poll(async () => (await chat.snapshot())?.unread).toBe(0)
  })

  it('loads all older messages as the visitor scrolls up, and keeps the scroll position', async () => {
    const { page, chat, conversationId, sandbox } = await begin()
    await sandbox('/bursts', { count: 120 })
    await chat.waitForText('Message 120 of 120')
    await page.reload()
    await chat.waitForText('Message 120 of 120')
    expect(await chat.message('Message 1 of 120').count()).toBe(0)
    /** Returns the distance of a message's text from the top of the list, in pixels. */
    const placeOf = (id: string) =>
      chat.scroller.evaluate((node, wanted) => {
        const bubble = node.querySelector(`[data-id="${wanted}"] .miaw-bubble`)
        return (bubble?.getBoundingClientRect().top ?? 0) - node.getBoundingClientRect().top
      }, id)
    while (await chat.button('Show earlier messages').count()) {
      const before = await chat.ids()
      const first = before[0] ?? ''
      await chat.scroller.evaluate((node) => node.scrollTo(0, 0))
      const place = await placeOf(first)
      await expect.poll(async () => (await chat.ids()).length).toBeGreaterThan(before.length)
      expect(Math.abs((await placeOf(first)) - place)).toBeLessThan(2)
    }
    await chat.expectComplete(conversationId)
    expect((await chat.bubbles()).slice(0, 2)).toEqual([greeting, 'Message 1 of 120'])
  })

  it('sends a dropped and a chosen file, and refuses one that is too big', async () => {
    const { page, chat, conversationId } = await begin()
    await chat.widget.locator('.miaw-panel').evaluate(drop, [
      { name: 'quay.txt', type: 'text/plain', size: 2000 },
      { name: 'huge.txt', type: 'text/plain', size: 40_000_000 },
    ])
    await chat.widget.getByText(/^huge\.txt is too big/).waitFor()
    await chat.widget.getByText('quay.txt').waitFor()
    await chat.send('Here it is')
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      chat.button('Attach files').click(),
    ])
    await chooser.setFiles({ name: 'dot.png', mimeType: 'image/png', buffer: dot })
    await chat.button('Remove dot.png').waitFor()
    await chat.button('Send').click()
    await expect
      .poll(() =>
        chat.list.locator('[data-delivery="delivered"][data-type="AttachmentMessage"]').count(),
      )
      .toBe(2)
    await chat.expectComplete(conversationId)
  })

  it('downloads the transcript as a PDF', async () => {
    const { page, chat } = await begin()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      chat.choose('Download transcript'),
    ])
    expect(download.suggestedFilename()).toMatch(/\.pdf$/)
    expect(
      readFileSync(await download.path())
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-')
  })

  it('is one chat in two windows, of which one polls', async () => {
    const { context, chat, conversationId } = await begin()
    const second = await open(context)
    await second.chat.waitForText(greeting)
    const polls = new Set<string>()
    for (const [name, { page }] of Object.entries({ first: chat, second })) {
      page.on('request', (request) => {
        if (request.url().includes('/api/poll')) polls.add(name)
      })
    }
    await chat.send('from the first')
    await second.chat.send('from the second')
    for (const each of [chat, second.chat]) {
      await each.waitForText(answerTo('from the first'))
      await each.waitForText(answerTo('from the second'))
      await each.expectComplete(conversationId)
    }
    expect(polls.size).toBe(1)
  })

  it('can be used by keyboard alone, and returns the focus to the composer', async () => {
    const { page, chat } = await open()
    const focused = () => chat.widget.locator(':focus')
    await page.keyboard.press('Tab')
    for (
      let steps = 0;
      steps < 60 && !(await chat.button('Start chat').and(focused()).count());
      steps += 1
    )
      await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await chat.waitForText(greeting)
    await expect.poll(() => chat.input.and(focused()).count()).toBe(1)
    await page.keyboard.type('quick')
    await page.keyboard.press('Enter')
    const busan = chat.button('Busan')
    await busan.waitFor()
    for (let steps = 0; steps < 20 && !(await busan.and(focused()).count()); steps += 1)
      await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Enter')
    await chat.waitForText('You chose “Busan”.')
    await expect.poll(() => chat.input.and(focused()).count()).toBe(1)
    await page.keyboard.type('still here')
    await page.keyboard.press('Enter')
    await chat.waitForText(answerTo('still here'))
  })

  const languages = { es: spanish, de: german, ja: japanese }

  it.each(Object.entries(languages))(
    'has a title and a start button in %s',
    async (language, { title, start }) => {
      const { chat } = await open()
      await chat.widget.evaluate((node, tag) => node.setAttribute('language', tag), language)
      await chat.widget.getByRole('heading', { name: title, exact: true }).waitFor()
      await chat.button(start).waitFor()
      expect(start).not.toBe(english.start)
    },
  )

  it('shows markup of a visitor as text', async () => {
    const { page, watch, chat, conversationId } = await begin()
    for (const text of attacks) await chat.send(text)
    // The bot's answer is read as Markdown: of a forbidden link its words remain, and HTML is text.
    await chat.waitForText(answerTo('<a href="javascript:attacked=1">a</a> b {{attacked=1}}'))
    await chat.expectComplete(conversationId)
    expect(await chat.bubbles()).toEqual(expect.arrayContaining(attacks))
    expect(await chat.list.locator('script, iframe, img, a').count()).toBe(0)
    expect(await page.evaluate('globalThis.attacked')).toBe(undefined)
    expect(watch).toEqual(cleanWatch)
  })
})

const refusal = {
  status: 422,
  contentType: 'application/problem+json',
  body: JSON.stringify({ status: 422, code: 'upstream_rejected', retryable: false }),
}

const attacks = [
  '<script>attacked = 1</script>',
  '<img src=x onerror="attacked = 1">',
  '"><svg onload=attacked=1>',
  '<iframe srcdoc="<script>parent.attacked = 1</script>"></iframe>',
  '<a href="javascript:attacked=1">a</a> [b](javascript:attacked=1) {{attacked=1}}',
]

/** A PNG of one pixel. */
const dot = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

type Dropped = { name: string; type: string; size: number }

/** Drops files on an element. */
function drop(node: object, files: Dropped[]): void {
  const held = new DataTransfer()
  for (const { name, type, size } of files)
    held.items.add(new File([new Uint8Array(size).fill(65)], name, { type }))
  for (const kind of ['dragenter', 'dragover', 'drop']) {
    const init = { dataTransfer: held, bubbles: true, cancelable: true }
    ;(node as Target).dispatchEvent(new DragEvent(kind, init))
  }
}

type Target = { dispatchEvent(event: object): void }
declare class DataTransfer {
  items: { add(file: File): void }
}
declare class DragEvent {
  constructor(kind: string, init: object)
}
