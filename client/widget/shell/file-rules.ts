import type { Attachments } from '../../core/index.js'
import { attempt } from '../attempt.js'
import type { Texts } from '../texts/en.js'
import { formatText } from '../texts/format.js'
import { localeOf } from '../time.js'

const units = [
  [1_000_000, 'megabyte'],
  [1000, 'kilobyte'],
  [1, 'byte'],
] as const

/** Formats a size as `4.2 MB`, rounded down. */
export function sizeOf(bytes: number, language: string): string {
  const [factor, unit] = units.find(([least]) => bytes >= least) ?? units[2]
  const format = { style: 'unit', unit, maximumFractionDigits: 1 } as const
  const tenths = Math.floor((bytes / factor) * 10) / 10
  return attempt(
    () => new Intl.NumberFormat(localeOf(language), format).format(tenths),
    () => `${tenths} ${unit}`,
  )
}

type Named = Pick<File, 'name' | 'type'>

/**
 * Tells whether a file is taken, by its type such as `image/png` or `image/*`, or by the ending of its
 * name: systems declare odd types, or none.
 */
function isTaken({ name, type }: Named, { mimeTypes, endings = [] }: Attachments): boolean {
  const [group] = type.split('/')
  return (
    !mimeTypes ||
    mimeTypes.some((taken) => taken === type || taken === `${group}/*`) ||
    endings.some((ending) => name.toLowerCase().endsWith(ending))
  )
}

/** Returns what the device's dialogue offers, as the `accept` of a file field. */
export function acceptOf({ mimeTypes, endings = [] }: Attachments): string | undefined {
  return mimeTypes && [...mimeTypes, ...endings].join(',')
}

type Rules = { attachments: Attachments; texts: Texts; language: string }

/** Returns a sentence that says why a file cannot be sent; undefined when it can. */
export function refusalOf(
  { name, size, type }: Named & Pick<File, 'size'>,
  { attachments, texts, language }: Rules,
): string | undefined {
  const { maxBytes } = attachments
  if (!isTaken({ name, type }, attachments)) return formatText(texts.wrongType, { name })
  if (size === 0) return formatText(texts.emptyFile, { name })
  if (size <= maxBytes) return undefined
  return formatText(texts.tooBig, { name, size: sizeOf(maxBytes, language) })
}
