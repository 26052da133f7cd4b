import { endReply } from '../lib/contract/replies.js'
import { endRequest } from '../lib/contract/requests.js'
import { requireConversation } from '../lib/http/conversation-guards.js'
import { endpoint, method } from '../lib/http/endpoint.js'
import { upstreamProblems } from '../lib/http/operation-docs.js'

/** Closes a conversation for good, or ends its session; twice is the same as once. */
const end = method({
  name: 'end',
  method: 'POST',
  input: endRequest,
  reply: endReply,
  guard: requireConversation('other', 'visitor'),
  docs: {
    operationId: 'end',
    tag: 'Conversations',
    summary: 'Closes a conversation for good, or ends its session',
    description: 'Twice is the same as once.',
    responses: { 200: 'Ended.' },
    problems: [...upstreamProblems, 'conversation_lost'],
  },
  act: ({ input, owned, conversations }) => conversations.end(owned, input.scope),
})

export default endpoint(end)
