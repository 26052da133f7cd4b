/** Describes the problems that an operation may answer with. */
import type * as z from 'zod'
import { type ProblemCode, problems, statusOf } from '../../lib/problem.js'
import type { EndpointMethod } from './methods.js'
import type { Json } from './schemas.js'
import type { Words } from './words.js'

const codes = Object.keys(problems).filter((name): name is ProblemCode => name in problems)
const requestId = '7d3f0c1e-4b2a-4c59-9a53-0e8f6b1d2c47'

/** The codes that follow from what a method takes and asks, and those that its words add. */
export function codesOf({ method }: EndpointMethod, words: Words): readonly ProblemCode[] {
  const contract = method.contract ?? words.contract
  const who = contract?.terms?.who ?? 'anybody'
  const found = new Set<ProblemCode>(['origin_not_allowed', 'internal', ...words.codes])
  if (method.contract) found.add('invalid_request')
  if (method.method === 'POST') found.add('payload_too_large').add('unsupported_media_type')
  if (contract?.terms?.limits.length) found.add('rate_limited').add('store_unavailable')
  if (who !== 'anybody') found.add('unauthenticated')
  if (who === 'owner') found.add('conversation_not_found')
  return codes.filter((code) => found.has(code))
}

function describe(code: ProblemCode): string {
  const [, retryable, title] = problems[code]
  return `\`${code}\`: ${title}${retryable ? ' (retryable)' : ''}.`
}

/** The answers by status, each with the codes it may carry. */
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

/** One example for each code there is. */
export function problemExamples(problem: z.ZodType): Json {
  return Object.fromEntries(
    codes.map((code) => {
      const [status, retryable, title] = problems[code]
      const value = {
        type: `https://chat.example/problems#${code}`,
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
