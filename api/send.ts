import { randomUUID } from 'node:crypto'
import { sendReply } from '../lib/contract/replies.js'
import { isSignal, type SendRequest, sendRequest } from '../lib/contract/requests.js'
import { endpoint, method } from '../lib/http/endpoint.js'
import { requireConversation } from '../lib/http/guards.js'
import { upstreamProblems } from '../lib/http/operation-docs.js'

/** Typing indicators and receipts have their own rate limit. */
const limitByType = {
  limits: ['send', 'signal'],
  limitFor: (input: SendRequest) => (isSignal(input) ? 'signal' : 'send'),
} as const

/** Says or signals one thing in a conversation; the caller's id makes a retry harmless. */
const send = method({
  name: 'send',
  method: 'POST',
  input: sendRequest,
  reply: sendReply,
  guard: requireConversation(limitByType, 'conversation'),
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
  act: ({ input, owned, conversations }) => {
    if (isSignal(input))
      return conversations.signal(owned, { ...input, id: input.id ?? randomUUID() })
    const { conversationId: _, id = randomUUID(), routingAttributes, ...message } = input
    return conversations.send(owned, { ...message, id }, routingAttributes)
  },
})

export default endpoint(send)
