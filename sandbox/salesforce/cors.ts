import type { SandboxState } from './sandbox-state.js'

/** Headers that Salesforce's own client asks for (`enhanced-chat-api.md` §10.2, §10.3). */
const allowedHeaders = 'authorization, content-type, cache-control, last-event-id, x-org-id'

/** A browser asking whether it may ask. */
export function isPreflight({ method, headers }: Request): boolean {
  return method === 'OPTIONS' && headers.has('access-control-request-method')
}

/** 204 for everybody; only origins on the allow-list learn that they may (§1.2). */
export function preflight(sandbox: SandboxState, request: Request): Response {
  const response = withCors(sandbox, request, new Response(null, { status: 204 }))
  if (!response.headers.has('access-control-allow-origin')) return response
  response.headers.set('access-control-allow-methods', 'GET, POST, DELETE')
  response.headers.set('access-control-allow-headers', allowedHeaders)
  response.headers.set('access-control-max-age', '600')
  return response
}

/** Lets a page of an allowed origin read the answer; server-to-server calls do not care. */
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
