/** Writes JSON, and checks what was read. Pure. */

/**
 * Returns a value as JSON. A page may have a `toJSON` for all arrays (Prototype.js), which
 * `JSON.stringify` would obey.
 */
export function toJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((each) => toJson(each) ?? 'null')}]`
  if (value !== Object(value)) return JSON.stringify(value)
  const members = Object.entries(value as object).filter(([, member]) => member !== undefined)
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${toJson(member)}`)}}`
}

/**
 * Tells whether a value has the members of a sample, each of the same type, and at any depth. All
 * elements of an array must be like the first one of the sample's.
 */
export function isLike<T>(value: unknown, sample: T): value is T {
  if (Array.isArray(sample))
    return Array.isArray(value) && value.every((each) => isLike(each, sample[0]))
  const members = Object.entries(Object(sample))
  return (
    typeof value === typeof sample &&
    members.every(([name, member]) => isLike(Object(value)[name], member))
  )
}
