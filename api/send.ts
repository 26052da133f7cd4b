import { randomUUID } from 'node:crypto'
import { sendReply } from '../lib/contract/replies.js'
import { isSignal, type SendRequest, sendRequest } from '../lib/contract/requests.js'
import { requireConversationWithClaim } from '../lib/http/conversation-guards.js'
import { endpoint, method } from '../lib/http/endpoint.js'
import { upstreamProblems } from '../lib/http/operation-docs.js'

/** Typing indicators and receipts have their own rate limit. */
const limitByType = {
  limits: ['send', 'signal'],
  limitFor: (input: SendRequest) => (isSignal(input) ? 'signal' : 'send'),
} as const

/** Returns what a call sends, with an id. */
function outgoingOf(input: SendRequest) {
  const { id = randomUUID() } = input
  if (isSignal(input)) return { signal: { ...input, id } }
  const { conversationId: _, routingAttributes: answers, ...message } = input
  return { message: { ...message, id }, answers }
}

/** Says or signals one thing in a conversation; the caller's id makes a retry harmless. */
const send = method({
  name: 'send',
  method: 'POST',
  input: sendRequest,
  reply: sendReply,
  guard: requireConversationWithClaim(limitByType, outgoingOf),
  docs: {
    operationId: 'send',
    tag: 'Conversations',
    summary: 'Says or signals one thing',
    description:
      'A message with an `id` of your own can be sent again after a lost answer: it is delivered once. Typing reaches Salesforce at most once in three seconds, so it may be sent at each key. Signals are counted by themselves.',
    responses: { 202: 'Passed on; a poll echoes a message under its id.' },
    problems: [
      ...upstreamProblems,
      'prechat_required',
      'conversation_ended',
      'conversation_lost',
      'id_reused',
    ],
  },
  status: () => 202,
  act: ({ outgoing, claim, owned, conversations }) =>
    outgoing.message
      ? conversations.send(owned, outgoing.message, { answers: outgoing.answers, claim })
      : conversations.signal(owned, outgoing.signal),
})

export default endpoint(send)
