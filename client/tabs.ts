/** One tab of a conversation reads for all: `createChat({ baseUrl, tabs })`. */
import { type Channel, type Locks, page } from './page.js'
import type { News, Seat, Tabs } from './seat.js'

/** What the tabs of one conversation say to each other, beside what the chats say. */
type Heard = News | { kind: 'whole?' } | { kind: 'hidden' }

/** What a table is made of, where it is not the browser's. */
export type Furniture = {
  locks: Locks
  openChannel(name: string): Channel
}

function ofBrowser(): Furniture | undefined {
  const locks = page.navigator?.locks
  const { BroadcastChannel } = page
  if (!locks || !BroadcastChannel) return undefined
  return { locks, openChannel: (name) => new BroadcastChannel(name) }
}

/** All that a chat has read, as one page. */
function wholeOf({ getSnapshot, place }: Seat): News | undefined {
  const { conversation, messages } = getSnapshot()
  const { cursor, before } = place()
  if (!conversation || !cursor) return undefined
  const page = {
    ...{ conversation, cursor, before, hasMore: false, pollAfterMs: null },
    messages: messages.filter(({ delivery }) => delivery === 'delivered'),
  }
  return { kind: 'page', page, from: undefined }
}

/**
 * Who holds the lock reads; the others hear on the channel what was read. A tab that is shown takes the
 * lead over, for a hidden one reads slowly; when the leader goes, the next in line goes on from the same
 * cursor. Who hears a page that does not follow upon what it has asks for the whole.
 */
function sitDown(conversationId: string, seat: Seat, { locks, openChannel }: Furniture) {
  const { environment, place } = seat
  const name = `miaw ${conversationId}`
  const channel = openChannel(name)
  let isLeading = false
  let isOpen = true
  let line = new AbortController()
  let leave = () => {}

  const post = (heard: Heard | undefined) => {
    if (isOpen && heard) channel.postMessage(heard)
  }

  function lead(): Promise<void> {
    isLeading = true
    seat.lead()
    return new Promise((resolve) => {
      leave = resolve
    })
  }

  async function compete(takesOver: boolean): Promise<void> {
    line.abort()
    const own = new AbortController()
    line = own
    const wish = takesOver ? { steal: true } : { signal: own.signal }
    await locks
      .request(name, wish, () => (isOpen ? lead() : undefined))
      .catch(() => {
        if (line !== own || !isOpen) return
        isLeading = false
        seat.follow()
        void compete(false)
      })
  }

  function takeOver(): void {
    if (!isLeading && !environment.isHidden()) void compete(true)
  }

  function hear(heard: Heard): void {
    if (heard.kind === 'hidden') takeOver()
    else if (isLeading) {
      if (heard.kind === 'whole?') post(wholeOf(seat))
      if (heard.kind === 'hurry') seat.hurry()
    } else if (heard.kind === 'trouble') seat.trouble(heard.problem)
    else if (heard.kind === 'page') {
      const isNext = !heard.from || heard.from === place().cursor
      if (isNext) seat.take(heard.page, heard.from)
      else post({ kind: 'whole?' })
    }
  }

  channel.onmessage = ({ data }: { data: Heard }) => hear(data)
  const unwatch = environment.watch(() => {
    if (isLeading && environment.isHidden()) post({ kind: 'hidden' })
    else takeOver()
  })
  void compete(!environment.isHidden())
  post({ kind: 'whole?' })

  return {
    tell(news: News): void {
      if (isLeading === (news.kind !== 'hurry')) post(news)
    },
    close(): void {
      isOpen = false
      unwatch()
      line.abort()
      leave()
      channel.close()
    },
  }
}

/** With furniture of one's own; `tabs` is the one for browsers. */
export function createTabs(furniture = ofBrowser()): Tabs {
  return (conversationId, seat) => {
    if (furniture) return sitDown(conversationId, seat, furniture)
    seat.lead()
    return { tell() {}, close() {} }
  }
}

/** Where the browser has no locks or channels, each tab reads for itself. */
export const tabs: Tabs = (conversationId, seat) => createTabs()(conversationId, seat)
