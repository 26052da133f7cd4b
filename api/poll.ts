import { pollReply } from '../lib/contract/replies.js'
import { pollRequest } from '../lib/contract/requests.js'
import { endpoint, method } from '../lib/http/endpoint.js'
import { requireConversation } from '../lib/http/guards.js'
import { upstreamProblems } from '../lib/http/operation-docs.js'

/** Tells what happened since a cursor, or the newest messages, or a page of history. */
const poll = method({
  name: 'poll',
  method: 'GET',
  input: pollRequest,
  reply: pollReply,
  guard: requireConversation('poll', 'conversation'),
  docs: {
    operationId: 'poll',
    tag: 'Conversations',
    summary: 'Tells what happened since',
    description:
      'Without `cursor`: the newest messages and a cursor. With it: everything since, each message once. `cursor` and `before` exclude each other. Ask again at the pace of `pollAfterMs`, at once when `hasMore` is true.',
    responses: { 200: 'What happened, and how the conversation stands.' },
    problems: [...upstreamProblems, 'cursor_invalid', 'conversation_lost'],
  },
  act: ({ input: { wait, ...question }, owned, allowance, conversations }) =>
    conversations.poll(owned, { ...question, waitSeconds: wait }, allowance),
})

export default endpoint(poll)
