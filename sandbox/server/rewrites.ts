/** What the local server does as Vercel would: `rewrites` and `headers` of vercel.json. Pure. */
import * as z from 'zod'

const manySegments = /\/:(?<many>\w+)\*/
const oneSegment = /:(?<one>\w+)(?![*+?])/
const group = /(?<group>\((?:[^()]|\([^()]*\))*\))(?![*+?])/
const text = /(?<text>(?:(?!\/:\w+\*)[^:()*+?{}\\])+)/
const token = new RegExp(
  [manySegments, oneSegment, group, text].map((t) => t.source).join('|'),
  'y',
)

/**
 * A `source` of vercel.json as a regular expression; `names` are those of its groups, in order.
 * Knows `:name`, `/:name*`, `(a group)` and text; throws a `TypeError` for anything else.
 */
export function compileSource(source: string): { pattern: RegExp; names: string[] } {
  const names: string[] = []
  let pattern = ''
  token.lastIndex = 0
  while (token.lastIndex < source.length) {
    const found = token.exec(source)?.groups
    if (!found) throw new TypeError(`vercel.json: the local server cannot read "${source}"`)
    if (found.text === undefined) names.push(found.many ?? found.one ?? '')
    if (found.many) pattern += '(?:/((?:[^/]+?)(?:/[^/]+?)*))?'
    if (found.one) pattern += '([^/]+?)'
    if (found.group) pattern += found.group
    if (found.text) pattern += found.text.replace(/[.^$|[\]]/g, '\\$&')
  }
  return { pattern: new RegExp(`^${pattern}$`), names }
}

const source = z.string().transform(compileSource)
const rewrite = z.strictObject({ source, destination: z.string() })
const header = z.strictObject({ key: z.string(), value: z.string() })
const headerRule = z.strictObject({ source, headers: z.array(header) })

/** The part of vercel.json that the local server follows. */
export const vercelConfig = z.object({
  rewrites: z.array(rewrite).default([]),
  headers: z.array(headerRule).default([]),
})

type Config = z.output<typeof vercelConfig>

/**
 * Where a path leads, as on Vercel: what is there is served; then the rewrites in their order, each
 * applied to what the one before made of it, until something is there. Undefined: nothing is.
 */
export function resolvePath(
  path: string,
  rewrites: Config['rewrites'],
  isServed: (path: string) => boolean,
): string | undefined {
  let current = path
  for (const rule of rewrites) {
    if (isServed(current)) return current
    current = applyRewrite(current, rule)
  }
  return isServed(current) ? current : undefined
}

function applyRewrite(path: string, { source, destination }: z.output<typeof rewrite>): string {
  const match = source.pattern.exec(path)
  if (!match) return path
  return destination.replace(/:(\w+)\*?/g, (whole, name: string) => {
    const index = source.names.indexOf(name)
    return index < 0 ? whole : (match[index + 1] ?? '')
  })
}

/** The headers that vercel.json adds to the answer for a path. */
export function headersFor(path: string, rules: Config['headers']) {
  return rules.filter(({ source }) => source.pattern.test(path)).flatMap(({ headers }) => headers)
}
