import { english } from './en.js'
import type { Texts } from './index.js'

/** Deutsch. */
export const german: Texts = {
  ...english,
}
