import { gzipSync } from 'node:zlib'

/**
 * Sets the largest size of each entry: bytes, minified and gzipped. `element` includes all that it
 * is built on.
 */
export const budgets = { index: 5900, tabs: 900, upload: 800, react: 37_000, element: 57_000 }

export type Entry = keyof typeof budgets

/** Holds the size and budget of an entry. */
export type Weighed = { name: Entry; bytes: number; budget: number }

/** Returns an entry's size. Throws when it exceeds the budget. */
export function weigh(name: Entry, code: string): Weighed {
  const bytes = gzipSync(code, { level: 9 }).length
  const budget = budgets[name]
  if (bytes > budget) throw new Error(`${name} weighs ${bytes} bytes of ${budget}`)
  return { name, bytes, budget }
}
