import { globals } from './browser-globals.js'

/**
 * Names a change of the page beside its visibility and its network. An environment may hand other
 * values on, such as its own events: they name nothing.
 * - `left`: the visitor has left the page, which may be kept and shown again.
 * - `stored`: another tab has changed what the browser stores.
 */
export type PageChange = 'left' | 'stored'

/** Describes what a chat needs of its environment. Pass another one where there is no browser. */
export type Environment = {
  /** Tells whether the page is hidden: then the chat polls slowly. */
  isHidden(): boolean
  /** Returns false only when it is certain that there is no network. */
  isOnline(): boolean
  /**
   * Calls back whenever one of the two may have changed, or with another change of the page. Returns
   * a function that stops that.
   */
  watch(onChange: (change?: PageChange) => void): () => void
  /** Runs `work` while no other work of that name runs, in any tab. */
  exclusively<T>(name: string, work: () => Promise<T>): Promise<T>
}

/** Counts the milliseconds after which a tab that holds a lock counts as asleep. */
const lockTimeoutMs = 3000

const leaving = ['pagehide', 'freeze']
const returning = ['pageshow', 'resume']
const changes = [...leaving, ...returning, 'visibilitychange', 'online', 'offline', 'storage']

/** Describes a page in a browser. It is safe without a browser too, such as in server rendering. */
export const browser: Environment = {
  isHidden: () => !!globals.document?.hidden,
  isOnline: () => globals.navigator?.onLine !== false,
  watch(onChange) {
    const life = new AbortController()
    let isLeft = false
    const listener = ({ type }: { type: string }) => {
      // A page that is left becomes hidden, too.
      isLeft = leaving.includes(type) || (isLeft && !returning.includes(type))
      const change = type === 'storage' ? 'stored' : undefined
      onChange(isLeft ? 'left' : change)
    }
    // Not all of these events bubble.
    for (const type of changes)
      globals.addEventListener?.(type, listener, { signal: life.signal, capture: true })
    return () => life.abort()
  },
  /**
   * Runs `work` under a Web Lock, and without one where the browser refuses locks. A page that is
   * left gives the lock up, and a tab that keeps it too long loses it: `work` goes on nevertheless.
   */
  async exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
    let result: Promise<T> | undefined
    let unwatch = () => {}
    const life = new AbortController()
    const timer = setTimeout(() => life.abort(), lockTimeoutMs)
    const begin = () => {
      result ??= work()
      return result
    }
    const hold = () =>
      new Promise<unknown>((resolve) => {
        unwatch = browser.watch((change) => change === 'left' && resolve(0))
        begin().then(resolve, resolve)
      })
    for (const options of [{ signal: life.signal }, { steal: true }]) {
      try {
        if (!result) await globals.navigator?.locks?.request(name, options, hold)
      } catch {
        // The browser refuses locks, or another tab has this one.
      }
    }
    clearTimeout(timer)
    unwatch()
    return begin()
  },
}
