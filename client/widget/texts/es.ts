import { english } from './en.js'
import type { Texts } from './index.js'

/** Español. */
export const spanish: Texts = {
  ...english,
}
