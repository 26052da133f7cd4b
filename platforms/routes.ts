/**
 * Applies `rewrites` and `headers` of vercel.json, as Vercel does and every other host must. Pure.
 */
import { type MatchFunction, match } from 'path-to-regexp'
import * as z from 'zod'
import vercelJson from '../vercel.json' with { type: 'json' }

/** Sources are read by the library, in the version and with the options, that Vercel reads them with. */
const source = z
  .string()
  .transform((pattern): MatchFunction => match(pattern, { sensitive: true, strict: true }))
const rewrite = z.strictObject({ source, destination: z.string() })
const header = z.strictObject({ key: z.string(), value: z.string() })
const headerRule = z.strictObject({ source, headers: z.array(header) })

/** The part of vercel.json that other hosts follow. */
const vercelConfig = z.object({
  rewrites: z.array(rewrite).default([]),
  headers: z.array(headerRule).default([]),
})

type Config = z.output<typeof vercelConfig>

const { rewrites, headers: headerRules } = vercelConfig.parse(vercelJson)

/**
 * Resolves a path as Vercel does: a path that is served stays; else the rewrites are applied in
 * order, each to the result of the one before, until one is served. Undefined: none is.
 */
export function resolvePath(path: string, isServed: (path: string) => boolean): string | undefined {
  let current = path
  for (const rule of rewrites) {
    if (isServed(current)) return current
    current = applyRewrite(current, rule)
  }
  return isServed(current) ? current : undefined
}

function applyRewrite(path: string, { source, destination }: z.output<typeof rewrite>): string {
  const found = source(path)
  if (!found) return path
  const params = new Map(Object.entries(found.params))
  return destination.replace(/:(\w+)\*?/g, (whole, name: string) => {
    return params.has(name) ? [params.get(name) ?? ''].flat().join('/') : whole
  })
}

/** Returns the headers that vercel.json adds to the answer for a path. */
export function headersFor(path: string): Config['headers'][number]['headers'] {
  return headerRules.filter(({ source }) => source(path)).flatMap(({ headers }) => headers)
}
