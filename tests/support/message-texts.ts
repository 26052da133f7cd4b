/** Collects the texts of messages, to search for them where they must not appear. */
import type { Exchange } from '../../sandbox/salesforce/index.js'

/** Excludes texts that sealed or hashed values contain by chance. */
const minLength = 8
/** Bounds the search: a burst of thousands of messages adds only similar texts. */
const maxTexts = 200

/** Returns every `text` in a body, at any depth. */
function textsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'text' && typeof inner === 'string' ? [inner] : textsIn(inner),
  )
}

/** Returns the texts that Salesforce received and sent, from any sender, escaped as in JSON. */
export function messageTexts(exchanges: readonly Exchange[]): string[] {
  const all = new Set(
    exchanges.flatMap(({ requestBody, responseBody }) => [
      ...textsIn(requestBody),
      ...textsIn(responseBody),
    ]),
  )
  const searchable = [...all].map((text) => text.trim()).filter((text) => text.length >= minLength)
  return searchable.slice(0, maxTexts).map((text) => JSON.stringify(text).slice(1, -1))
}
