/** Decides which addresses of a message become links and pictures, after the gateway's own check. */
import { attempt } from '../attempt.js'

const openable = new Set(['http:', 'https:', 'mailto:', 'tel:'])

const parsed = (url = ''): URL | undefined =>
  attempt(
    () => new URL(url),
    () => undefined,
  )

/** Returns the address when a page may open it: of the web, of a mailbox or of a telephone. */
export function safeLink(url: string | undefined): string | undefined {
  return openable.has(parsed(url)?.protocol ?? '') ? url : undefined
}

/**
 * Returns the address of a picture when a page may show it: https, this page's own origin, or data
 * in the address itself.
 */
export function safePicture(url: string | undefined): string | undefined {
  const { protocol, origin, pathname = '' } = parsed(url) ?? {}
  const isOwn = protocol === 'http:' && origin === globalThis.location?.origin
  const isInline = protocol === 'data:' && /^image\/[\w.+-]+[;,]/i.test(pathname)
  return protocol === 'https:' || isOwn || isInline ? url : undefined
}

/** Returns a link's destination for people: the host of a page, the rest of any other address. */
export function placeOf(url: string): string {
  const { host = '', pathname = '' } = parsed(url) ?? {}
  return host.replace(/^www\./, '') || pathname
}

/** Returns host and path of an address: the label of a link that has no name of its own. */
export function addressOf(url: string): string {
  const { host, pathname } = parsed(url) ?? {}
  return host ? (placeOf(url) + pathname).replace(/\/$/, '') : placeOf(url)
}
