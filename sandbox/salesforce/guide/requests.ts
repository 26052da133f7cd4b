import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod'
import type { Exchange } from '../exchange.js'
import { badRequest } from '../http-error.js'
import type { SandboxState } from '../sandbox-state.js'
import { type GuideOperationId, guideOperationIds } from './operation-ids.js'

const attributes = z.record(z.string(), z.string())

/** Parses a message to a conversation; the caller gives it no id. */
const visitorMessage = z.discriminatedUnion('messageType', [
  z.object({
    messageType: z.literal('StaticContentMessage'),
    staticContent: z.object({ formatType: z.literal('Text'), text: z.string().min(1) }),
  }),
  z.object({
    messageType: z.literal('QuickReplySelectionMessage'),
    quickReplySelection: z.object({ itemId: z.string().min(1), title: z.string() }),
  }),
])

/** Describes a visitor's message after parsing. */
export type GuideVisitorMessage = z.infer<typeof visitorMessage>

/** Parses the bodies of the dialect (`guide-dialect.md`); other operations have no body. */
export const guideBodies = {
  exchangeAssertion: z.object({
    grant_type: z.literal('urn:ietf:params:oauth:grant-type:jwt-bearer'),
    assertion: z.string().min(1),
  }),
  authorize: z.object({
    orgId: z.string().regex(/^00D[0-9A-Za-z]{12}$/, 'Specify the 15-character org id'),
    esDeveloperName: z.string(),
    capabilitiesVersion: z.literal('1'),
    platform: z.literal('Web'),
  }),
  startConversation: z.object({
    esDeveloperName: z.string(),
    routingAttributes: attributes.optional(),
    contextParameters: attributes.optional(),
  }),
  postMessage: z.object({ message: visitorMessage }),
  listMessages: z.undefined(),
  endConversation: z.undefined(),
} satisfies Record<GuideOperationId, z.ZodType>

/** Parses the only query of the dialect. */
export const listQuery = z.object({ after: z.string().min(1).optional() })

const noQuery = z.object({})
const operationIdSchema = z.enum(guideOperationIds)

/**
 * Parses a value by its schema. The schemas drop unknown properties, which a strict Salesforce
 * refuses.
 * @throws {HttpError} 400
 */
export function parseStrictly<Schema extends z.ZodType>(
  { switches }: SandboxState,
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const { data, error } = schema.safeParse(value)
  if (error) throw badRequest(z.prettifyError(error))
  if (switches.strict && !isDeepStrictEqual(data, value)) throw badRequest(unknownProperties)
  return data
}

/** Returns the violations of the dialect in a request; null for a request of another dialect. */
export function guideRequestViolations(exchange: Exchange): string[] | null {
  const { data: operationId } = operationIdSchema.safeParse(exchange.operationId)
  if (!operationId) return null
  const query = operationId === 'listMessages' ? listQuery : noQuery
  return [
    ...schemaViolations(`${operationId} query`, query, exchange.query),
    ...schemaViolations(`${operationId} request`, guideBodies[operationId], exchange.requestBody),
  ]
}

const unknownProperties = 'There are properties that nobody knows'

function schemaViolations(where: string, schema: z.ZodType, value: unknown): string[] {
  const { data, error } = schema.safeParse(value)
  if (error) return [`${where}: ${z.prettifyError(error)}`]
  return isDeepStrictEqual(data, value) ? [] : [`${where}: ${unknownProperties}`]
}
