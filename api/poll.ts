import { pollReply } from '../lib/contract/replies.js'
import { pollRequest } from '../lib/contract/requests.js'
import { endpoint, method } from '../lib/http/endpoint.js'
import { requireConversation } from '../lib/http/guards.js'

/** Tells what happened since a cursor, or the newest messages, or a page of history. */
const poll = method({
  name: 'poll',
  method: 'GET',
  input: pollRequest,
  reply: pollReply,
  guard: requireConversation('poll', 'conversation'),
  act: ({ input: { wait, ...question }, owned, allowance, conversations }) =>
    conversations.poll(owned, { ...question, waitSeconds: wait }, allowance),
})

export default endpoint(poll)
