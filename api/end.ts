import { endReply } from '../lib/contract/replies.js'
import { endRequest } from '../lib/contract/requests.js'
import { conversation } from '../lib/corridor/needs.js'
import { endpoint, method } from '../lib/endpoint.js'

/** Closes a conversation for good, or ends its session; twice is the same as once. */
const end = method({
  name: 'end',
  method: 'POST',
  input: endRequest,
  reply: endReply,
  needs: conversation('other', 'visitor'),
  act: ({ input, own, conversations }) => conversations.end(own, input.scope),
})

export default endpoint(end)
