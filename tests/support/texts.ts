/** What was said, for the search for it where it must not be. */
import type { World } from './world.js'

/** Shorter ones stand by chance in what is sealed or hashed. */
const shortest = 8
/** So many are looked for: a burst of thousands is more of the same. */
const most = 200

/** Every `text` in a body, however deep. */
function textsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'text' && typeof inner === 'string' ? [inner] : textsIn(inner),
  )
}

/** The texts of visitors, bots and agents, as Salesforce heard and told them, as JSON writes them. */
export function textsSaid({ salesforce }: Pick<World, 'salesforce'>): string[] {
  const all = new Set(
    salesforce.exchanges.flatMap(({ requestBody, responseBody }) => [
      ...textsIn(requestBody),
      ...textsIn(responseBody),
    ]),
  )
  const long = [...all].map((text) => text.trim()).filter((text) => text.length >= shortest)
  return long.slice(0, most).map((text) => JSON.stringify(text).slice(1, -1))
}
