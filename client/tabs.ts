/** One tab of a conversation reads for all: `createChat({ baseUrl, tabs })`. */
import type { News, Seat, Tabs } from './seat.js'

/** What tabs say to each other beside the chats' news. */
type Heard = News | { kind: 'whole?' } | { kind: 'hidden' }

/** What a table is made of; browsers have both. */
export type Furniture = {
  locks: Pick<LockManager, 'request'> | undefined
  openChannel: ((name: string) => BroadcastChannel) | undefined
}

const ofBrowser = (): Furniture => ({
  locks: typeof navigator === 'undefined' ? undefined : navigator.locks,
  openChannel:
    typeof BroadcastChannel === 'undefined' ? undefined : (name) => new BroadcastChannel(name),
})

/** Sits down at a table: a shown tab takes the lead over, a hidden one waits for it. */
function sitDown(name: string, seat: Seat, locks: LockManager, channel: BroadcastChannel) {
  const { environment } = seat
  let isLeading = false
  let queued = new AbortController()
  let release = () => {}

  const post = (heard: Heard) => channel.postMessage(heard)
  const askForWhole = () => post({ kind: 'whole?' })

  /** Holds the lead until it leaves or is robbed of it; then it waits in line. */
  async function compete(how: 'steal' | 'wait'): Promise<void> {
    queued.abort()
    const own = new AbortController()
    queued = own
    const wish = how === 'steal' ? { steal: true } : { signal: own.signal }
    try {
      await locks.request(name, wish, () => lead(own))
    } catch {
      if (queued !== own) return
      isLeading = false
      seat.follow()
      void compete('wait')
    }
  }
  return {}
}
export const x = 1
