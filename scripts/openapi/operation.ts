/** Describes one method of one endpoint as an OpenAPI operation. */
import * as z from 'zod'
import type { Method } from '../../lib/http/endpoint.js'
import { defaultLimits, type LimitName } from '../../lib/limits.js'
import { replyExamples, requestExamples } from './examples.js'
import { codesOf, refusals } from './refusals.js'
import type { Json, Schemas } from './schemas.js'

const header = (name: string) => [name, { $ref: `#/components/headers/${name}` }]

function headersOf({ contract }: Method): Json {
  const rateLimitHeaders = contract?.guard?.limits.length ? ['RateLimit', 'RateLimit-Policy'] : []
  return Object.fromEntries([...rateLimitHeaders, 'Server-Timing', 'X-Request-Id'].map(header))
}

function examples(all: Readonly<Record<string, unknown>> | undefined): Json {
  if (!all) return {}
  return {
    examples: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, { value }])),
  }
}

/** Describes the body of a successful response; a file where it is not JSON. */
function replySchema({ contract, docs }: Method, schemas: Schemas): Json {
  if (docs.produces) return schemas.refer(z.file(), 'output')
  return contract?.reply ? schemas.refer(contract.reply, 'output') : {}
}

/** Describes the successful responses; a reply of `null` is a response without a body. */
function successes(method: Method, schemas: Schemas): Json {
  const { contract, docs } = method
  const isEmpty = contract?.reply?.safeParse(null).success
  return Object.fromEntries(
    Object.entries(docs.responses).map(([status, description]) => {
      const response = { description, headers: headersOf(method) }
      if (isEmpty) return [status, response]
      const shown = examples(replyExamples[docs.operationId]?.[status])
      const body = { schema: replySchema(method, schemas), ...shown }
      return [status, { ...response, content: { [docs.produces ?? 'application/json']: body } }]
    }),
  )
}

function parameters({ method, contract }: Method, schemas: Schemas): Json[] {
  const query = method === 'POST' || !contract?.input ? [] : schemas.query(contract.input)
  const fields = query.map(({ schema: { description, ...schema }, ...field }) => {
    return { ...field, in: 'query', ...(description !== undefined && { description }), schema }
  })
  return [...fields, { $ref: '#/components/parameters/X-Request-Id' }]
}

function requestBody({ contract, docs }: Method, schemas: Schemas): Json {
  if (!contract?.consumes || !contract.input) return {}
  const shown = examples(requestExamples[docs.operationId])
  const body = { schema: schemas.refer(contract.input, 'input'), ...shown }
  const required = !contract.input.safeParse({}).success
  return { requestBody: { required, content: { [contract.consumes]: body } } }
}

/** Lists limits with their default sizes. */
function sizesOf(limits: readonly LimitName[]): string {
  const sizes = limits.map((name) => `\`${name}\` (${defaultLimits[name].join(' / ')})`)
  return sizes.length > 0 ? `Limits, unless configured: ${sizes.join(', ')}.` : ''
}

/** Describes the operation: its id, its input, and everything it may answer. */
export function operationOf(method: Method, schemas: Schemas, problem: Json): Json {
  const { contract, docs } = method
  const isOpen = (contract?.guard?.who ?? 'anybody') === 'anybody'
  const description = [docs.description, sizesOf(contract?.guard?.limits ?? [])]
    .filter(Boolean)
    .join('\n\n')
  return {
    operationId: docs.operationId,
    tags: [docs.tag],
    summary: docs.summary,
    ...(description && { description }),
    ...(isOpen && { security: [] }),
    parameters: parameters(method, schemas),
    ...requestBody(method, schemas),
    responses: { ...successes(method, schemas), ...refusals(codesOf(method), problem) },
  }
}
