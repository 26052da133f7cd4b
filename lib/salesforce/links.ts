/** Checks foreign links: only what is safe to open leaves the gateway (contract, "Messages"). */

const allowed = /^(https?:\/\/|mailto:|tel:)./i
/** Matches control characters, and marks that make a link look like another one. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
/** Matches a name before the host, or a backslash that not everybody reads as a slash. */
const disguised = /^https?:[^?#]*?\\|^https?:\/\/[^/?#]*@/i

/** Returns a link that a client may open, its scheme in lower case; null for any other text. */
export function safeLink(written: string): string | null {
  const link = written.trim()
  if (!allowed.test(link) || invisible.test(link) || disguised.test(link)) return null
  if (!URL.canParse(link)) return null
  const { protocol } = new URL(link)
  return `${protocol}${link.slice(protocol.length)}`
}

/** Returns a link that an image or a file can be fetched from, else null. */
export function safeSource(written: string): string | null {
  const link = safeLink(written)
  return link?.startsWith('http') ? link : null
}
