/** Groups and formats appointments for the visitor. Pure. */
import type { TimePickerMessage } from '../../core/index.js'
import { dateOf } from '../time.js'

export type Slot = TimePickerMessage['timePicker']['slots'][number]

/** Groups the slots by the visitor's day on which they begin, in the order given. */
export function byDay(slots: readonly Slot[], language: string): Map<string, Slot[]> {
  const days = new Map<string, Slot[]>()
  for (const slot of slots) {
    const day = dateOf(slot.startTime, language)
    days.set(day, [...(days.get(day) ?? []), slot])
  }
  return days
}

/** No place on earth is further from UTC. */
const mostMinutes = 14 * 60

/**
 * Returns the offset that appointments are given for, such as `+1` or `-3:30`, when the visitor's
 * differs. `minutes`: from UTC, eastward.
 */
export function foreignOffset(
  minutes: number | undefined,
  slots: readonly Slot[],
): string | undefined {
  const [first] = slots
  if (minutes === undefined || !first || Math.abs(minutes) > mostMinutes) return undefined
  const own = -new Date(first.startTime).getTimezoneOffset()
  if (Number.isNaN(own) || own === minutes) return undefined
  const rest = Math.abs(minutes % 60)
  const hours = Math.floor(Math.abs(minutes) / 60)
  return `${minutes < 0 ? '-' : '+'}${hours}${rest ? `:${String(rest).padStart(2, '0')}` : ''}`
}
