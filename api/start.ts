import { startReply } from '../lib/contract/replies.js'
import { startRequest } from '../lib/contract/requests.js'
import { visitor } from '../lib/corridor/needs.js'
import { endpoint, method } from '../lib/endpoint.js'

/** Opens a conversation, or returns the one that is open. */
const start = method({
  name: 'start',
  method: 'POST',
  input: startRequest,
  reply: startReply,
  needs: visitor('startAddress', 'address'),
  status: ({ resumed }) => (resumed ? 200 : 201),
  act: ({ input, caller, record, conversations }) => conversations.start(caller, record, input),
})

export default endpoint(start)
