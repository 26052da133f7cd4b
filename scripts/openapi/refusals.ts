/** Describes the problems that an operation may answer with. */
import type * as z from 'zod'
import type { Method } from '../../lib/http/endpoint.js'
import { type ProblemCode, problems, problemType, statusOf } from '../../lib/problem.js'
import type { Json } from './schemas.js'

const codes = Object.keys(problems).filter((name): name is ProblemCode => name in problems)
const requestId = '7d3f0c1e-4b2a-4c59-9a53-0e8f6b1d2c47'

/** Returns the codes that follow from a method's input and guard, and those that it names itself. */
export function codesOf({ method, contract, docs }: Method): readonly ProblemCode[] {
  const who = contract?.guard?.who ?? 'anybody'
  const found = new Set<ProblemCode>(['origin_not_allowed', 'internal', ...(docs.problems ?? [])])
  if (contract?.input) found.add('invalid_request')
  if (method === 'POST') found.add('payload_too_large').add('unsupported_media_type')
  if (contract?.guard?.limits.length) found.add('rate_limited').add('store_unavailable')
  if (who !== 'anybody') found.add('unauthenticated')
  if (who === 'owner') found.add('conversation_not_found')
  return codes.filter((code) => found.has(code))
}

function describe(code: ProblemCode): string {
  const [, retryable, title] = problems[code]
  return `\`${code}\`: ${title}${retryable ? ' (retryable)' : ''}.`
}

/** Describes the responses by status, each with its possible codes. */
export function refusals(all: readonly ProblemCode[], schema: Json): Json {
  const statuses = [...new Set(all.map(statusOf))].sort((a, b) => a - b)
  return Object.fromEntries(
    statuses.map((status) => {
      const statusCodes = all.filter((code) => statusOf(code) === status)
      const isDelayed = statusCodes.some((code) => problems[code][1])
      const content = {
        'application/problem+json': {
          schema: { ...schema, properties: { code: { enum: statusCodes } } },
          examples: Object.fromEntries(
            statusCodes.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
          ),
        },
      }
      const headers = {
        'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' },
        ...(isDelayed && { 'Retry-After': { $ref: '#/components/headers/Retry-After' } }),
      }
      return [
        String(status),
        { description: statusCodes.map(describe).join(' '), headers, content },
      ]
    }),
  )
}

/** Creates one example for each code. */
export function problemExamples(problem: z.ZodType): Json {
  return Object.fromEntries(
    codes.map((code) => {
      const [status, retryable, title] = problems[code]
      const value = {
        type: problemType(code),
        title,
        status,
        code,
        retryable,
        ...(code === 'rate_limited' && { retryAfterMs: 8200 }),
        requestId,
        ...(code === 'invalid_request' && {
          detail: 'txet is not a known property.',
          errors: [{ path: 'txet', message: 'is not a known property' }],
        }),
        ...(code === 'outside_business_hours' && { opensAt: '2026-11-25T08:00:00.000Z' }),
        ...(code === 'prechat_required' && {
          prechat: {
            required: true,
            per: 'conversation',
            fields: [{ name: '_email', label: 'E-mail', type: 'email', required: true }],
          },
        }),
      }
      return [code, { summary: title, value: problem.parse(value) }]
    }),
  )
}
