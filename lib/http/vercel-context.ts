import * as z from 'zod'

type WaitUntil = (work: Promise<unknown>) => void

/**
 * Holds the object that Vercel's runtime offers under this global, and `@vercel/functions` reads.
 */
const contextSymbol = Symbol.for('@vercel/request-context')
const contextReader = z.object({ get: z.custom<() => unknown>((it) => typeof it === 'function') })
const context = z.object({ waitUntil: z.custom<WaitUntil>((it) => typeof it === 'function') })

/** Returns the function that keeps a Vercel function alive for work after its answer; null elsewhere. */
export function vercelWaitUntil(): WaitUntil | null {
  const reader = contextReader.safeParse(Reflect.get(globalThis, contextSymbol))
  const found = reader.success ? context.safeParse(reader.data.get()) : null
  return found?.success ? found.data.waitUntil : null
}
