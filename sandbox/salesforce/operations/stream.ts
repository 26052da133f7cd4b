import { badRequest } from '../http-error.js'
import { openStream } from '../stream/open.js'
import { lastEventId } from '../stream/outbox.js'
import type { Caller } from '../tokens.js'
import { authorised, type Call, type Operation } from './operation.js'

/** Server-sent events (`enhanced-chat-api.md` §4, §10.1). */
export const streamOperations: Operation[] = [
  {
    operationId: 'serverSentEvents',
    method: 'GET',
    path: '/eventrouter/v1/sse',
    handler: authorised(stream),
  },
]

/** Without Last-Event-Id nothing old is replayed. */
function stream({ sandbox, request }: Call, caller: Caller): Response {
  const orgId = request.headers.get('x-org-id')
  if (orgId === null) throw badRequest('Specify the X-Org-Id header')
  if (orgId !== sandbox.deployment.orgId) {
    throw badRequest('OrgId in the header and token must match')
  }
  const lastSeenId = request.headers.get('last-event-id') ?? ''
  const after = /^\d+$/.test(lastSeenId) ? Number(lastSeenId) : lastEventId(sandbox)
  return new Response(openStream(sandbox, { caller, after, signal: request.signal }), {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' },
  })
}
