/**
 * Reads the body of `auth` as the community guide's page sends it to `/api/messaging/auth`: JSON
 * without a content type, which browsers call `text/plain`, that names the deployment. A body like
 * that needs no preflight; the check of the origin does not depend on one.
 */
import type { Services } from '../services.js'
import { type BodyReader, hasType, invalid, jsonBody, parseJsonBody, readText } from './input.js'

/** Begins the guide's names for our endpoints; a rewritten request keeps its URL. */
export const guidePrefix = '/api/messaging/'

/**
 * Reads a JSON body; under the guide's prefix a text as well, and `deploymentId` when it is ours.
 */
export const guideJsonBody: BodyReader = { ...jsonBody, read }

async function read(request: Request, services: Services): Promise<unknown> {
  if (!new URL(request.url).pathname.startsWith(guidePrefix)) return jsonBody.read(request)
  const { deployment } = services.env.salesforce
  return withoutDeployment(await readJsonOrText(request), deployment)
}

/** JSON that says so is read as everywhere; no type at all is what a bare `Blob` has. */
async function readJsonOrText(request: Request): Promise<unknown> {
  if (!hasType(request, 'text/plain') && !hasType(request, '')) return jsonBody.read(request)
  return parseJsonBody((await readText(request)) || '{}')
}

/**
 * Removes the name of the deployment. One gateway serves one deployment, so that a name can only be
 * right or wrong.
 * @throws {GatewayError} invalid_request when it is another one
 */
function withoutDeployment(body: unknown, deployment: string): unknown {
  if (typeof body !== 'object' || body === null || !('deploymentId' in body)) return body
  const { deploymentId, ...rest } = body
  if (deploymentId === deployment) return rest
  const message = 'must be the API name in SALESFORCE_DEPLOYMENT of this gateway, or be left out'
  throw invalid([{ path: 'deploymentId', message }])
}
