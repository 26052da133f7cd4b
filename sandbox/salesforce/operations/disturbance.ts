import type { ConversationEntry } from '../ledger.js'
import type { World } from '../world.js'

/** Repeats and shuffles the entries of a list, where the switches say so. */
export function disturb(world: World, entries: ConversationEntry[]): ConversationEntry[] {
  const shuffled = world.switches.listShufflesTies ? shuffleTies(world, entries) : entries
  return world.switches.listRepeatsEntries ? shuffled.flatMap((entry) => [entry, entry]) : shuffled
}

function shuffleTies(world: World, entries: ConversationEntry[]): ConversationEntry[] {
  const millisecond = (entry: ConversationEntry) => entry.transcriptedTimestamp
  const milliseconds = [...new Set(entries.map(millisecond))]
  return milliseconds.flatMap((moment) =>
    entries
      .filter((entry) => millisecond(entry) === moment)
      .map((entry) => ({ entry, lot: world.random() }))
      .sort((a, b) => a.lot - b.lot)
      .map(({ entry }) => entry),
  )
}
