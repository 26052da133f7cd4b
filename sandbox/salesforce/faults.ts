import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { guideOperationIds } from './guide/operation-ids.js'
import { operationIds } from './operations/operation-ids.js'

const faultInputSchema = z.strictObject({
  operation: z.enum(['*', ...operationIds, ...guideOperationIds]),
  times: z.int().min(1).default(1),
  /** Every time for so long from now, instead of `times`: an outage. */
  forMs: z.int().min(1).optional(),
  when: z.enum(['before', 'after']).default('before'),
  what: z.union([
    z.strictObject({
      status: z.int().min(200).max(599),
      /** A string is sent as it is, anything else as JSON; left out: `{ message }`. */
      body: z.unknown().optional(),
      headers: z.record(z.string(), z.string()).optional(),
    }),
    z.enum(['drop', 'hang', 'html', 'nonsense', 'empty']),
  ]),
  /** Duration of a `hang`, when the caller does not give up before. */
  hangMs: z.int().min(1).default(120_000),
})

/** A misbehaviour on demand, `times` times or until a moment, before or after the operation had its effect. */
export const faultSchema = faultInputSchema.transform(({ forMs, ...fault }) => ({
  ...fault,
  /** Is a time on our clock; null when `times` alone limits the fault. */
  until: forMs === undefined ? null : Date.now() + forMs,
}))

/** A fault as it waits for its operation. */
export type Fault = z.infer<typeof faultSchema>
/** A fault as a test or a person words it. */
export type FaultInput = z.input<typeof faultSchema>

/** The next fault due for this operation, used up once unless it lasts. */
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

/** The faulty answer; `Response.error()` means that the connection is cut. */
export async function faultResponse(
  { what, hangMs }: Fault,
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

function statusResponse({ status, body, headers }: Exclude<Fault['what'], string>): Response {
  const init = { status, ...(headers && { headers }) }
  if ([204, 205, 304].includes(status)) return new Response(null, init)
  if (typeof body === 'string') return new Response(body, init)
  return Response.json(body ?? { message: `Injected ${status}` }, init)
}
