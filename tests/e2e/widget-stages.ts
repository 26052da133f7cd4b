/** Opens stages of the widget in a browser, with the snapshots that the tests show on them. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { withDana } from '../widget/fixtures/conversation.js'
import { conversationId, textMessage } from '../widget/fixtures/message.js'
import { openChat, type State } from '../widget/fixtures/states.js'
import { buildStage, type ReactVersion } from '../widget/stage/build.js'
import { launchBrowser } from './browser.js'
import { openStage } from './stage-page.js'

export const versions = [19, 18, 'preact'] as const

/** Forty messages of an agent, a minute apart: more than the list can show. */
export const long = Array.from({ length: 40 }, (_, index) =>
  textMessage('Agent', `08:${10 + index}`, `m${index}`, `Message ${index}`),
)

const clockAt = (minute: number) =>
  [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':')

/** A thousand messages of an agent, a minute apart: more than a slow phone can draw at once. */
export const thousand = Array.from({ length: 1000 }, (_, index) =>
  textMessage('Agent', clockAt(index), `m${index}`, `Message ${index}`),
)

/** An open conversation with an agent, which takes small files. */
export const open: State = {
  ...openChat,
  conversation: withDana,
  messages: [textMessage('Agent', '09:46', 'hello', 'Hello!')],
  attachments: { maxBytes: 1000, mimeTypes: ['image/png', 'application/pdf'] },
}

/**
 * Shows a widget that makes its chat itself. Its gateway notes the paths of requests in `requests`; its storage
 * responds after `openStorage()`.
 */
export const showOwnChat = `{
  globalThis.requests = []
  const storage = new Promise((open) => { globalThis.openStorage = open })
  const stored = {
    'miaw https://gateway.test tokens':
      JSON.stringify({ token: 't', refreshToken: 'r', renewAt: Date.now() + 1e6 }),
    'miaw https://gateway.test conversation':
      JSON.stringify({ conversationId: '${conversationId}', attachments: null, readUpTo: '' }),
  }
  const page = ${JSON.stringify({
    messages: [textMessage('Agent', '09:46', 'hello', 'Hello again!')],
    ...{ cursor: 'x', before: null, hasMore: false, pollAfterMs: 50, waitSeconds: 0 },
    conversation: withDana,
  })}
  const chat = {
    baseUrl: 'https://gateway.test',
    storage: {
      getItem: (key) => storage.then(() => stored[key] ?? null),
      setItem: (key, value) => { stored[key] = value },
      removeItem: (key) => { delete stored[key] },
    },
    fetch: async (url, { signal }) => {
      signal.throwIfAborted()
      requests.push(new URL(url).pathname)
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
export const drop = `{
  const panel = document.querySelector('.miaw-panel')
  const dataTransfer = (${transfer})('dropped.pdf')
  const dragged = { dataTransfer, bubbles: true, cancelable: true }
  panel.dispatchEvent(new DragEvent('dragenter', dragged))
  panel.dispatchEvent(new DragEvent('drop', dragged))
}`

/** Pastes another file into the composer. */
export const paste = `{
  const clipboardData = (${transfer})('pasted.pdf')
  const paste = new ClipboardEvent('paste', { clipboardData, bubbles: true })
  document.querySelector('textarea').dispatchEvent(paste)
}`

/** Counts in `held` the object URLs that are not revoked and the listeners of the document. */
export const watchHeld = `{
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

export const inline = { layout: 'inline' }

/** Returns a time zone in which the date differs from UTC's. */
export const zoneOfAnotherDay = () =>
  new Date().getUTCHours() < 12 ? 'Etc/GMT+12' : 'Pacific/Kiritimati'

export type StageOptions = BrowserContextOptions & { version?: ReactVersion }

/** Opens stages for the tests of one file, in one browser. */
export function useStages() {
  let browser: Browser
  /** The page of tests that set no options. */
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

  async function stageOf({ version = 19, ...options }: StageOptions = {}) {
    const isShared = Object.keys(options).length === 0
    const page = isShared ? shared : await openPage(options)
    if (!isShared) pages.push(page)
    return openStage(page, stages.get(version) ?? '')
  }

  return { stageOf }
}
