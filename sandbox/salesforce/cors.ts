import type { SandboxState } from './sandbox-state.js'

/**
 * Lists the headers that Salesforce's own client asks for (`enhanced-chat-api.md` §10.2, §10.3).
 */
const allowedHeaders = 'authorization, content-type, cache-control, last-event-id, x-org-id'

/** Returns true for a browser's preflight request. */
export function isPreflight({ method, headers }: Request): boolean {
  return method === 'OPTIONS' && headers.has('access-control-request-method')
}

/** Answers every preflight with 204, and with permission for the allowed origins only (§1.2). */
export function preflight(sandbox: SandboxState, request: Request): Response {
  const response = withCors(sandbox, request, new Response(null, { status: 204 }))
  if (!response.headers.has('access-control-allow-origin')) return response
  response.headers.set('access-control-allow-methods', 'GET, POST, DELETE')
  response.headers.set('access-control-allow-headers', allowedHeaders)
  response.headers.set('access-control-max-age', '600')
  return response
}

/** Lets pages of an allowed origin read the answer; server-to-server calls need no permission. */
export function withCors(
  { deployment }: SandboxState,
  request: Request,
  response: Response,
): Response {
  const origin = request.headers.get('origin')
  if (response.type === 'error' || origin === null) return response
  response.headers.append('vary', 'origin')
  if (!deployment.allowedOrigins.includes(origin)) return response
  response.headers.set('access-control-allow-origin', origin)
  return response
}
