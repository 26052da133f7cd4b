/** Checks that a chat which is closed while its storage is slow stays closed. */
import { describe, expect, it } from 'vitest'
import type { Chat, ChatOptions, ChatStorage } from '../../client/core/index.js'
import { advance, setupClient } from './setup.js'

const harness = setupClient()

/** Wraps a storage whose every access takes a millisecond; calls back when the `nth` begins. */
function slowStorage(inner: ChatStorage, nth: number, onNth: () => void): ChatStorage {
  let accesses = 0
  const slowly = async <T>(access: () => T | Promise<T>): Promise<T> => {
    accesses += 1
    if (accesses === nth) onNth()
    await new Promise((resolve) => setTimeout(resolve, 1))
    return await access()
  }
  return {
    getItem: (key) => slowly(() => inner.getItem(key)),
    setItem: (key, value) => slowly(() => inner.setItem(key, value)),
    removeItem: (key) => slowly(() => inner.removeItem(key)),
  }
}

/**
 * Begins `act`, closes the chat as the `nth` access begins, and returns what is requested later. A
 * message that is being sent by then may still be.
 */
async function requestsAfterClose(
  act: (chat: Chat) => unknown,
  nth: number,
  options: Partial<ChatOptions>,
) {
  const earlier = await harness.begin(options)
  earlier.chat.close()
  let before: number | undefined
  const storage = slowStorage(harness.browser.storage, nth, () => {
    chat.close()
    before = harness.gateway.paths().length
  })
  const { chat } = harness.open({ ...options, storage })
  void act(chat)
  await advance(5_000)
  chat.close()
  const paths = harness.gateway.paths().slice(before)
  return {
    isClosed: before !== undefined,
    paths: paths.filter((path) => path !== '/api/send'),
  }
}

describe.each([
  ['alone', () => ({})],
  ['among tabs', () => ({ tabs: harness.browser.tabs })],
])('a chat %s that is closed while its storage is slow', (_, options) => {
  it.each<[name: string, act: (chat: Chat) => unknown, accesses: number]>([
    ['resume()', (chat) => chat.resume(), 2],
    ['start()', (chat) => chat.start(), 4],
    ['send()', (chat) => chat.send('Hello'), 4],
  ])('neither polls nor starts, whichever access of %s it was', async (_, act, leastAccesses) => {
    let nth = 1
    for (; ; nth++) {
      const { isClosed, paths } = await requestsAfterClose(act, nth, options())
      if (!isClosed) break
      expect({ nth, paths }).toEqual({ nth, paths: [] })
    }
    expect(nth).toBeGreaterThan(leastAccesses)
  })
})
