import { german } from './de.js'
import type { Texts } from './en.js'
import { english } from './en.js'
import { spanish } from './es.js'
import { japanese } from './ja.js'

const shipped = new Map([
  ['en', english],
  ['es', spanish],
  ['de', german],
  ['ja', japanese],
])

/** Returns the main part of a language tag: `de` for `de-AT`. */
const mainTag = (language: string) => language.toLowerCase().split(/[-_]/)[0] ?? ''

/** Returns the texts of a language tag such as `de-AT`; English for one that is not shipped. */
export function textsFor(language: string): Texts {
  return shipped.get(mainTag(language)) ?? english
}

/** Returns the language itself where its texts are shipped, else English: dates match the texts. */
export function shippedFor(language: string): string {
  return shipped.has(mainTag(language)) ? language : 'en'
}

export type { Texts } from './en.js'
export { english, german, japanese, spanish }
