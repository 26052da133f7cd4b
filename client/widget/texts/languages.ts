import { createPart, type Part } from '../part.js'
import type { Texts } from './en.js'

/** Holds the languages beside English; each is a file that is loaded when it is shown first. */
const languages: ReadonlyMap<string, Part<Texts>> = new Map([
  ['es', createPart(async () => (await import('./es.js')).spanish)],
  ['de', createPart(async () => (await import('./de.js')).german)],
  ['ja', createPart(async () => (await import('./ja.js')).japanese)],
])

/** Returns the main part of a language tag: `de` for `de-AT`. */
const mainTag = (language: string) => language.toLowerCase().split(/[-_]/)[0] ?? ''

/** Returns the texts of a language tag such as `de-AT`; undefined where the widget has English. */
export const textsFor = (language: string): Part<Texts> | undefined =>
  languages.get(mainTag(language))

/** Returns the language itself where its texts are shipped, else English: dates match the texts. */
export const shippedFor = (language: string): string =>
  mainTag(language) === 'en' || textsFor(language) ? language : 'en'
