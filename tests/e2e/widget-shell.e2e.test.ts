/** The frame of the widget in a browser: keyboard, focus, scrolling, writing, files. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ChatMessage, ConversationState, Snapshot } from '../../client/core/index.js'
import { buildStage, type ReactVersion } from '../widget/stage/build.js'
import { hasBrowser, launchBrowser } from './browser.js'
import { openStage } from './stage-page.js'

const minuteMs = 60_000

const versions = [19, 18, 'preact'] as const

function said(id: string, role: 'Agent' | 'EndUser', text: string, minutesAgo = 0) {
  return {
    id,
    conversationId: 'c',
    sender: { role, displayName: role === 'Agent' ? 'Dana' : null },
    timestamp: new Date(Date.now() - minutesAgo * minuteMs).toISOString(),
    messageType: 'StaticContentMessage',
    text,
    staticContent: { formatType: 'Text', text },
    delivery: 'delivered',
  } satisfies ChatMessage
}

const long = Array.from({ length: 40 }, (_, index) =>
  said(`m${index}`, 'Agent', `Message ${index}`, 100 - index),
)

const conversation: ConversationState = {
  id: 'c',
  status: 'open',
  handledBy: 'agent',
  participants: [{ role: 'Agent', displayName: 'Dana' }],
  endedBy: null,
  estimatedWaitSeconds: null,
  expiresAt: null,
}

const open: Partial<Snapshot> = {
  connection: 'online',
  conversationId: 'c',
  conversation,
  messages: [said('hello', 'Agent', 'Hello!')],
  attachments: { maxBytes: 1000, mimeTypes: ['image/png', 'application/pdf'] },
}

/**
 * A widget that makes its chat itself, with a gateway that notes in `asked` what it is asked. Its store
 * answers after `openStore()`.
 */
const showOwnChat = `{
  globalThis.asked = []
  const store = new Promise((open) => { globalThis.openStore = open })
  const kept = {
    'miaw https://gateway.test tokens':
      JSON.stringify({ token: 't', refreshToken: 'r', renewAt: Date.now() + 1e6 }),
    'miaw https://gateway.test conversation':
      JSON.stringify({ conversationId: 'c', attachments: null, readUpTo: '' }),
  }
  const page = ${JSON.stringify({
    messages: [said('hello', 'Agent', 'Hello again!')],
    ...{ cursor: 'x', before: null, hasMore: false, pollAfterMs: 50, conversation },
  })}
  const chat = {
    baseUrl: 'https://gateway.test',
    storage: {
      getItem: (key) => store.then(() => kept[key] ?? null),
      setItem: (key, value) => { kept[key] = value },
      removeItem: (key) => { delete kept[key] },
    },
    fetch: async (url) => {
      asked.push(new URL(url).pathname)
      return Response.json(page)
    },
  }
  stage.show({}, { layout: 'inline', chat })
}`

const transfer = `(name) => {
  const data = new DataTransfer()
  data.items.add(new File(['%PDF'], name, { type: 'application/pdf' }))
  return data
}`

/** Drops one file on the panel. */
const drop = `{
  const panel = document.querySelector('.miaw-panel')
  const dataTransfer = (${transfer})('dropped.pdf')
  const dragged = { dataTransfer, bubbles: true, cancelable: true }
  panel.dispatchEvent(new DragEvent('dragenter', dragged))
  panel.dispatchEvent(new DragEvent('drop', dragged))
}`

/** Pastes another one. */
const paste = `{
  const clipboardData = (${transfer})('pasted.pdf')
  const paste = new ClipboardEvent('paste', { clipboardData, bubbles: true })
  document.querySelector('textarea').dispatchEvent(paste)
}`

/** Counts in `held` the addresses of files, and who listens to the document, as long as they are there. */
const watchHeld = `{
  globalThis.held = 0
  const count = (owner, name, step) => {
    const plain = owner[name].bind(owner)
    owner[name] = (...args) => {
      held += step
      return plain(...args)
    }
  }
  count(URL, 'createObjectURL', 1)
  count(URL, 'revokeObjectURL', -1)
  count(document, 'addEventListener', 1)
  count(document, 'removeEventListener', -1)
}`

const inline = { layout: 'inline' }

