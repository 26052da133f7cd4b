/** A visitor before a gateway, in a time of one's own. */
import { afterEach, beforeEach, vi } from 'vitest'
import { type ChatOptions, createChat } from '../../client/core/index.js'
import { createGateway } from './gateway.js'
import { createBrowser } from './place.js'

export const baseUrl = 'https://gateway.example'

/** Lets time and everything that waits for it pass. */
export const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

/** Each test with a browser and a gateway of its own, and timers that it moves. */
export function openScene() {
  const scene = {
    gateway: createGateway(),
    browser: createBrowser(),
    closers: [] as (() => void)[],
    /** A page of the browser, with a chat on it. */
    open(options: Partial<ChatOptions> = {}) {
      const { gateway, browser } = scene
      const page = browser.openPage()
      const { storage } = browser
      const { environment } = page
      const { fetch } = gateway
      const chat = createChat({ ...{ baseUrl, storage, environment, fetch }, ...options })
      scene.closers.push(chat.close)
      return {
        chat,
        page,
        texts: () => chat.getSnapshot().messages.map(({ text }) => text),
        told: () => chat.getSnapshot().messages.map(({ text, delivery }) => `${text} ${delivery}`),
        connection: () => chat.getSnapshot().connection,
      }
    },
    /** The same, in a conversation whose first page is read. */
    async begin(options: Partial<ChatOptions> = {}) {
      const opened = scene.open(options)
      opened.chat.start()
      await pass(10)
      return opened
    },
  }

  beforeEach(() => {
    vi.useFakeTimers()
    scene.gateway = createGateway()
    scene.browser = createBrowser()
    scene.closers = []
  })
  afterEach(() => {
    for (const close of scene.closers) close()
    vi.useRealTimers()
  })
  return scene
}
