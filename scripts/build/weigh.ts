import { gzipSync } from 'node:zlib'

/**
 * Sets the largest size of each entry: bytes, minified and gzipped. Those of the package are what a
 * page grows by that imports the entry (`consumer.ts`); `element` is the first load of
 * `/miaw-chat.js`, with all that it is built on.
 */
export const budgets = {
  client: 6600,
  tabs: 900,
  upload: 800,
  useChat: 7000,
  ChatWidget: 32_500,
  language: 4000,
  element: 52_000,
}

export type Entry = keyof typeof budgets

/** Holds the size and budget of an entry. */
export type Weighed = { name: Entry; bytes: number; budget: number }

/** Returns the size of code in bytes, gzipped. */
export const gzippedSize = (code: string) => gzipSync(code, { level: 9 }).length

/** Returns the size beside the budget. Throws when it exceeds the budget. */
export function weigh(name: Entry, bytes: number): Weighed {
  const budget = budgets[name]
  if (bytes > budget) throw new Error(`${name} weighs ${bytes} bytes of ${budget}`)
  return { name, bytes, budget }
}
