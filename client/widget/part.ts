/** Describes a part of the widget that pages load when they need it first. */
export type Part<T> = {
  /** Returns the part: undefined until it is there, null when it could not be loaded. */
  get(): T | null | undefined
  /** Loads the part. Never rejects; after a failure, the next call tries again. */
  load(): Promise<void>
  /** Loads the part, and calls the listener when `get` returns another value. */
  subscribe(listener: () => void): () => void
}

/** Makes a part of what `load` resolves to. */
export function createPart<T>(load: () => Promise<T>): Part<T> {
  const listeners = new Set<() => void>()
  let part: T | null | undefined
  let loading: Promise<void> | undefined

  function settle(value: T | null): void {
    part = value
    for (const listener of listeners) listener()
  }
  const start = () =>
    load().then(settle, () => {
      loading = undefined
      settle(null)
    })
  const loadOnce = () => {
    loading ??= start()
    return loading
  }

  return {
    get: () => part,
    load: loadOnce,
    subscribe(listener) {
      listeners.add(listener)
      void loadOnce()
      return () => listeners.delete(listener)
    },
  }
}
