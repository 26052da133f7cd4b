/** Assembles the OpenAPI 3.1 document of the gateway from its endpoints and their contract. */
import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { problem } from '../../lib/contract/problems.js'
import { type EndpointMethod, endpointMethods } from './methods.js'
import { operationOf } from './operation.js'
import { problemExamples } from './refusals.js'
import { createSchemas, type Json } from './schemas.js'
import { headers, parameters, securitySchemes, tags } from './shared.js'

/** Locates the published document, for `/docs` and others. */
export const documentUrl = new URL('../../public/openapi.json', import.meta.url)

const packageSchema = z.object({
  version: z.string(),
  description: z.string(),
  license: z.string(),
})
const description = `${[
  'A chat in front of Salesforce Messaging for In-App and Web, over plain HTTPS and JSON.',
  'Errors are `application/problem+json` (RFC 9457); `code` and `retryable` are stable. A method that a path does not have is `method_not_allowed` (405) with `Allow`.',
  'Unknown properties of a body or a query are refused by name. `/api/messaging/…` is another name for `/api/…`.',
].join('\n\n')}`

/** Orders the operations as in a conversation; others are last. */
const order = [
  ...['signIn', 'signOut', 'start', 'send', 'pollByPost', 'poll', 'end', 'upload', 'transcript'],
  ...['conversations', 'availability', 'keySet', 'health', 'notFound'],
]

function byOrder(a: EndpointMethod, b: EndpointMethod): number {
  const positionOf = ({ method }: EndpointMethod) => {
    const position = order.indexOf(method.docs.operationId)
    return position < 0 ? order.length : position
  }
  return positionOf(a) - positionOf(b)
}

/** Returns a method's name; a method that stands for all of them is shown as one. */
function verbOf({ method: { method } }: EndpointMethod): string {
  return method === '*' ? 'get' : method.toLowerCase()
}

/** Builds the document. */
export async function createDocument(): Promise<Json> {
  const { version, license } = packageSchema.parse(
    JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')),
  )
  const schemas = await createSchemas()
  const reference = schemas.refer(problem, 'output')
  const paths: Record<string, Json> = {}
  for (const endpointMethod of endpointMethods.toSorted(byOrder)) {
    const path = endpointMethod.method.docs.path ?? endpointMethod.path
    const operation = operationOf(endpointMethod.method, schemas, reference)
    paths[path] = { ...paths[path], [verbOf(endpointMethod)]: operation }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'miaw-gateway',
      version,
      description,
      license: { name: license, identifier: license },
    },
    servers: [{ url: '/' }],
    tags,
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes,
      parameters,
      headers,
      schemas: schemas.definitions(),
      examples: problemExamples(problem),
    },
  }
}

/** Returns the document's text as it is published. */
export async function documentText(): Promise<string> {
  return `${JSON.stringify(await createDocument(), null, 2)}\n`
}
