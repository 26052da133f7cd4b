/** A visitor's day on the demo page: a chat from its start to its end, whatever comes between. */
import { readFileSync } from 'node:fs'
import type { BrowserContext, BrowserContextOptions } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { textsFor } from '../../client/widget/texts/index.js'
import { hasBrowser } from './browser.js'
import { blameless, usePlace } from './place.js'
import { answerTo, greeting, widgetPage } from './widget-page.js'

const desktop = { viewport: { width: 1280, height: 800 } }

describe.skipIf(!hasBrowser())('a chat on the demo page', () => {
  const place = usePlace({ isHasty: true })

  async function open(window: BrowserContext | BrowserContextOptions = desktop) {
    const { context, page, watch } = await place.open(window)
    return { context, page, watch, chat: widgetPage(page, place) }
  }

  async function begin(window?: BrowserContextOptions) {
    const opened = await open(window)
    const conversationId = await opened.chat.start()
    const sandbox = (path: string, body?: object) =>
      place.sandbox('POST', `/conversations/${conversationId}${path}`, body)
    return { ...opened, conversationId, sandbox }
  }

  it('lets a visitor chat, reload, go on, end and begin anew, showing everything once', async () => {
    const { page, watch, chat, conversationId } = await begin()
    await chat.seeStatus('Connected to Harbor Assistant')
    await chat.say('Is berth 14 free?')
    await chat.see(answerTo('Is berth 14 free?'))
    await chat.isWhole(conversationId)
    const bubbles = [greeting, 'Is berth 14 free?', answerTo('Is berth 14 free?')]
    expect(await chat.bubbles()).toEqual(bubbles)

    await page.reload()
    await chat.see(answerTo('Is berth 14 free?'))
    expect(await chat.bubbles()).toEqual(bubbles)
    await chat.input.fill('And berth')
    await chat.input.press('Shift+Enter')
    await chat.input.pressSequentially('15? 👩🏽‍🚒')
    await chat.input.press('Enter')
    await chat.see(answerTo('And berth\n15? 👩🏽‍🚒'))
    await chat.isWhole(conversationId)

    await chat.choose('End chat')
    await chat.button('Keep chatting').click()
    await chat.choose('End chat')
    await chat.button('End chat').click()
    await chat.seeStatus('Chat ended')
    expect(await chat.input.isVisible()).toBe(false)
    expect((await chat.bubbles()).slice(0, 3)).toEqual(bubbles)

    const [answer] = await Promise.all([
      page.waitForResponse('**/api/start'),
      chat.button('Start a new chat').click(),
    ])
    expect((await answer.json()).conversationId).not.toBe(conversationId)
    await expect.poll(chat.bubbles).toEqual([greeting])
    expect(watch).toEqual(blameless)
  })

  it('takes one answer for two clicks that come at once', async () => {
    const { chat, conversationId } = await begin()
    await chat.say('quick')
    await chat.button('Busan').evaluate((button: { click(): void }) => {
      button.click()
      button.click()
    })
    await chat.see('You chose “Busan”.')
    await chat.isWhole(conversationId)
    expect((await chat.bubbles()).filter((text) => text === 'Busan')).toEqual(['Busan'])
  })

  it('says that the network is gone, and loses and doubles nothing when it is back', async () => {
    const { context, chat, conversationId, sandbox } = await begin()
    await context.setOffline(true)
    await chat.seeStatus('You are offline')
    await chat.say('Are you there?')
    await chat.last('own').getByText('Sending…').waitFor()
    await sandbox('/agent-joins')
    await context.setOffline(false)
    await chat.see('Hello, this is Dana. How can I help you?')
    await chat.seeStatus('Connected to Dana')
    await chat.list.locator('[data-side="own"][data-delivery="delivered"]').waitFor()
    await chat.isWhole(conversationId)
    expect(await chat.message('Are you there?').count()).toBe(1)
  })

  it('shows a message that was refused, and sends it again by the same id', async () => {
    const { page, chat, conversationId } = await begin()
    const ids: string[] = []
    await page.route('**/api/send', (route) => {
      const { id, text } = route.request().postDataJSON()
      if (text) ids.push(id)
      return text && ids.length <= 2 ? route.fulfill(refusal) : route.continue()
    })
    await chat.say('Once')
    await chat.say('Never')
    await chat.list
      .getByText(/^Not sent/)
      .nth(1)
      .waitFor()
    await chat.last('own').getByRole('button', { name: 'Discard' }).click()
    expect(await chat.message('Never').count()).toBe(0)
    await chat.button('Try again').click()
    await chat.see(answerTo('Once'))
    await chat.isWhole(conversationId)
    expect(ids).toHaveLength(3)
    expect(ids[2]).toBe(ids[0])
  })

  it('counts what came while the visitor read something else, and goes there', async () => {
    const { page, chat, sandbox } = await begin()
    await sandbox('/bursts', { count: 40 })
    await chat.see('Message 40 of 40')
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
    await chat.see('Message 3 of 3')
    await expect.poll(async () => (await chat.snapshot())?.unread).toBe(0)
  })

  it('loads what was said before when the visitor scrolls up, and stays where they read', async () => {
    const { page, chat, conversationId, sandbox } = await begin()
    await sandbox('/bursts', { count: 120 })
    await chat.see('Message 120 of 120')
    await page.reload()
    await chat.see('Message 120 of 120')
    expect(await chat.message('Message 1 of 120').count()).toBe(0)
    const top = () => chat.scroller.evaluate((node) => node.scrollTop)
    while (await chat.button('Show earlier messages').count()) {
      const before = (await chat.ids()).length
      await chat.scroller.evaluate((node) => node.scrollTo(0, 0))
      await expect.poll(async () => (await chat.ids()).length).toBeGreaterThan(before)
      expect(await top()).toBeGreaterThan(100)
    }
    await chat.isWhole(conversationId)
    expect((await chat.bubbles()).slice(0, 2)).toEqual([greeting, 'Message 1 of 120'])
  })

  it('takes files that are dropped or chosen, shows how far they are, and refuses others', async () => {
    const { page, chat, conversationId } = await begin()
    await chat.widget.locator('.miaw-panel').evaluate(drop, [
      { name: 'quay.txt', type: 'text/plain', size: 2000 },
      { name: 'huge.txt', type: 'text/plain', size: 40_000_000 },
    ])
    await chat.widget.getByText(/^huge\.txt is too big/).waitFor()
    await chat.widget.getByText('quay.txt').waitFor()
    await chat.say('Here it is')
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
    await chat.isWhole(conversationId)
  })

  it('gives the transcript to take home', async () => {
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

  it('is one chat in two windows, of which one asks', async () => {
    const { context, chat, conversationId } = await begin()
    const second = await open(context)
    await second.chat.see(greeting)
    const polls = new Set<string>()
    for (const [name, { page }] of Object.entries({ first: chat, second })) {
      page.on('request', (request) => {
        if (request.url().includes('/api/poll')) polls.add(name)
      })
    }
    await chat.say('from the first')
    await second.chat.say('from the second')
    for (const each of [chat, second.chat]) {
      await each.see(answerTo('from the first'))
      await each.see(answerTo('from the second'))
      await each.isWhole(conversationId)
    }
    expect(polls.size).toBe(1)
  })

  it('can be walked through without a mouse', async () => {
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
    await chat.see(greeting)
    await expect.poll(() => chat.input.and(focused()).count()).toBe(1)
    await page.keyboard.type('quick')
    await page.keyboard.press('Enter')
    const busan = chat.button('Busan')
    await busan.waitFor()
    for (let steps = 0; steps < 20 && !(await busan.and(focused()).count()); steps += 1)
      await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Enter')
    await chat.see('You chose “Busan”.')
    await expect.poll(() => chat.input.and(focused()).count()).toBe(1)
    await page.keyboard.type('still here')
    await page.keyboard.press('Enter')
    await chat.see(answerTo('still here'))
  })

  it.each(['es', 'de', 'ja'])('speaks %s', async (language) => {
    const { chat } = await open()
    await chat.widget.evaluate((node, tag) => node.setAttribute('language', tag), language)
    const { title, start } = textsFor(language)
    await chat.widget.getByRole('heading', { name: title, exact: true }).waitFor()
    await chat.button(start).waitFor()
    expect(start).not.toBe(textsFor('en').start)
  })

  it('leaves markup that a visitor types as it is typed', async () => {
    const { page, watch, chat, conversationId } = await begin()
    for (const text of attacks) await chat.say(text)
    await chat.see(answerTo(attacks.at(-1) ?? ''))
    await chat.isWhole(conversationId)
    expect(await chat.bubbles()).toEqual(expect.arrayContaining(attacks))
    expect(await chat.list.locator('script, iframe, img, a').count()).toBe(0)
    expect(await page.evaluate('globalThis.attacked')).toBe(undefined)
    expect(watch).toEqual(blameless)
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

/** The smallest picture there is. */
const dot = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

type Dropped = { name: string; type: string; size: number }

/** Lets files go over an element. */
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
