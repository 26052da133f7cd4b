import { randomUUID } from 'node:crypto'
import { sendReply } from '../lib/contract/replies.js'
import { isSignal, type SendRequest, sendRequest } from '../lib/contract/requests.js'
import { conversation } from '../lib/corridor/needs.js'
import { endpoint, method } from '../lib/endpoint.js'

/** What passes by is counted apart from what is said. */
const counted = {
  among: ['send', 'signal'],
  pick: (input: SendRequest) => (isSignal(input) ? 'signal' : 'send'),
} as const

/** Says or signals one thing in a conversation; the caller's id makes a retry harmless. */
const send = method({
  name: 'send',
  method: 'POST',
  input: sendRequest,
  reply: sendReply,
  needs: conversation(counted, 'conversation'),
  status: () => 202,
  act: ({ input, own, conversations }) => {
    if (isSignal(input))
      return conversations.signal(own, { ...input, id: input.id ?? randomUUID() })
    const { conversationId: _, id = randomUUID(), routingAttributes, ...said } = input
    return conversations.say(own, { ...said, id }, routingAttributes)
  },
})

export default endpoint(send)
