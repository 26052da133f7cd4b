import type { Environment } from './environment.js'
import { page } from './page.js'

/** Where a chat remembers its visitor: any store of texts, at once or by promise. */
export type ChatStorage = {
  get(key: string): string | null | Promise<string | null>
  set(key: string, value: string): void | Promise<void>
  remove(key: string): void | Promise<void>
}

/** The page's own storage. What it does not take, or where it is blocked, is remembered as long as the page lives. */
export function webStorage(name: 'localStorage' | 'sessionStorage'): ChatStorage {
  const memory = new Map<string, string | null>()

  /** Throws where it is blocked or missing. */
  function storage() {
    const own = page[name]
    if (!own) throw new TypeError(`No ${name}`)
    return own
  }

  function write(key: string, value: string | null): void {
    memory.set(key, value)
    try {
      if (value === null) storage().removeItem(key)
      else storage().setItem(key, value)
      memory.delete(key)
    } catch {}
  }

  return {
    get(key) {
      try {
        return memory.get(key) ?? storage().getItem(key)
      } catch {
        return null
      }
    },
    set: write,
    remove: (key) => write(key, null),
  }
}

/** One remembered value. Changes wait for each other, over all tabs where the browser has locks. */
export type Drawer<T> = {
  read(): Promise<T | null>
  /** Reads anew, edits, writes; null empties. Throws what `edit` throws, and then writes nothing. */
  change(edit: (kept: T | null) => T | null | Promise<T | null>): Promise<T | null>
}

export function createDrawer<T>(
  storage: ChatStorage,
  key: string,
  { exclusively }: Environment,
): Drawer<T> {
  let last: Promise<unknown> = Promise.resolve()

  async function read(): Promise<T | null> {
    const text = await storage.get(key)
    try {
      return JSON.parse(text ?? 'null')
    } catch {
      return null
    }
  }

  return {
    read,
    change(edit) {
      const done = last.then(() =>
        exclusively(key, async () => {
          const value = await edit(await read())
          await (value === null ? storage.remove(key) : storage.set(key, JSON.stringify(value)))
          return value
        }),
      )
      last = done.catch(() => {})
      return done
    },
  }
}
