/**
 * Decides which pages may call: exact origins, those of web-view apps among them,
 * `https://*.example.com` for one label, and our own. Pure.
 */
import { isLoopback } from '../loopback.js'

function isOwn(origin: string, requestUrl: string): boolean {
  if (!URL.canParse(origin)) return false
  const page = new URL(origin)
  if (page.origin !== origin) return false
  const isSafe = page.protocol === 'https:' || isLoopback(page.hostname)
  return isSafe && page.host === new URL(requestUrl).host
}

function matches(pattern: string, origin: string): boolean {
  const [before, after] = pattern.split('*.')
  if (after === undefined) return pattern === origin
  if (!origin.startsWith(before ?? '') || !origin.endsWith(`.${after}`)) return false
  const label = origin.slice((before ?? '').length, -(after.length + 1))
  return /^[a-z0-9-]+$/.test(label)
}

/** Tells that a page of this origin may call; `origin` is the request's header. */
export function isAllowedOrigin(
  origin: string,
  requestUrl: string,
  allowed: readonly string[],
): boolean {
  return isOwn(origin, requestUrl) || allowed.some((pattern) => matches(pattern, origin))
}
