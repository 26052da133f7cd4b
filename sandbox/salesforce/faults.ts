import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { guideOperationIds } from './guide/operation-ids.js'
import { operationIds } from './operations/operation-ids.js'
import { type BodyFault, bodyFaultSchema } from './slow-body.js'

const faultInputSchema = z.strictObject({
  operation: z.enum(['*', ...operationIds, ...guideOperationIds]),
  times: z.int().min(1).default(1),
  /**
   * Makes an outage: the fault applies to every request for so long from now, instead of `times`.
   */
  forMs: z.int().min(1).optional(),
  when: z.enum(['before', 'after']).default('before'),
  what: z.union([
    z.strictObject({
      status: z.int().min(200).max(599),
      /** Is sent unchanged as a string, and else as JSON; without it, the body is `{ message }`. */
      body: z.unknown().optional(),
      headers: z.record(z.string(), z.string()).optional(),
    }),
    z.strictObject({ body: bodyFaultSchema }),
    z.enum(['drop', 'hang', 'html', 'nonsense', 'empty']),
  ]),
  /** Is the duration of a `hang`, unless the caller gives up before. */
  hangMs: z.int().min(1).default(120_000),
})

type What = z.infer<typeof faultInputSchema>['what']
/** Describes an answer in place of the operation's own. */
type Replacement = Exclude<What, { body: BodyFault }>

/** Tells a fault of the operation's own body from an answer in its place. */
export function isBodyFault(what: What): what is { body: BodyFault } {
  return typeof what === 'object' && !('status' in what)
}

/**
 * Parses a fault that applies `times` times or until a moment, before or after the operation's
 * effect; one of the body applies while it is sent.
 */
export const faultSchema = faultInputSchema.transform(({ forMs, ...fault }) => ({
  ...fault,
  when: isBodyFault(fault.what) ? ('sending' as const) : fault.when,
  /** Is a time on our clock; null when `times` alone limits the fault. */
  until: forMs === undefined ? null : Date.now() + forMs,
}))

/** Describes a fault that is due at its operation. */
export type Fault = z.infer<typeof faultSchema>
/** Describes a fault as a test or a person writes it. */
export type FaultInput = z.input<typeof faultSchema>

/** Returns the next fault due for this operation, and uses it up once unless it lasts. */
export function takeFault(
  faults: Fault[],
  operationId: string | null,
  when: Fault['when'],
): Fault | undefined {
  const fault = faults.find(
    ({ operation, when: dueWhen, until }) =>
      dueWhen === when &&
      (operation === '*' || operation === operationId) &&
      (until === null || Date.now() < until),
  )
  if (!fault || fault.until !== null) return fault
  fault.times -= 1
  if (fault.times === 0) faults.splice(faults.indexOf(fault), 1)
  return fault
}

/** Creates the faulty answer; `Response.error()` means that the connection is cut. */
export async function faultResponse(
  { what, hangMs }: { what: Replacement; hangMs: number },
  signal: AbortSignal,
): Promise<Response> {
  if (typeof what === 'object') return statusResponse(what)
  switch (what) {
    case 'drop':
      return Response.error()
    case 'hang':
      await sleep(hangMs, undefined, { signal, ref: false }).catch(() => undefined)
      return Response.error()
    case 'html':
      return new Response('<!doctype html><title>Maintenance</title><p>We are back soon.', {
        headers: { 'content-type': 'text/html;charset=utf-8' },
      })
    case 'nonsense':
      return Response.json({ unexpected: [true] })
    case 'empty':
      return new Response('', { headers: { 'content-type': 'application/json' } })
  }
}

function statusResponse({ status, body, headers }: Exclude<Replacement, string>): Response {
  const init = { status, ...(headers && { headers }) }
  if ([204, 205, 304].includes(status)) return new Response(null, init)
  if (typeof body === 'string') return new Response(body, init)
  return Response.json(body ?? { message: `Injected ${status}` }, init)
}
