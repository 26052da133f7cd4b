import { gzipSync } from 'node:zlib'

/** What each entry may weigh at most: bytes, minified and gzipped. `element` is with all it stands on. */
export const budgets = { index: 5120, tabs: 900, upload: 800, react: 28_000, element: 48_000 }

export type Entry = keyof typeof budgets

/** What an entry weighs and may weigh. */
export type Weighed = { name: Entry; bytes: number; budget: number }

export function weigh(name: Entry, code: string): Weighed {
  return { name, bytes: gzipSync(code, { level: 9 }).length, budget: budgets[name] }
}

/** Throws when one is too heavy. */
export function insist(weighed: readonly Weighed[]): void {
  const heavy = weighed.find(({ bytes, budget }) => bytes > budget)
  if (heavy) throw new Error(`${heavy.name} weighs ${heavy.bytes} bytes of ${heavy.budget}`)
}
