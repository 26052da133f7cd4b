import { conversationsReply } from '../lib/contract/replies.js'
import { conversationsRequest } from '../lib/contract/requests.js'
import { endpoint, method } from '../lib/http/endpoint.js'
import { requireVisitor } from '../lib/http/guards.js'

/** Lists the visitor's own conversations, newest first. */
const list = method({
  name: 'conversations',
  method: 'GET',
  input: conversationsRequest,
  reply: conversationsReply,
  guard: requireVisitor('other', 'visitor'),
  act: ({ input, caller, record, conversations }) => conversations.list(caller.id, record, input),
})

export default endpoint(list)
