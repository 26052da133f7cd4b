import { startReply } from '../lib/contract/replies.js'
import { startRequest } from '../lib/contract/requests.js'
import { endpoint, method } from '../lib/http/endpoint.js'
import { requireStarter } from '../lib/http/guards.js'
import { upstreamProblems } from '../lib/http/operation-docs.js'

/** Opens a conversation, or returns the one that is open. */
const start = method({
  name: 'start',
  method: 'POST',
  input: startRequest,
  reply: startReply,
  guard: requireStarter(),
  docs: {
    operationId: 'start',
    tag: 'Conversations',
    summary: 'Opens a conversation, or returns the one that is open',
    description:
      'When the deployment has a pre-chat form and no `routingAttributes` are given, the answer is `prechat_required` with the form: show it and call again with the answers. Only a call that creates a conversation counts on the limit `start` as well.',
    responses: { 200: 'The conversation that was open.', 201: 'A new conversation.' },
    problems: [
      ...upstreamProblems,
      'conversation_not_found',
      'prechat_required',
      'outside_business_hours',
      'conversation_ended',
      'conversation_lost',
    ],
  },
  status: ({ resumed }) => (resumed ? 200 : 201),
  act: ({ input, caller, network, begun, conversations }) =>
    conversations.start({ ...caller, network }, begun, input),
})

export default endpoint(start)
