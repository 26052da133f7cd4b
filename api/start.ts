import { startReply } from '../lib/contract/replies.js'
import { startRequest } from '../lib/contract/requests.js'
import { endpoint, method } from '../lib/http/endpoint.js'
import { requireVisitor } from '../lib/http/guards.js'

/** Opens a conversation, or returns the one that is open. */
const start = method({
  name: 'start',
  method: 'POST',
  input: startRequest,
  reply: startReply,
  guard: requireVisitor('startAddress', 'address'),
  status: ({ resumed }) => (resumed ? 200 : 201),
  act: ({ input, caller, record, conversations }) => conversations.start(caller, record, input),
})

export default endpoint(start)
