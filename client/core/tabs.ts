/** Lets one tab of a conversation poll for all: `createChat({ baseUrl, tabs })`. */
import { type Channel, globals, type Locks } from './browser-globals.js'
import type { TabClient, TabMessage, Tabs } from './coordination.js'

/** Lists the messages on the channel of one conversation's tabs. */
type ChannelMessage = TabMessage | { kind: 'request-all' } | { kind: 'hidden' }

/** Holds the primitives that coordinate tabs. */
export type TabPrimitives = {
  locks: Locks
  openChannel(name: string): Channel
}

function browserPrimitives(): TabPrimitives | undefined {
  const locks = globals.navigator?.locks
  const { BroadcastChannel } = globals
  if (!locks || !BroadcastChannel) return undefined
  return { locks, openChannel: (name) => new BroadcastChannel(name) }
}

/** Returns all messages that a chat has read, as one page. */
function allMessagesPage({ getSnapshot, position }: TabClient): TabMessage | undefined {
  const { conversation, messages } = getSnapshot()
  const { cursor, before } = position()
  if (!conversation || !cursor) return undefined
  const page = {
    ...{ conversation, cursor, before, hasMore: false, pollAfterMs: null, waitSeconds: 0 },
    messages: messages.filter(({ delivery }) => delivery === 'delivered'),
  }
  return { kind: 'page', page, from: undefined }
}

/**
 * Joins the tabs of a conversation. The tab that holds the lock polls; the others receive each page
 * on the channel. A tab that is shown takes the lead, because a hidden one polls slowly. When the
 * leader goes, the next in line continues from the same cursor. A tab that receives a page which
 * does not follow its own cursor requests all pages.
 */
function joinTabs(
  conversationId: string,
  tabClient: TabClient,
  { locks, openChannel }: TabPrimitives,
) {
  const { environment, position } = tabClient
  const name = `miaw ${conversationId}`
  const channel = openChannel(name)
  let isLeading = false
  let isOpen = true
  let lockRequest = new AbortController()
  let releaseLock = () => {}

  const post = (message: ChannelMessage | undefined) => {
    if (isOpen && message) channel.postMessage(message)
  }

  function lead(): Promise<void> {
    isLeading = true
    tabClient.lead()
    return new Promise((resolve) => {
      releaseLock = resolve
    })
  }

  async function requestLead(takesOver: boolean): Promise<void> {
    lockRequest.abort()
    const controller = new AbortController()
    lockRequest = controller
    const lockOptions = takesOver ? { steal: true } : { signal: controller.signal }
    try {
      await locks.request(name, lockOptions, () => (isOpen ? lead() : undefined))
    } catch {
      if (lockRequest !== controller || !isOpen) return
      // A lock that is refused is as if there were none.
      if (!isLeading) return void lead()
      isLeading = false
      tabClient.follow()
      void requestLead(false)
    }
  }

  function takeOver(): void {
    if (!isLeading && !environment.isHidden()) void requestLead(true)
  }

  function receive(message: ChannelMessage): void {
    if (message.kind === 'hidden') takeOver()
    else if (isLeading) {
      if (message.kind === 'request-all') post(allMessagesPage(tabClient))
      if (message.kind === 'pollSoon') tabClient.pollSoon()
    } else if (message.kind === 'problem') tabClient.fail(message.problem)
    else if (message.kind === 'page') {
      const isNext = !message.from || message.from === position().cursor
      if (isNext) tabClient.add(message.page, message.from)
      else post({ kind: 'request-all' })
    }
  }

  channel.onmessage = ({ data }: { data: ChannelMessage }) => receive(data)
  post({ kind: 'request-all' })
  const unwatch = environment.watch((change) => {
    if (change === 'left' || change === 'stored') return
    if (isLeading && environment.isHidden()) post({ kind: 'hidden' })
    else takeOver()
  })
  void requestLead(!environment.isHidden())

  return {
    post(message: TabMessage): void {
      if (isLeading === (message.kind !== 'pollSoon')) post(message)
    },
    close(): void {
      isOpen = false
      unwatch()
      lockRequest.abort()
      releaseLock()
      channel.close()
    },
  }
}

/** Creates `Tabs` over the given primitives, by default the browser's. */
export function createTabs(primitives = browserPrimitives()): Tabs {
  return (conversationId, tabClient) => {
    try {
      if (primitives) return joinTabs(conversationId, tabClient, primitives)
    } catch {
      // Channels are refused.
    }
    tabClient.lead()
    return { post() {}, close() {} }
  }
}

/** Coordinates the tabs of a browser. Without locks or channels, each tab polls for itself. */
export const tabs: Tabs = (conversationId, tabClient) => createTabs()(conversationId, tabClient)
