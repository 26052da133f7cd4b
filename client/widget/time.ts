/**
 * Formats moments, days and spans in the visitor's language and time zone. Pure but for the clock
 * of `dayOf`.
 */
import { attempt } from './attempt.js'

type Options = Intl.DateTimeFormatOptions

const formats = new Map<string, Intl.DateTimeFormat>()

/**
 * Returns a language tag that `Intl` takes, for one such as `de_AT`; undefined, the browser's own,
 * for an invalid one.
 */
export function localeOf(language: string): string | undefined {
  return attempt(
    () => Intl.getCanonicalLocales(language.replaceAll('_', '-'))[0],
    () => undefined,
  )
}

/** Formats are dear to make, and there is one for many messages. */
function formatOf(language: string, options: Options): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options)
  const format = formats.get(key) ?? new Intl.DateTimeFormat(localeOf(language), options)
  formats.set(key, format)
  return format
}

/** Formats a timestamp; text that is no timestamp stays as it is. */
function show(timestamp: string, language: string, options: Options): string {
  const date = new Date(timestamp)
  if (Number.isNaN(date.getTime())) return timestamp
  return attempt(
    () => formatOf(language, options).format(date),
    () => date.toLocaleString(),
  )
}

const isThisYear = (timestamp: string) =>
  new Date(timestamp).getFullYear() === new Date().getFullYear()

/** Adds the year to a date's format when it is not the present one. */
function dated(timestamp: string, options: Options): Options {
  return isThisYear(timestamp) ? options : { ...options, year: 'numeric' }
}

/** Formats a time: `9:00 AM`. */
export function timeOf(timestamp: string, language: string): string {
  return show(timestamp, language, { timeStyle: 'short' })
}

/** Formats a time with its seconds: `9:00:05 AM`. */
export function clockOf(timestamp: string, language: string): string {
  return show(timestamp, language, { timeStyle: 'medium' })
}

/** Formats a date: `Tuesday, November 24`. */
export function dateOf(timestamp: string, language: string): string {
  const options = dated(timestamp, { weekday: 'long', month: 'long', day: 'numeric' })
  return show(timestamp, language, options)
}

const dayMs = 86_400_000

/** Returns the number of local midnights between now and a timestamp. */
function daysFromNow(timestamp: string): number {
  const then = new Date(timestamp).setHours(0, 0, 0, 0)
  return Math.round((then - new Date().setHours(0, 0, 0, 0)) / dayMs)
}

const dayFormats = new Map<string, Intl.RelativeTimeFormat>()

/** Returns `today`, `tomorrow` or `yesterday`, or the date where the browser has no words for it. */
function dayWord(timestamp: string, language: string): string {
  const days = daysFromNow(timestamp)
  const word = () => {
    const format =
      dayFormats.get(language) ??
      new Intl.RelativeTimeFormat(localeOf(language), { numeric: 'auto' })
    dayFormats.set(language, format)
    return format.format(days, 'day')
  }
  return attempt(word, () => '') || dateOf(timestamp, language)
}

/** Formats a day of a conversation: `Today`, `Yesterday`, else as `dateOf`. */
export function dayOf(timestamp: string, language: string): string {
  const days = daysFromNow(timestamp)
  if (days !== 0 && days !== -1) return dateOf(timestamp, language)
  const word = dayWord(timestamp, language)
  return word.charAt(0).toLocaleUpperCase(localeOf(language)) + word.slice(1)
}

/** Formats a time in the future: `tomorrow, 8:00 AM`, `Monday, November 30, 8:00 AM`. */
export function openingOf(timestamp: string, language: string): string {
  const days = daysFromNow(timestamp)
  const isNear = days === 0 || days === 1
  const day = isNear ? dayWord(timestamp, language) : dateOf(timestamp, language)
  return `${day}, ${timeOf(timestamp, language)}`
}

/** Formats a moment for the visitor and for agents elsewhere: `Tue, Nov 24, 9:00 AM GMT+1`. */
export function momentOf(timestamp: string, language: string): string {
  const day: Options = { weekday: 'short', month: 'short', day: 'numeric' }
  const time: Options = { hour: 'numeric', minute: '2-digit', timeZoneName: 'short' }
  return show(timestamp, language, dated(timestamp, { ...day, ...time }))
}

/** A stretch of time that begins somewhere. */
export type Slot = { startTime: string; durationSeconds: number }

/** Formats a span: `9:00 – 10:00 AM`. */
export function spanOf({ startTime, durationSeconds }: Slot, language: string): string {
  const start = new Date(startTime)
  const end = new Date(start.getTime() + durationSeconds * 1000)
  if (Number.isNaN(end.getTime()) || end <= start) return timeOf(startTime, language)
  const range = () => formatOf(language, { timeStyle: 'short' }).formatRange(start, end)
  return attempt(range, () => timeOf(startTime, language))
}

/** Returns the time zone of the device, such as `Central European Time`. */
export function zoneOf(language: string): string {
  const zone = () => formatOf(language, { timeZoneName: 'longGeneric' }).formatToParts(new Date())
  const parts = attempt(zone, () => [])
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
}

/** Formats a number of minutes, at least one: `2 minutes`. */
export function minutesOf(seconds: number, language: string): string {
  const options = { style: 'unit', unit: 'minute', unitDisplay: 'long' } as const
  const minutes = Math.max(1, Math.round(seconds / 60))
  return attempt(
    () => new Intl.NumberFormat(localeOf(language), options).format(minutes),
    () => `${minutes} min`,
  )
}
