import { readFileSync } from 'node:fs'
import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import * as z from 'zod'
import type { Exchange } from './exchange.js'
import { guideRequestViolations } from './guide/requests.js'

const parametersSchema = z.array(
  z.object({
    name: z.string(),
    in: z.string(),
    required: z.boolean().default(false),
    schema: z.record(z.string(), z.unknown()),
  }),
)
const contentSchema = z.object({ content: z.record(z.string(), z.unknown()).optional() })
const operationSchema = z.object({
  operationId: z.string(),
  parameters: parametersSchema.default([]),
  requestBody: contentSchema.optional(),
  responses: z.record(z.string(), contentSchema.extend({ $ref: z.string().optional() })),
})
const documentSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.looseObject({ responses: z.record(z.string(), contentSchema) }),
})

const document = documentSchema.parse(
  JSON.parse(readFileSync(new URL('./enhanced-chat.openapi.json', import.meta.url), 'utf8')),
)
const operations = new Map(Object.entries(document.paths).flatMap(operationsOf))
const bodyValidator = addFormats.default(new Ajv2020({ strict: false, allErrors: true }))
bodyValidator.addSchema(document, 'document')
/** Coerces types, because a query is text: `"50"` passes as an integer. */
const queryValidator = addFormats.default(
  new Ajv2020({ strict: false, allErrors: true, coerceTypes: true }),
)

/** Returns the violations of the OpenAPI document in an exchange. */
export function violations(exchange: Exchange): string[] {
  return [...requestViolations(exchange), ...responseViolations(exchange)]
}

/** Returns the violations in the request; the guide's dialect, without a document, has schemas. */
export function requestViolations(exchange: Exchange): string[] {
  const guideViolations = guideRequestViolations(exchange)
  if (guideViolations) return guideViolations
  const operation = operations.get(exchange.operationId ?? '')
  if (!operation) return [`${exchange.method} ${exchange.path} is no operation`]
  return [...queryViolations(exchange, operation), ...bodyViolations(exchange, operation)]
}

/**
 * Returns the violations in the response. A fault's answer is wrong on purpose, and no violation; a
 * stream has no body to compare.
 */
export function responseViolations(exchange: Exchange): string[] {
  const operation = operations.get(exchange.operationId ?? '')
  if (!operation || exchange.faulty || exchange.status === null) return []
  const where = `${exchange.operationId} ${exchange.status}`
  const response = operation.responses[exchange.status]
  if (!response) return [`${where} is not documented`]
  const shared =
    response.$ref && document.components.responses[response.$ref.split('/').at(-1) ?? '']
  const { content } = shared || response
  if (!content) return []
  const type = exchange.responseType ?? ''
  if (!(type in content)) return [`${where} is not documented as "${type}"`]
  if (type === 'text/event-stream') return []
  const pointer = response.$ref ?? `${operation.pointer}/responses/${exchange.status}`
  return schemaViolations(
    `${where} body`,
    `${pointer}/content/${escaped(type)}/schema`,
    exchange.responseBody,
  )
}

/**
 * Returns the violations of a named schema of the document in any data, such as that of an event.
 */
export function dataViolations(schemaName: string, data: unknown): string[] {
  return schemaViolations(schemaName, `#/components/schemas/${schemaName}`, data)
}

type DocumentedOperation = z.infer<typeof operationSchema> & {
  pointer: string
  querySchema: AnySchema
}

function operationsOf([path, item]: [string, Record<string, unknown>]) {
  return Object.entries(item).flatMap(([method, value]): [string, DocumentedOperation][] => {
    const { data } = operationSchema.safeParse(value)
    const pointer = `#/paths/${escaped(path)}/${method}`
    return data ? [[data.operationId, { ...data, pointer, querySchema: querySchemaOf(data) }]] : []
  })
}

function queryViolations({ query }: Exchange, operation: DocumentedOperation): string[] {
  if (queryValidator.validate(operation.querySchema, { ...query })) return []
  return [`${operation.operationId} query: ${queryValidator.errorsText()}`]
}

/** Creates one schema for each operation, because Ajv caches by the schema's identity. */
function querySchemaOf(operation: z.infer<typeof operationSchema>): AnySchema {
  const parameters = operation.parameters.filter((parameter) => parameter.in === 'query')
  return {
    type: 'object',
    properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
    additionalProperties: false,
  }
}

function bodyViolations({ requestBody }: Exchange, operation: DocumentedOperation): string[] {
  const where = `${operation.operationId} request`
  if (!operation.requestBody) {
    return requestBody === undefined ? [] : [`${where} has a body that is not documented`]
  }
  const [type = ''] = Object.keys(operation.requestBody.content ?? {})
  const pointer = `${operation.pointer}/requestBody/content/${escaped(type)}/schema`
  return schemaViolations(where, pointer, requestBody)
}

/** Returns the violations of a schema, which is compiled once, at its first use. */
function schemaViolations(where: string, pointer: string, value: unknown): string[] {
  const validate = bodyValidator.getSchema(`document${pointer}`)
  if (!validate) throw new TypeError(`The document has no ${pointer}`)
  if (validate(value)) return []
  return [`${where}: ${bodyValidator.errorsText(validate.errors, { dataVar: 'body' })}`]
}

function escaped(segment: string): string {
  return encodeURIComponent(segment.replaceAll('~', '~0').replaceAll('/', '~1'))
}
