/** One method of one endpoint as an OpenAPI operation. */
import { defaultLimits, type LimitName } from '../../lib/limits.js'
import type { EndpointMethod } from './methods.js'
import { codesOf, refusals } from './refusals.js'
import type { Json, Schemas } from './schemas.js'
import type { Words } from './words.js'

const header = (name: string) => [name, { $ref: `#/components/headers/${name}` }]

function headersOf(contract: Words['contract']): Json {
  const rateLimitHeaders = contract?.terms?.limits.length ? ['RateLimit', 'RateLimit-Policy'] : []
  return Object.fromEntries([...rateLimitHeaders, 'Server-Timing', 'X-Request-Id'].map(header))
}

function examples(all: Record<string, unknown> | undefined): Json {
  if (!all) return {}
  return {
    examples: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, { value }])),
  }
}

/** Describes the successful responses; a reply of `null` is a response without a body. */
function successes(contract: Words['contract'], words: Words, schemas: Schemas): Json {
  const isEmpty = contract?.reply?.safeParse(null).success
  const fallback = { [isEmpty ? 204 : 200]: 'Done.' }
  return Object.fromEntries(
    Object.entries(words.replies ?? fallback).map(([status, description]) => {
      const schema = contract?.reply && !isEmpty ? schemas.refer(contract.reply, 'output') : {}
      const content = {
        [words.produces ?? 'application/json']: { schema, ...examples(words.gives?.[status]) },
      }
      const body = !isEmpty && { content }
      return [status, { description, headers: headersOf(contract), ...body }]
    }),
  )
}

function parameters(
  { method }: EndpointMethod,
  contract: Words['contract'],
  schemas: Schemas,
): Json[] {
  const query = method.method === 'POST' || !contract?.input ? [] : schemas.query(contract.input)
  const fields = query.map(({ schema: { description, ...schema }, ...field }) => {
    return { ...field, in: 'query', ...(description !== undefined && { description }), schema }
  })
  return [...fields, { $ref: '#/components/parameters/X-Request-Id' }]
}

function requestBody(
  { method }: EndpointMethod,
  contract: Words['contract'],
  words: Words,
  schemas: Schemas,
): Json {
  if (method.method !== 'POST' || !contract?.input) return {}
  const type = words.consumes ?? 'application/json'
  const body = { schema: schemas.refer(contract.input, 'input'), ...examples(words.takes) }
  const required = !contract.input.safeParse({}).success
  return { requestBody: { required, content: { [type]: body } } }
}

/** The limits and their default sizes. */
function sizesOf(limits: readonly LimitName[]): string {
  const sizes = limits.map((name) => `\`${name}\` (${defaultLimits[name].join(' / ')})`)
  return sizes.length > 0 ? `Limits, unless configured: ${sizes.join(', ')}.` : ''
}

/** Its id, what it takes, and everything it may answer. */
export function operationOf(
  endpointMethod: EndpointMethod,
  words: Words,
  schemas: Schemas,
  problem: Json,
): Json {
  const contract = { ...endpointMethod.method.contract, ...words.contract }
  const isOpen = (contract?.terms?.who ?? 'anybody') === 'anybody'
  const description = [words.description, sizesOf(contract?.terms?.limits ?? [])]
    .filter(Boolean)
    .join('\n\n')
  return {
    operationId: words.id,
    tags: [words.tag],
    summary: words.summary,
    ...(description && { description }),
    ...(isOpen && { security: [] }),
    parameters: parameters(endpointMethod, contract, schemas),
    ...requestBody(endpointMethod, contract, words, schemas),
    responses: {
      ...successes(contract, words, schemas),
      ...refusals(codesOf(endpointMethod, words), problem),
    },
  }
}
