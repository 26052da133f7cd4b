/** Sets up chats against a fake gateway and a fake browser, with fake timers. */
import { afterEach, beforeEach, vi } from 'vitest'
import { type ChatOptions, createChat } from '../../client/core/index.js'
import { createBrowser } from './browser.js'
import { createGateway } from './gateway.js'

export const baseUrl = 'https://gateway.example'

/** Advances the fake timers by `ms` and runs what is due. */
export const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms)

/** Gives each test a new browser, a new gateway and fake timers, and closes its chats afterwards. */
export function setupClient() {
  const harness = {
    gateway: createGateway(),
    browser: createBrowser(),
    closers: [] as (() => void)[],
    /** Opens a page of the browser with a chat on it, which is not started. */
    open(options: Partial<ChatOptions> = {}) {
      const { gateway, browser } = harness
      const page = browser.openPage()
      const { environment, storage } = page
      const { fetch } = gateway
      const chat = createChat({ ...{ baseUrl, storage, environment, fetch }, ...options })
      harness.closers.push(chat.close)
      return {
        chat,
        page,
        texts: () => chat.getSnapshot().messages.map(({ text }) => text),
        deliveries: () =>
          chat.getSnapshot().messages.map(({ text, delivery }) => `${text} ${delivery}`),
        connection: () => chat.getSnapshot().connection,
      }
    },
    /** Opens a page with a chat that is started and has read its first page of messages. */
    async begin(options: Partial<ChatOptions> = {}) {
      const opened = harness.open(options)
      opened.chat.start()
      await advance(10)
      return opened
    },
  }

  beforeEach(() => {
    vi.useFakeTimers()
    harness.gateway = createGateway()
    harness.browser = createBrowser()
    harness.closers = []
  })
  afterEach(() => {
    for (const close of harness.closers) close()
    vi.useRealTimers()
  })
  return harness
}
