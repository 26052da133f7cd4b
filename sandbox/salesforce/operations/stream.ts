import { faultResponse } from '../faults.js'
import { badRequest, HttpError } from '../http-error.js'
import type { SandboxState } from '../sandbox-state.js'
import { openStream } from '../stream/open.js'
import { lastEventId } from '../stream/outbox.js'
import type { Caller } from '../tokens.js'
import { authorised, type Call, type Operation } from './operation.js'

/** Streams server-sent events (`enhanced-chat-api.md` §4, §10.1). */
export const streamOperations: Operation[] = [
  {
    operationId: 'serverSentEvents',
    method: 'GET',
    path: '/eventrouter/v1/sse',
    handler: authorised(stream),
  },
]

const hang = { what: 'hang', hangMs: 120_000 } as const

/** Opens a stream, unless the switch refuses it. */
function stream({ sandbox, request }: Call, caller: Caller): Promise<Response> | Response {
  const orgId = request.headers.get('x-org-id')
  if (!orgId) throw badRequest('OrgId is required')
  if (orgId !== sandbox.deployment.orgId) {
    throw badRequest('OrgId in the header and token must match')
  }
  const { opening } = sandbox.switches.stream
  if (opening === 'refused') throw new HttpError(503, 'Service Unavailable')
  if (opening === 'hanging') return faultResponse(hang, request.signal)
  const after = startOf(sandbox, request.headers.get('last-event-id') ?? '')
  return new Response(openStream(sandbox, { caller, after, signal: request.signal }), {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' },
  })
}

/** Returns the number of the event after which a stream begins, by the switch for replays. */
function startOf(sandbox: SandboxState, lastSeenId: string): number {
  const latest = lastEventId(sandbox)
  switch (sandbox.switches.stream.replay) {
    case 'afterLastEventId':
      return /^\d+$/.test(lastSeenId) ? Number(lastSeenId) : latest
    case 'none':
      return latest
    case 'everything':
      return 0
  }
}
