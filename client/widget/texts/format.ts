import { attempt } from '../attempt.js'
import { localeOf } from '../time.js'

/** Fills a text's placeholders: `formatText('{name} joined', { name })`. Unknown ones stay. */
export function formatText(
  text: string,
  values: Readonly<Record<string, string | number>>,
): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
    String(values[name] ?? placeholder),
  )
}

/** Texts by plural form; languages with more than two forms add them. */
type PluralForms = { one: string; other: string; few?: string; many?: string }

/** Returns the plural form that a language has for a number, with the number filled in. */
export function formatCount(texts: PluralForms, count: number, language: string): string {
  const rule = attempt(
    () => new Intl.PluralRules(localeOf(language)).select(count),
    () => (count === 1 ? 'one' : 'other'),
  )
  const forms: Partial<Record<Intl.LDMLPluralRule, string>> = texts
  return formatText(forms[rule] ?? texts.other, { count })
}
