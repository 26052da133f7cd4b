/** Tells whether a moment lies within the business hours, and until when. Pure. */

/** Open intervals, in no order: epoch milliseconds, the end not included. */
export type OpenHours = readonly { from: number; to: number }[]

/**
 * Tells whether it is open; `changesAt`: when that changes, as far as is known; epoch milliseconds.
 */
export type OpenState = { open: boolean; changesAt: number | null }

/** Returns the end of an open stretch: an interval may continue in another one. */
function endOf(hours: OpenHours, moment: number): number {
  const later = hours.filter(({ from, to }) => from <= moment && to > moment)
  return later.length === 0 ? moment : endOf(hours, Math.max(...later.map(({ to }) => to)))
}

/**
 * Returns the state at a moment; always open where no hours are known (`enhanced-chat-api.md
 * §2.18`).
 */
export function openStateAt(hours: OpenHours, moment: number): OpenState {
  if (hours.length === 0) return { open: true, changesAt: null }
  const end = endOf(hours, moment)
  if (end > moment) return { open: true, changesAt: end }
  const coming = hours.filter(({ from, to }) => from > moment && to > from)
  const next = Math.min(...coming.map(({ from }) => from))
  return { open: false, changesAt: coming.length === 0 ? null : next }
}
