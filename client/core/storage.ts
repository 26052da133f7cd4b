import { globals } from './browser-globals.js'
import type { Environment } from './environment.js'
import { toJson } from './json.js'

/**
 * Stores the data by which a chat knows its visitor again. The browser's storages fit, and so does
 * any that returns promises.
 */
export type ChatStorage = {
  getItem(key: string): string | null | Promise<string | null>
  setItem(key: string, value: string): void | Promise<void>
  removeItem(key: string): void | Promise<void>
}

/** Stores one value. Changes wait for each other, over all tabs where the browser has locks. */
export type StoredValue<T> = {
  read(): Promise<T | null>
  /** Reads, edits and writes the value; null removes it. If `edit` throws, nothing is written. */
  change(edit: (stored: T | null) => T | null | Promise<T | null>): Promise<T | null>
}

/** Removes a stored value, when it is given to `change`. */
export const remove = () => null

/**
 * Stores a value under a key. Where storage is blocked, missing or full, the value lives as long as
 * the page.
 *
 * @param parse returns what was stored, or null for what is no such value
 */
export function createStoredValue<T>(
  storageOption: ChatStorage | undefined,
  key: string,
  { exclusively }: Environment,
  parse: (stored: unknown) => T | null,
): StoredValue<T> {
  let last: Promise<unknown> = Promise.resolve()
  let inMemory: T | null | undefined

  /** Returns the storage. It is looked up on each use, because a blocked one throws. */
  const storage = () => storageOption ?? (globals.localStorage as ChatStorage)

  async function read(): Promise<T | null> {
    if (inMemory !== undefined) return inMemory
    try {
      // A missing value is null, which JSON parses as null.
      return parse(JSON.parse((await storage().getItem(key)) as string))
    } catch {
      return null
    }
  }

  async function write(value: T | null): Promise<void> {
    try {
      if (value) await storage().setItem(key, toJson(value))
      else await storage().removeItem(key)
      inMemory = undefined
    } catch {
      inMemory = value
    }
  }

  return {
    read,
    change(edit) {
      const done = last.then(() =>
        exclusively(key, async () => {
          const value = await edit(await read())
          await write(value)
          return value
        }),
      )
      last = done.catch(() => {})
      return done
    },
  }
}
