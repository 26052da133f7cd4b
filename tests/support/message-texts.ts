/** What was said, for the search for it where it must not be. */
import type { TestGateway } from './gateway.js'

/** Shorter ones stand by chance in what is sealed or hashed. */
const minLength = 8
/** So many are looked for: a burst of thousands is more of the same. */
const maxTexts = 200

/** Every `text` in a body, however deep. */
function textsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'text' && typeof inner === 'string' ? [inner] : textsIn(inner),
  )
}

/** The texts of visitors, bots and agents, as Salesforce heard and told them, as JSON writes them. */
export function messageTexts({ salesforce }: Pick<TestGateway, 'salesforce'>): string[] {
  const all = new Set(
    salesforce.exchanges.flatMap(({ requestBody, responseBody }) => [
      ...textsIn(requestBody),
      ...textsIn(responseBody),
    ]),
  )
  const searchable = [...all].map((text) => text.trim()).filter((text) => text.length >= minLength)
  return searchable.slice(0, maxTexts).map((text) => JSON.stringify(text).slice(1, -1))
}
