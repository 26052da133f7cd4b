import { localeOf } from '../time.js'
import { fill } from './fill.js'

/** A text for one, and for all other numbers; languages with more forms may add them. */
export type Counted = { one: string; other: string; few?: string; many?: string }

/** The form that a language has for a number, filled with it. */
export function counted(texts: Counted, count: number, language: string): string {
  const rule = new Intl.PluralRules(localeOf(language)).select(count)
  const forms: Partial<Record<Intl.LDMLPluralRule, string>> = texts
  return fill(forms[rule] ?? texts.other, { count })
}
