import { localeOf } from '../time.js'

/** A text of the widget's with its gaps filled: `formatText('{name} joined', { name })`. Unknown gaps stay. */
export function formatText(
  text: string,
  values: Readonly<Record<string, string | number>>,
): string {
  return text.replace(/\{(\w+)\}/g, (gap, name: string) => String(values[name] ?? gap))
}

/** A text for one, and for all other numbers; languages with more forms may add them. */
type PluralForms = { one: string; other: string; few?: string; many?: string }

/** The form that a language has for a number, filled with it. */
export function formatCount(texts: PluralForms, count: number, language: string): string {
  const rule = new Intl.PluralRules(localeOf(language)).select(count)
  const forms: Partial<Record<Intl.LDMLPluralRule, string>> = texts
  return formatText(forms[rule] ?? texts.other, { count })
}
