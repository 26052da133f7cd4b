/** Fakes a browser whose pages share storage, locks and channels. */

import type { Channel, Locks } from '../../client/core/browser-globals.js'
import type { ChatStorage, Environment, PageChange } from '../../client/core/index.js'
import { createTabs } from '../../client/core/tabs.js'

type Request = { grant(): void; holder: Holder }
type Holder = { onStolen(): void }

/** Creates Web Locks as far as tabs use them, with `steal` and `signal`. */
export function createLocks() {
  const held = new Map<string, Holder>()
  const queues = new Map<string, Request[]>()

  function next(name: string): void {
    held.delete(name)
    const request = queues.get(name)?.shift()
    if (!request) return
    held.set(name, request.holder)
    request.grant()
  }

  function request(
    name: string,
    { steal = false, signal }: { steal?: boolean; signal?: AbortSignal },
    work: () => unknown,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      let isOver = false
      const holder = {
        onStolen() {
          isOver = true
          reject(new DOMException('Stolen', 'AbortError'))
        },
      }
      const grant = async () => {
        const done = Promise.resolve().then(work)
        await done.catch(() => {})
        if (isOver) return
        isOver = true
        resolve(done)
        if (held.get(name) === holder) next(name)
      }
      const entry = { grant: () => void grant(), holder }
      if (steal) {
        held.get(name)?.onStolen()
        held.set(name, holder)
        void grant()
      } else if (held.has(name)) {
        const queue = queues.get(name) ?? []
        queues.set(name, queue)
        queue.push(entry)
        signal?.addEventListener('abort', () => {
          const at = queue.indexOf(entry)
          if (at < 0) return
          queue.splice(at, 1)
          reject(new DOMException('Aborted', 'AbortError'))
        })
      } else {
        held.set(name, holder)
        void grant()
      }
    })
  }

  return { request: request as Locks['request'] }
}

/** Creates broadcast channels that carry clones, one microtask later. */
export function createChannels() {
  const ports = new Map<string, Set<Channel>>()
  return (name: string): Channel => {
    const others = ports.get(name) ?? new Set()
    ports.set(name, others)
    const port: Channel = {
      onmessage: null,
      close: () => void others.delete(port),
      postMessage(data: unknown) {
        const copy = structuredClone(data)
        for (const other of others) {
          if (other === port) continue
          queueMicrotask(() => others.has(other) && other.onmessage?.({ data: copy as never }))
        }
      },
    }
    others.add(port)
    return port
  }
}

export function createBrowser() {
  const stored = new Map<string, string>()
  const locks = createLocks()
  type Listener = (change?: PageChange) => void
  const pages: Set<Listener>[] = []

  /** Returns the storage as a page has it: changes are told to the other pages, one microtask later. */
  function storageFor(own?: Set<Listener>): ChatStorage {
    const tellOthers = () => {
      const others = pages.filter((listeners) => listeners !== own)
      queueMicrotask(() => {
        for (const listeners of others) for (const listener of [...listeners]) listener('stored')
      })
    }
    return {
      getItem: (key) => stored.get(key) ?? null,
      setItem(key, value) {
        stored.set(key, value)
        tellOthers()
      },
      removeItem(key) {
        stored.delete(key)
        tellOthers()
      },
    }
  }
  return {
    stored,
    /** Is the storage of no page in particular. */
    storage: storageFor(),
    tabs: createTabs({ locks, openChannel: createChannels() }),
    /** Opens a page of the browser, visible and on line. */
    openPage() {
      const listeners = new Set<Listener>()
      pages.push(listeners)
      const page = { hidden: false, online: true }
      const environment: Environment = {
        isHidden: () => page.hidden,
        isOnline: () => page.online,
        watch(onChange) {
          listeners.add(onChange)
          return () => void listeners.delete(onChange)
        },
        exclusively: async (name, work) => await locks.request(name, {}, work),
      }
      return {
        environment,
        storage: storageFor(listeners),
        /** Leaves the page, which the browser keeps; `set` returns to it. */
        leave(): void {
          for (const listener of [...listeners]) listener('left')
        },
        set(changes: Partial<typeof page>): void {
          Object.assign(page, changes)
          for (const listener of [...listeners]) listener()
        },
      }
    },
  }
}
