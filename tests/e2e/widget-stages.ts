/** Stages of the widget in a browser, with the snapshots that the tests show on them. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll } from 'vitest'
import type { ChatMessage, ConversationState, Snapshot } from '../../client/core/index.js'
import { buildStage, type ReactVersion } from '../widget/stage/build.js'
import { launchBrowser } from './browser.js'
import { openStage } from './stage-page.js'

const minuteMs = 60_000

export const versions = [19, 18, 'preact'] as const

export function said(id: string, role: 'Agent' | 'EndUser', text: string, minutesAgo = 0) {
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

export const long = Array.from({ length: 40 }, (_, index) =>
  said(`m${index}`, 'Agent', `Message ${index}`, 100 - index),
)

export const conversation: ConversationState = {
  id: 'c',
  status: 'open',
  handledBy: 'agent',
  participants: [{ role: 'Agent', displayName: 'Dana' }],
  endedBy: null,
  estimatedWaitSeconds: null,
  expiresAt: null,
}

export const open: Partial<Snapshot> = {
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
export const showOwnChat = `{
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
export const drop = `{
  const panel = document.querySelector('.miaw-panel')
  const dataTransfer = (${transfer})('dropped.pdf')
  const dragged = { dataTransfer, bubbles: true, cancelable: true }
  panel.dispatchEvent(new DragEvent('dragenter', dragged))
  panel.dispatchEvent(new DragEvent('drop', dragged))
}`

/** Pastes another one. */
export const paste = `{
  const clipboardData = (${transfer})('pasted.pdf')
  const paste = new ClipboardEvent('paste', { clipboardData, bubbles: true })
  document.querySelector('textarea').dispatchEvent(paste)
}`

/** Counts in `held` the addresses of files, and who listens to the document, as long as they are there. */
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

/** Where it is already, or still, another day than in UTC. */
export const zoneOfAnotherDay = () =>
  new Date().getUTCHours() < 12 ? 'Etc/GMT+12' : 'Pacific/Kiritimati'

export type StageOptions = BrowserContextOptions & { version?: ReactVersion }

/** Opens stages for the tests of one file, in one browser. */
export function useStages() {
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

  async function stageOf({ version = 19, ...options }: StageOptions = {}) {
    const isShared = Object.keys(options).length === 0
    const page = isShared ? shared : await openPage(options)
    if (!isShared) pages.push(page)
    return openStage(page, stages.get(version) ?? '')
  }

  return { stageOf }
}
