import { english } from './en.js'
import type { Texts } from './index.js'

/** 日本語. */
export const japanese: Texts = {
  ...english,
}
