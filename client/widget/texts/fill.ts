/** A text of the widget's with its gaps filled: `fill('{name} joined', { name })`. Unknown gaps stay. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (gap, name: string) => String(values[name] ?? gap))
}
