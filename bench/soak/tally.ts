/** Measures the visitors' calls: their durations and their problem codes. */
import type { Answer } from '../call.js'
import { percentile } from '../figures.js'

export type Tally = ReturnType<typeof createTally>

/** Holds one line of the result; times are milliseconds. */
export type Row = { name: string; count: number; p50: number; p95: number; p99: number }

export function createTally() {
  const times = new Map<string, number[]>()
  const codes = new Map<string, number>()

  function note(name: string, ms: number): void {
    const known = times.get(name) ?? []
    known.push(ms)
    times.set(name, known)
  }

  return {
    /** Counts an answer under its endpoint and `when`. */
    note(endpoint: string, { code, ms }: Answer, when: 'calm' | 'faulty'): void {
      note(`${endpoint} ${when}`, ms)
      if (code === null) return
      const name = `${endpoint} ${code}`
      codes.set(name, (codes.get(name) ?? 0) + 1)
    },

    /** Returns the number of answers with this code, at any endpoint. */
    countOf: (code: string): number =>
      [...codes].reduce((sum, [name, count]) => sum + (name.endsWith(` ${code}`) ? count : 0), 0),

    codes: (): [name: string, count: number][] => [...codes].sort(([a], [b]) => (a < b ? -1 : 1)),

    rows: (): Row[] =>
      [...times]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, values]) => {
          const sorted = values.sort((a, b) => a - b)
          const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(sorted, share))
          return { name, count: sorted.length, p50: p50 ?? 0, p95: p95 ?? 0, p99: p99 ?? 0 }
        }),
  }
}
