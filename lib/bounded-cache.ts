/** Remembers the results of costly work, but no more of them than a process can afford. Pure. */

export type BoundedCache<T> = {
  /** Returns what was kept under this key; undefined when there is nothing any more. */
  get(key: string): T | undefined
  /** Keeps a value; the one that was not used for the longest time makes room. */
  set(key: string, value: T): void
  delete(key: string): void
}

/** Creates a cache of at most `max` values. */
export function createBoundedCache<T extends object | string>(max: number): BoundedCache<T> {
  /** Holds the values in the order of their last use. */
  const values = new Map<string, T>()

  function set(key: string, value: T): void {
    values.delete(key)
    values.set(key, value)
    if (values.size <= max) return
    for (const oldest of values.keys()) {
      values.delete(oldest)
      return
    }
  }

  return {
    get(key) {
      const value = values.get(key)
      if (value !== undefined) set(key, value)
      return value
    },
    set,
    delete: (key) => void values.delete(key),
  }
}
