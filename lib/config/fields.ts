/** Defines the syntax of single variables, and their values. Pure. */
import * as z from 'zod'
import { allowedTypes, defaultUploadTypes } from '../files/types.js'
import { parseJson } from '../json.js'
import { defaultLimits, type LimitName, type Limits } from '../limits.js'
import { isLoopback } from '../loopback.js'

/** Splits a comma-separated list; empty items are dropped. */
export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

export const list = z.string().transform(splitList)

export function whole(fallback: number, minimum: number, maximum: number) {
  const message = `must be a whole number from ${minimum} to ${maximum}`
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, message)
    .default(fallback)
}

/**
 * Tells whether a text is an address; `URL` alone would take blanks and line breaks in the middle.
 */
function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text) || /\s/.test(text)) return false
  const url = new URL(text)
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '')
    return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
}

export const serviceUrl = z
  .string()
  .refine(
    isSafeUrl,
    'must be an https:// address without query or credentials (plain http for loopback hosts only)',
  )
  .transform((text) => {
    const { origin, pathname } = new URL(text)
    return `${origin}${pathname}`.replace(/\/+$/, '')
  })

/** Describes an address without a path: a path would be repeated in front of the API's own. */
export const serviceOrigin = serviceUrl.refine(
  (url) => new URL(url).origin === url,
  'must be an address without a path',
)

/** Describes a secret that travels in a header: blanks and line breaks cannot. */
export const headerToken = z.string().regex(/^[\x21-\x7e]+$/, 'must be a token without blanks')

export const secrets = list.refine(
  (all) => all.length > 0 && all.every((secret) => Buffer.byteLength(secret) >= 32),
  'must be one or more secrets of at least 32 bytes each, comma-separated, newest first',
)

/**
 * Tells whether a web origin is written as browsers do: no default port, no path; `*.` stands for
 * one label.
 */
function isWebOrigin(text: string): boolean {
  const example = text.replace('://*.', '://label.')
  const isWritten = /^https?:\/\/[^*]+$/.test(example) && URL.canParse(example)
  return isWritten && new URL(example).origin === example
}

/** Tells whether a text is the origin of a web-view app, such as `capacitor://localhost`. */
function isAppOrigin(text: string): boolean {
  return /^(?!(https?|wss?|ftp|file):)[a-z][a-z0-9+.-]*:\/\/[a-z0-9._-]+(:\d{1,5})?$/.test(text)
}

export const origins = list
  .refine(
    (all) => all.every((text) => isWebOrigin(text) || isAppOrigin(text)),
    'must be origins such as https://shop.example, https://*.shop.example or capacitor://localhost, comma-separated, in lower case, without a path',
  )
  .default([])

/** Describes the source of a caller's address; never a header that the caller can write. */
export type ClientAddress = 'vercel' | 'lambda' | 'socket' | { trustedHops: number }

export const clientAddress = z
  .string()
  .regex(
    /^(vercel|lambda|socket|forwarded:[1-9])$/,
    'must be vercel, lambda, socket or forwarded:<hops>',
  )
  .transform((text): ClientAddress => {
    if (text === 'vercel' || text === 'lambda' || text === 'socket') return text
    return { trustedHops: Number(text.slice('forwarded:'.length)) }
  })

const duration = z.string().regex(/^[1-9]\d{0,5} (ms|s|m|h|d)$/)
const limit = z.tuple([z.int().min(1).max(1_000_000), duration])
const names = Object.keys(defaultLimits) as [LimitName, ...LimitName[]]
const limitsMessage = `must be JSON such as {"send": [22, "1 m"]} with the keys ${names.join(', ')}`
export const limits = z
  .string()
  .transform((text, context): Limits => {
    const read = z.partialRecord(z.enum(names), limit).safeParse(parseJson(text))
    if (read.success) return { ...defaultLimits, ...read.data }
    context.addIssue({ code: 'custom', message: limitsMessage })
    return z.NEVER
  })
  .default(defaultLimits)

const pair = /^([^=\s]+)=([A-Za-z_][A-Za-z0-9_.-]{0,79})$/
export const claimNames = list
  .refine(
    (all) => all.every((each) => pair.test(each)),
    'must be claim=attribute pairs such as email=_email, comma-separated',
  )
  .transform((all) => new Map(all.map((each) => claimName(each))))
  .default(new Map())

function claimName(text: string): [claim: string, attribute: string] {
  const [, claim = '', attribute = ''] = pair.exec(text) ?? []
  return [claim, attribute]
}

export const uploadTypes = list
  .refine(
    (all) => all.length > 0 && all.every((type) => /^[a-z]+\/[a-z0-9][a-z0-9.+-]*$/.test(type)),
    'must be media types such as image/png, comma-separated, in lower case',
  )
  .transform(allowedTypes)
  .default(defaultUploadTypes)
