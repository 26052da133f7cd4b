import { useMemo, useRef, useSyncExternalStore } from 'react'
import { english, type Texts } from './texts/en.js'
import { textsFor } from './texts/languages.js'

/** Tells whether a page's own texts leave nothing to those of the language. */
const isComplete = (own: Partial<Texts>) => Object.keys(english).every((name) => name in own)

const noChange = () => () => {}
const noTexts = () => undefined
const inEnglish = () => english

/** Describes what is displayed, as soon as the texts of a language are there. */
export type ShownTexts = { texts: Texts; language: string }

/**
 * Returns the texts of a language with the page's own in their place; undefined until they are
 * loaded for the first time. Another language replaces the one before when it is loaded. English,
 * and a whole set of the page's own, are there at once: also on a server.
 */
export function useTexts(
  language: string,
  own: Partial<Texts> | undefined,
): ShownTexts | undefined {
  const part = own && isComplete(own) ? undefined : textsFor(language)
  const shipped = useSyncExternalStore(
    part?.subscribe ?? noChange,
    part?.get ?? inEnglish,
    part ? noTexts : inEnglish,
  )
  const last = useRef<ShownTexts>(undefined)
  return useMemo(() => {
    if (shipped !== undefined)
      last.current = { texts: { ...english, ...shipped, ...own }, language }
    return last.current
  }, [shipped, own, language])
}
