import type { ConversationEntry } from '../conversation.js'
import type { SandboxState } from '../sandbox-state.js'

/** Repeats and shuffles the entries of a list as the switches demand. */
export function applyListSwitches(
  sandbox: SandboxState,
  entries: ConversationEntry[],
): ConversationEntry[] {
  const shuffled = sandbox.switches.listShufflesTies ? shuffleTies(sandbox, entries) : entries
  return sandbox.switches.listRepeatsEntries
    ? shuffled.flatMap((entry) => [entry, entry])
    : shuffled
}

function shuffleTies(sandbox: SandboxState, entries: ConversationEntry[]): ConversationEntry[] {
  const millisecond = (entry: ConversationEntry) => entry.transcriptedTimestamp
  const milliseconds = [...new Set(entries.map(millisecond))]
  return milliseconds.flatMap((moment) =>
    entries
      .filter((entry) => millisecond(entry) === moment)
      .map((entry) => ({ entry, sortKey: sandbox.random() }))
      .sort((a, b) => a.sortKey - b.sortKey)
      .map(({ entry }) => entry),
  )
}
