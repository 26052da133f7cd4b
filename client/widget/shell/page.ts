import { useSyncExternalStore } from 'react'
import { attempt } from '../attempt.js'

/** Languages that are written from right to left. */
const rightToLeft = /^(ar|fa|he|ur)\b/i

/** Returns the direction of a language; undefined where the page's own applies. */
export function directionOf(language: string, pageDirection: string): 'rtl' | undefined {
  return !pageDirection && rightToLeft.test(language) ? 'rtl' : undefined
}

function watchPage(onChange: () => void): () => void {
  const observer = new MutationObserver(onChange)
  observer.observe(document.documentElement, { attributeFilter: ['lang', 'dir'] })
  return () => observer.disconnect()
}

const readLanguage = () => document.documentElement.lang || navigator.language || 'en'
const readDirection = () => document.documentElement.dir

/** Returns language and direction of the page, or of the browser where the page has none. */
export function usePage(): { language: string; direction: string } {
  const language = useSyncExternalStore(watchPage, readLanguage, () => 'en')
  const direction = useSyncExternalStore(watchPage, readDirection, () => '')
  return { language, direction }
}

function watchVisibility(onChange: () => void): () => void {
  document.addEventListener('visibilitychange', onChange)
  return () => document.removeEventListener('visibilitychange', onChange)
}

/** Tells whether the page is visible. */
export function useVisible(): boolean {
  return useSyncExternalStore(
    watchVisibility,
    () => !document.hidden,
    () => false,
  )
}

/** Tells whether a field can take the focus without bringing up an on-screen keyboard. */
export const hasKeyboard = () =>
  attempt(
    () => matchMedia('(hover: hover)').matches,
    () => false,
  )
