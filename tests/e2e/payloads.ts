/** Lists texts of attackers, and puts them into every string of a snapshot. */

/** Texts that set `attacked` if a browser runs any of them. */
export const payloads = [
  '<img src=x onerror="globalThis.attacked=1">',
  '"><script>globalThis.attacked=1</script>',
  '\'"><svg onload=globalThis.attacked=1>',
  '</textarea></style></title><iframe srcdoc="<script>parent.attacked=1</script>"></iframe>',
  'javascript:globalThis.attacked=1',
  ' \u0001JaVa\tScRiPt:globalThis.attacked=1//',
  'data:text/html,<script>globalThis.attacked=1</script>',
  '[a](javascript:attacked=1) {{constructor.constructor("attacked=1")()}} <%= attacked=1 %>',
  '&lt;img src=x onerror=attacked=1&gt; \u202Egnp.exe',
] as const

/** Keys of strings that decide what is shown; they stay, or nothing would be shown to be attacked. */
const deciding = new Set([
  ...['connection', 'code', 'delivery', 'role', 'operation', 'status', 'handledBy', 'endedBy'],
  ...['timestamp', 'startTime', 'readUpTo', 'style', 'failure', 'per', 'reason', 'previous'],
  ...['markdown', 'name', 'pattern', 'regEx', 'selectionDisplay', 'keyboardType'],
])
const types = /type$|date(time|format)?$/i
const ids = /^(id|\w+(Id|Identifier))$/
const urls = /url$/i

type Spoil = { text(kept: string): string; id(kept: string): string; url(kept: string): string }

/** Returns a copy in which texts, ids and URLs are replaced. Equal ids stay equal. */
export function spoil<T>(value: T, by: Spoil): T
export function spoil(value: unknown, by: Spoil, key = ''): unknown {
  if (typeof value === 'string') {
    if (ids.test(key)) return by.id(value)
    if (urls.test(key)) return by.url(value)
    return deciding.has(key) || types.test(key) ? value : by.text(value)
  }
  if (Array.isArray(value)) return value.map((each) => recurse(each, by, key))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, recurse(each, by, nameIn(value, name))]),
  )
}

const recurse: (value: unknown, by: Spoil, key: string) => unknown = spoil

/** Returns the key to judge a value by: a file's name is shown, a field's name decides. */
const nameIn = (value: object, name: string) =>
  name === 'name' && 'mimeType' in value ? 'title' : name
