/** Defines values that several requests and replies share. */
import * as z from 'zod'

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/**
 * Describes ids of conversations and of visitors' messages: lower-case UUID v4, as Salesforce
 * demands (`enhanced-chat-api.md §1.2`).
 */
export const uuid = z.string().regex(uuidPattern, 'must be a lower-case UUID v4')

/**
 * Describes ids of messages that others wrote: opaque, and returned as they came. Those of bots are
 * no UUIDs (`enhanced-chat-api.md §3.1`).
 */
export const messageId = z
  .string()
  .regex(/^[\x20-\x7e]{1,128}$/, 'must be 1 to 128 printable ASCII characters')

/** Describes a moment: ISO 8601 in UTC with milliseconds. */
export const timestamp = z.iso
  .datetime({ precision: 3 })
  .describe('ISO 8601 in UTC with milliseconds.')

const attributeName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,79}$/, 'must be a name: letters, digits, _ . -, at most 80')

const maxAttributeBytes = 4096

/** Tells whether names and values are small enough, as UTF-8, to be kept with each conversation. */
export function fitsAttributes(all: Readonly<Record<string, string>>): boolean {
  const bytes = new TextEncoder().encode(Object.entries(all).flat().join('')).length
  return bytes <= maxAttributeBytes
}

export const attributesTooLarge =
  'must be at most 4,096 bytes in all, names and values: shorten values or leave some out'

/**
 * Describes pre-chat values and hidden values for routing, by the names the deployment's form gives
 * them. What the site's own login adds does not count: it is no larger than an identity token.
 */
export const attributes = z
  .record(attributeName, z.string().max(4000, 'must be at most 4,000 characters'))
  .refine((all) => Object.keys(all).length <= 50, 'must be at most 50 values')
  .refine(fitsAttributes, { message: attributesTooLarge, abort: true })

/** Describes a language as Salesforce writes it, such as `en_US`. */
export const language = z
  .string()
  .regex(/^[a-z]{2,3}([_-][A-Za-z0-9]{2,8}){0,3}$/, 'must be a language such as en_US')

/** Formats epoch milliseconds as an ISO timestamp. */
export function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString()
}

/** Formats a timestamp for readers in any time zone: `2026-11-24 09:00 UTC`. */
export function readableTime(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`
}

/** Does what `Omit` does, for each member of a union by itself. */
export type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
