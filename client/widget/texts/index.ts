import { german } from './de.js'
import { english } from './en.js'
import { spanish } from './es.js'
import { japanese } from './ja.js'

/** What the widget says; all of it can be replaced, in part or as a whole. */
export type Texts = typeof english

const shipped: Record<string, Texts> = { en: english, es: spanish, de: german, ja: japanese }

/** The texts of a language tag such as `de-AT`; English for one that is not shipped. */
export function textsFor(language: string): Texts {
  return shipped[language.toLowerCase().split(/[-_]/)[0] ?? ''] ?? english
}

export { english, german, japanese, spanish }
