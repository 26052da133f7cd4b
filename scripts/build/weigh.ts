import { gzipSync } from 'node:zlib'

/**
 * Largest size of each entry: bytes, minified and gzipped. `element` includes all that it is built
 * on.
 */
export const budgets = { index: 5250, tabs: 900, upload: 800, react: 28_000, element: 48_000 }

export type Entry = keyof typeof budgets

/** Size and budget of an entry. */
export type Weighed = { name: Entry; bytes: number; budget: number }

/** Throws when it is too heavy. */
export function weigh(name: Entry, code: string): Weighed {
  const bytes = gzipSync(code, { level: 9 }).length
  const budget = budgets[name]
  if (bytes > budget) throw new Error(`${name} weighs ${bytes} bytes of ${budget}`)
  return { name, bytes, budget }
}