/** Where it is already, or still, another day than in UTC. */
const zoneOfAnotherDay = () => (new Date().getUTCHours() < 12 ? 'Etc/GMT+12' : 'Pacific/Kiritimati')

describe.skipIf(!hasBrowser())('the frame of the widget', () => {
  let browser: Browser
  /** For tests that need no page of their own. */
  let shared: Page
  const pages: Page[] = []
  const stages = new Map<ReactVersion, string>()

  async function openPage(options: BrowserContextOptions = {}): Promise<Page> {
    const viewport = { width: 900, height: 700 }
    const page = await browser.newPage({ viewport, reducedMotion: 'reduce', ...options })
    page.setDefaultTimeout(5000)
    return page
  }

  beforeAll(async () => {
    browser = await launchBrowser()
    shared = await openPage()
    for (const version of versions) stages.set(version, await buildStage(version))
  })

  afterAll(() => browser?.close())

  afterEach(async () => {
    for (const page of pages.splice(0)) await page.close()
  })

  type Options = BrowserContextOptions & { version?: ReactVersion }

  async function stageOf({ version = 19, ...options }: Options = {}) {
    const isShared = Object.keys(options).length === 0
    const page = isShared ? shared : await openPage(options)
    if (!isShared) pages.push(page)
    return openStage(page, stages.get(version) ?? '')
  }

  it.each(versions)(
    'opens by the launcher into the composer, and closes by Escape back to it, with %s',
    async (version) => {
      const { page, show, focused } = await stageOf({ version })
      await show({ ...open, unread: 2 })
      const dialogue = page.getByRole('dialog', { name: 'Chat with us' })
      expect(await dialogue.isVisible()).toBe(false)

      await page.getByRole('button', { name: 'Open chat, 2 unread messages' }).press('Enter')
      expect(await dialogue.isVisible()).toBe(true)
      expect(await focused()).toBe('Your message')

      await page.keyboard.press('Escape')
      expect(await dialogue.isVisible()).toBe(false)
      expect(await focused()).toContain('Open chat')
    },
  )

  it('calls up no keyboard on a touch screen', async () => {
    const { page, show } = await stageOf({ hasTouch: true, isMobile: true })
    await show(open)
    await page.getByRole('button', { name: 'Open chat' }).tap()
    const dialogue = page.getByRole('dialog')
    expect(await dialogue.evaluate((node) => node.matches(':focus'))).toBe(true)
  })

  it('keeps a draft while it is closed', async () => {
    const { page, show } = await stageOf()
    await show(open, { defaultOpen: true })
    await page.getByRole('textbox').fill('Half a sent')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Open chat' }).click()
    expect(await page.getByRole('textbox').inputValue()).toBe('Half a sent')
  })

  it('keeps a draft for the next chat when this one ends', async () => {
    const { page, show } = await stageOf()
    await show(open, inline)
    await page.getByRole('textbox').fill('One more thing')
    await show({ ...open, connection: 'ended' }, inline)
    expect(await page.getByRole('textbox').count()).toBe(0)
    await show({ ...open, conversationId: 'another' }, inline)
    expect(await page.getByRole('textbox').inputValue()).toBe('One more thing')
  })

  it('takes no files that are dropped where nothing can be written', async () => {
    const { page, show } = await stageOf()
    await show({ ...open, connection: 'ended' }, inline)
    await page.evaluate(drop)
    await show(open, inline)
    expect(await page.locator('.miaw-chosen').count()).toBe(0)
  })

  it('is open when the page says so, and asks the page to close', async () => {
    const { page, show } = await stageOf()
    await show(open, { open: true })
    await page.getByRole('textbox').press('Escape')
    expect(await page.getByRole('dialog').isVisible()).toBe(true)
    await show(open, { open: false })
    expect(await page.getByRole('dialog').isVisible()).toBe(false)
  })

  it('fills a phone', async () => {
    const { page, show } = await stageOf({ viewport: { width: 390, height: 700 } })
    await show(open, { defaultOpen: true })
    const box = await page.getByRole('dialog').boundingBox()
    expect(box).toEqual({ x: 0, y: 0, width: 390, height: 700 })
    expect(await page.locator('.miaw-launcher').isVisible()).toBe(false)
  })

  it('has a menu that keyboards know', async () => {
    const { page, show, focused } = await stageOf()
    await show(open, { defaultOpen: true })
    const opener = page.getByRole('button', { name: 'More' })
    await opener.press('Home')
    expect(await page.getByRole('menu').count()).toBe(0)
    await opener.press('Enter')
    expect(await focused()).toBe('Download transcript')
    await page.keyboard.press('ArrowDown')
    expect(await focused()).toBe('End chat')
    await page.keyboard.press('ArrowDown')
    expect(await focused()).toBe('Download transcript')
    await page.keyboard.press('End')
    expect(await focused()).toBe('End chat')

    await page.keyboard.press('Escape')
    expect(await page.getByRole('menu').count()).toBe(0)
    expect(await focused()).toBe('More')
    expect(await page.getByRole('dialog').isVisible()).toBe(true)

    await opener.click()
    await page.getByRole('region', { name: 'Messages' }).click()
    expect(await page.getByRole('menu').count()).toBe(0)
  })

  it('ends only after it has asked, and says why it could not', async () => {
    const { page, show, callsOf, refuse, focused } = await stageOf()
    await show(open, inline)
    await page.getByRole('textbox').fill('A draft')
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'End chat' }).click()
    expect(await focused()).toBe('Keep chatting')
    await page.keyboard.press('Escape')
    expect(await focused()).toBe('Your message')
    expect(await page.getByRole('textbox').inputValue()).toBe('A draft')
    expect(await callsOf('end')).toEqual([])

    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'End chat' }).click()
    await page.getByRole('button', { name: 'End chat' }).click()
    expect(await callsOf('end')).toEqual([[]])

    await show({ ...open, connection: 'ended' }, inline)
    expect(await focused()).toBe('Start a new chat')
    expect(await page.getByText('Hello!').first().isVisible()).toBe(true)

    await show({ ...open, conversationId: 'another' }, inline)
    expect(await page.getByRole('button', { name: 'Keep chatting' }).count()).toBe(0)
    await refuse('end', 'upstream_unavailable')
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'End chat' }).click()
    await page.getByRole('button', { name: 'End chat' }).click()
    await page.getByText('The chat does not answer right now.').waitFor()
  })

  it('hands the start options to the chat, starts it, and moves the focus', async () => {
    const { page, show, callsOf, focused } = await stageOf()
    const props = { ...inline, startOptions: { language: 'en_US' } }
    await show({}, props)
    await page.getByRole('button', { name: 'Start chat' }).press('Enter')
    expect(await callsOf('setStartOptions')).toEqual([[{ language: 'en_US' }]])
    expect(await callsOf('start')).toHaveLength(1)
    await show({ connection: 'connecting' }, props)
    expect(await focused()).toBe('Your message')
  })

  it('asks the questions first; they can be put off and come back to', async () => {
    const { page, show, callsOf } = await stageOf()
    const fields = [{ name: 'Topic', type: 'text' as const, required: true }]
    const prechat = { required: true, per: 'conversation' as const, fields }
    await show({ prechat }, inline)
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Start chat' }).click()
    await page.getByRole('textbox').fill('Cargo')
    await page.getByRole('textbox').press('Enter')
    const routingAttributes = { Topic: 'Cargo' }
    expect(await callsOf('start')).toEqual([[{ routingAttributes }]])
  })

  it('sends by Enter, breaks lines by Shift+Enter, and sends nothing while composing', async () => {
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

  it('grows with its text, and counts when little is left', async () => {
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

  it('takes files by picker, drop and paste, refuses some in words, and sends the rest', async () => {
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

  it('leaves nothing behind when it goes', async () => {
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

  it('says why a message was not sent, and sends it again or gives it up', async () => {
    const { page, show, callsOf, focused } = await stageOf()
    const problem = { code: 'unreachable', retryable: true } as never
    const failed = { ...said('f', 'EndUser', 'Hm?'), delivery: 'failed' as const, problem }
    await show({ ...open, messages: [failed] }, inline)
    await page.getByText('Not sent. There is no connection.').waitFor()
    await page.getByRole('button', { name: 'Try again' }).press('Enter')
    expect(await focused()).toBe('Your message')
    await page.getByRole('button', { name: 'Discard' }).press('Enter')
    expect(await focused()).toBe('Your message')
    expect([...(await callsOf('retry')), ...(await callsOf('discard'))]).toEqual([['f'], ['f']])
  })

  describe.each(versions)('with a chat of its own, in %s', (version) => {
    const polls = (page: Page) =>
      page.evaluate<number>(`asked.filter((path) => path === '/api/poll').length`)
    const pause = (page: Page) => page.evaluate('new Promise((go) => setTimeout(go, 400))')

    it('goes on with the conversation, and is silent when it is gone', async () => {
      const { page } = await stageOf({ version })
      await page.evaluate(showOwnChat)
      await page.evaluate('openStore()')
      await page.getByText('Hello again!').first().waitFor()
      await pause(page)
      const before = await polls(page)
      expect(before).toBeGreaterThan(1)
      await page.evaluate('stage.unmount()')
      await pause(page)
      expect(await polls(page)).toBeLessThanOrEqual(before + 1)
    })

    it('is silent also when it is gone before it has read its store', async () => {
      const { page } = await stageOf({ version })
      await page.evaluate(showOwnChat)
      await page.evaluate('stage.unmount()')
      await page.evaluate('openStore()')
      await pause(page)
      expect(await polls(page)).toBeLessThanOrEqual(1)
    })
  })

  describe.each([19, 'preact'] as const)('the list, in %s', (version) => {
    const listStage = (options: Options = {}) => stageOf({ version, ...options })
    const scrolled = (page: Page) =>
      page.locator('.miaw-scroller').evaluate((node) => ({
        top: node.scrollTop,
        left: node.scrollHeight - node.scrollTop - node.clientHeight,
      }))
    const scrollTo = async (page: Page, top: number) => {
      await page.locator('.miaw-scroller').evaluate((node, to) => {
        node.scrollTop = to
      }, top)
      await page.evaluate('new Promise(requestAnimationFrame)')
      await page.evaluate('new Promise(requestAnimationFrame)')
    }

    it('follows the end while the reader is there, and counts what is new while not', async () => {
      const { page, show } = await listStage()
      await show({ ...open, messages: long }, inline)
      expect((await scrolled(page)).left).toBeLessThan(2)
      const one = [...long, said('n1', 'Agent', 'New')]
      await show({ ...open, messages: one }, inline)
      expect((await scrolled(page)).left).toBeLessThan(2)

      await scrollTo(page, 300)
      const two = [...one, said('n2', 'Agent', 'Newer'), said('n3', 'Agent', 'Newest')]
      await show({ ...open, messages: two }, inline)
      expect((await scrolled(page)).top).toBe(300)
      await page.getByRole('button', { name: '2 new messages' }).press('Enter')
      expect(await page.locator('.miaw-scroller').evaluate((node) => node.matches(':focus'))).toBe(
        true,
      )
      expect((await scrolled(page)).left).toBeLessThan(2)
      expect(await page.locator('.miaw-jump').count()).toBe(0)
    })

    it('goes to what the visitor says', async () => {
      const { page, show } = await listStage()
      await show({ ...open, messages: long }, inline)
      await scrollTo(page, 300)
      const own = { ...said('own', 'EndUser', 'Here'), delivery: 'sending' as const }
      await show({ ...open, messages: [...long, own] }, inline)
      expect((await scrolled(page)).left).toBeLessThan(2)
    })

    it('shows a tall message from its beginning', async () => {
      const { page, show } = await listStage()
      const tall = said('tall', 'Agent', 'Line\n'.repeat(80))
      await show({ ...open, messages: long }, inline)
      await show({ ...open, messages: [...long, tall] }, inline)
      const { left } = await scrolled(page)
      expect(left).toBeGreaterThan(300)
      const box = await page.locator('[data-id="tall"]').boundingBox()
      expect(box?.y).toBeGreaterThan(60)
      expect(box?.y).toBeLessThan(200)
    })

    it('asks for older messages at its top, and stays where it is when they come', async () => {
      const { page, show, callsOf } = await listStage()
      await show({ ...open, messages: long, hasOlder: true }, inline)
      expect(await callsOf('loadOlder')).toEqual([])
      await scrollTo(page, 10)
      expect(await callsOf('loadOlder')).toEqual([[]])
      const first = page.locator('[data-id="m0"] .miaw-bubble')
      const before = await first.boundingBox()
      const older = Array.from({ length: 30 }, (_, index) =>
        said(`o${index}`, 'Agent', `Old ${index}`, 200 - index),
      )
      await show({ ...open, messages: [...older, ...long], hasOlder: true }, inline)
      const after = await first.boundingBox()
      expect(Math.abs((after?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(40)
      await page.getByRole('button', { name: 'Show earlier messages' }).press('Enter')
      expect((await callsOf('loadOlder')).length).toBeGreaterThan(1)
    })

    it('says why older messages did not come', async () => {
      const { page, show, refuse } = await listStage()
      await show({ ...open, hasOlder: true }, inline)
      await refuse('loadOlder', 'unreachable')
      await page.getByRole('button', { name: 'Show earlier messages' }).click()
      await page.getByText('There is no connection.').waitFor()
    })

    it('is read when its end is seen, not while the panel is closed', async () => {
      const { page, show, callsOf } = await listStage()
      const unread = { ...open, messages: long, unread: 5, readUpTo: long[34]?.timestamp ?? '' }
      await show(unread)
      expect(await callsOf('markRead')).toEqual([])
      await page.getByRole('button', { name: /Open chat/ }).click()
      await expect.poll(() => callsOf('markRead')).not.toEqual([])

      const mark = page.locator('[data-kind="unread"] + li')
      expect(await mark.getAttribute('data-id')).toBe('m35')
      const more = [...long, said('n', 'Agent', 'New')]
      await show({ ...open, messages: more, readUpTo: long[39]?.timestamp ?? '' })
      expect(await mark.getAttribute('data-id')).toBe('m35')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Open chat' }).click()
      expect(await mark.getAttribute('data-id')).toBe('n')
    })

    it('opens at the first unread message, and is read only when the last one is seen', async () => {
      const { page, show, callsOf } = await listStage()
      const readUpTo = long[9]?.timestamp ?? ''
      await show({ ...open, messages: long, unread: 30, readUpTo })
      await page.getByRole('button', { name: /Open chat/ }).click()
      const mark = await page.locator('[data-kind="unread"]').boundingBox()
      expect(mark?.y).toBeGreaterThan(60)
      expect(mark?.y).toBeLessThan(250)
      expect(await callsOf('markRead')).toEqual([])
      await page.getByRole('button', { name: '30 new messages' }).click()
      await expect.poll(() => callsOf('markRead')).not.toEqual([])
    })

    it('is not read where the page has put it out of sight', async () => {
      const { page, show, callsOf } = await listStage()
      await page.addStyleTag({ content: '#root { display: none }' })
      await show({ ...open, unread: 1 }, inline)
      await page.evaluate('new Promise((go) => setTimeout(go, 100))')
      expect(await callsOf('markRead')).toEqual([])
      await page.addStyleTag({ content: '#root { display: block !important }' })
      await expect.poll(() => callsOf('markRead')).not.toEqual([])
    })

    it('does not move under what is being filled in', async () => {
      const { page, show } = await listStage()
      const form = {
        ...said('form', 'Agent', 'A form'),
        messageType: 'FormMessage' as const,
        form: {
          title: 'Booking',
          inputs: [{ inputId: 'a', type: 'text' as const, label: 'Container', required: true }],
        },
      }
      await show({ ...open, messages: [...long, form] }, inline)
      const field = page.getByLabel('Container')
      await field.focus()
      const before = await field.boundingBox()
      await show(
        { ...open, messages: [...long, form, said('tall', 'Agent', 'Line\n'.repeat(9))] },
        inline,
      )
      expect((await field.boundingBox())?.y).toBe(before?.y)
      await page.getByRole('button', { name: '1 new message' }).waitFor()
    })

    it('loads nothing because its button has the focus', async () => {
      const { page, show, callsOf, focused } = await listStage()
      await show({ ...open, messages: long, hasOlder: true }, inline)
      await page.getByRole('region', { name: 'Messages' }).focus()
      await page.keyboard.press('Tab')
      expect(await focused()).toBe('Show earlier messages')
      await expect.poll(async () => (await scrolled(page)).top).toBe(0)
      await page.evaluate('new Promise((go) => setTimeout(go, 100))')
      expect(await callsOf('loadOlder')).toEqual([])
      await page.keyboard.press('Enter')
      expect(await callsOf('loadOlder')).toEqual([[]])
    })

    it('tells those who do not see it what is new, and never what was before', async () => {
      const { page, show, emit } = await listStage()
      await show(open, inline)
      const log = page.getByRole('log')
      expect(await log.textContent()).toBe('')
      await emit('message', said('n', 'Agent', 'Are you there?'))
      expect(await log.textContent()).toBe('Dana: Are you there?')
      const result = { ok: true }
      const told = { ...said('r', 'Agent', ''), messageType: 'FormResponseMessage', result }
      await emit('message', told)
      expect(await log.textContent()).toContain('The form was received')
      const problem = { code: 'unreachable', retryable: true }
      await emit('delivery', { ...said('f', 'EndUser', 'Hm?'), delivery: 'failed', problem })
      expect(await log.textContent()).toContain('Not sent. There is no connection.')
    })

    it('shows that a bot is answering, until it has or eight seconds are over', async () => {
      const { page, show, emit } = await listStage({ locale: 'en' })
      await page.clock.install()
      const own = said('own', 'EndUser', 'Hello?')
      const byBot = {
        ...open,
        conversation: {
          ...conversation,
          handledBy: 'bot' as const,
          participants: [{ role: 'Chatbot' as const, displayName: 'Harbor Assistant' }],
        },
        messages: [own],
      }
      await show(byBot, inline)
      const dots = page.getByText('Harbor Assistant is answering')
      expect(await dots.count()).toBe(0)
      await emit('delivery', own)
      expect(await dots.count()).toBe(1)
      await page.clock.runFor(8100)
      expect(await dots.count()).toBe(0)
    })
  })

  it('gives the transcript, and does not offer it again where there is none', async () => {
    const { page, show, refuse } = await stageOf({ timezoneId: zoneOfAnotherDay() })
    await show(open, inline)
    const ask = async () => {
      await page.getByRole('button', { name: 'More' }).click()
      await page.getByRole('menuitem', { name: 'Download transcript' }).click()
    }
    const [download] = await Promise.all([page.waitForEvent('download'), ask()])
    const today = await page.evaluate(
      `[new Date().getFullYear(), new Date().getMonth() + 1, new Date().getDate()]
        .map((part) => String(part).padStart(2, '0')).join('-')`,
    )
    expect(download.suggestedFilename()).toBe(`chat-${today}.pdf`)
    await refuse('transcript', 'unsupported')
    await ask()
    await page.getByText('This is not possible here.').waitFor()
    await page.getByRole('button', { name: 'More' }).click()
    expect(await page.getByRole('menuitem').allTextContents()).toEqual(['End chat'])
  })

  it('speaks the language and has the direction of the page, or its own', async () => {
    const { page, show } = await stageOf()
    const widget = page.locator('.miaw')
    await page.evaluate(`document.documentElement.lang = 'de-AT'`)
    await show({}, inline)
    await page.getByRole('button', { name: 'Chat starten' }).waitFor()
    await page.evaluate(`document.documentElement.lang = 'ja'`)
    await page.getByRole('button', { name: 'チャットを開始' }).waitFor()
    await show({}, { ...inline, language: 'he' })
    expect(await widget.getAttribute('dir')).toBe('rtl')
    await page.evaluate(`document.documentElement.dir = 'ltr'`)
    await page.locator('.miaw:not([dir])').waitFor()
  })

  it('fits into 320 pixels', async () => {
    const { page, show } = await stageOf({ viewport: { width: 320, height: 500 } })
    const wide = said('w', 'Agent', 'x'.repeat(300))
    await show({ ...open, messages: [...long, wide] }, { defaultOpen: true, language: 'de' })
    const widest = await page.evaluate('document.documentElement.scrollWidth')
    expect(widest).toBe(320)
    const inner = await page.locator('.miaw-scroller').evaluate((node) => node.scrollWidth)
    expect(inner).toBeLessThanOrEqual(320)
  })
})
