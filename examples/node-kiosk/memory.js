/** Remembers the visitor in this process only: nothing is left on the disk of a machine that all use. */
export function createMemory() {
  const items = new Map()
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  }
}
