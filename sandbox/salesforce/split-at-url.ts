const endsWithUrl = /^(?:(?<text>[\s\S]*)\s)?(?<url>https?:\/\/\S+)$/
const startsWithUrl = /^(?<url>https?:\/\/\S+)\s(?<text>[\s\S]*)$/

/**
 * A text that starts or ends with a URL, as the service cuts it (`enhanced-chat-api.md` §2.10).
 * A text that is nothing but a URL keeps it, so that the caller's id still has a text (inferred).
 */
export function splitAtUrl(text: string): { text: string; url: string | null } {
  const groups = (endsWithUrl.exec(text.trim()) ?? startsWithUrl.exec(text.trim()))?.groups
  if (!groups) return { text, url: null }
  const { text: rest = '', url = '' } = groups
  return { text: rest.trim() || url, url }
}
