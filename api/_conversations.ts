import { conversationsReply } from '../lib/contract/replies.js'
import { conversationsRequest } from '../lib/contract/requests.js'
import { endpoint, method } from '../lib/http/endpoint.js'
import { requireVisitor } from '../lib/http/guards.js'
import { upstreamProblems } from '../lib/http/operation-docs.js'

/** Lists the visitor's own conversations, newest first. */
const list = method({
  name: 'conversations',
  method: 'GET',
  input: conversationsRequest,
  reply: conversationsReply,
  isReadOnly: true,
  guard: requireVisitor('other', ({ readConversations }, caller) => readConversations(caller)),
  docs: {
    operationId: 'conversations',
    tag: 'Conversations',
    summary: 'Lists the visitor’s own conversations, newest first',
    description: 'With `refresh=true` Salesforce is asked which of the open ones are over.',
    responses: { 200: 'The conversations.' },
    problems: upstreamProblems,
  },
  act: ({ input, caller, record, conversations }) => conversations.list(caller.id, record, input),
})

export default endpoint(list)
