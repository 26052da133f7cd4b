/**
 * Defines schemas that forgive: null and absent are the same, and one bad part never spoils the
 * rest.
 */
import * as z from 'zod'

/** Accepts a part that may be missing or unreadable. */
export function maybe<T extends z.ZodType>(schema: T) {
  return schema.nullish().catch(null)
}

/**
 * Accepts anything, or nothing: `z.unknown()` alone refuses an object without the key (zod 4.6).
 */
export const maybeAnything = z.unknown().optional()
/** Holds a text, or nothing. */
export const maybeText = maybe(z.string())
/** Holds a yes or a no, or nothing. */
export const maybeBoolean = maybe(z.boolean())
/** Holds a whole number, or nothing. */
export const maybeInteger = maybe(z.int())

/** Keeps the readable items of a list. */
export function readableItems<T extends z.ZodType>(schema: T) {
  return maybe(z.array(z.unknown())).transform((items) =>
    (items ?? []).flatMap((item): z.output<T>[] => {
      const read = schema.safeParse(item)
      return read.success ? [read.data] : []
    }),
  )
}

const invisible = /[\p{Cc}\p{Zl}\p{Zp}]/u

/**
 * Accepts an id that goes back as it came; one that cannot be written down is none
 * (`enhanced-chat-api.md §7` no. 21).
 */
export const opaqueId = z.string().refine((id) => id !== '' && !invisible.test(id))
