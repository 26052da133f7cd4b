import { randomUUID } from 'node:crypto'
import { sendReply } from '../lib/contract/replies.js'
import { sendRequest } from '../lib/contract/requests.js'
import { conversation } from '../lib/corridor/needs.js'
import { endpoint, method } from '../lib/endpoint.js'

/** Says one thing in a conversation; the caller's id makes a retry harmless. */
const send = method({
  name: 'send',
  method: 'POST',
  input: sendRequest,
  reply: sendReply,
  needs: conversation('send', 'conversation'),
  status: () => 202,
  act: ({ input, own, conversations }) => {
    const { conversationId: _, id = randomUUID(), routingAttributes, ...said } = input
    return conversations.say(own, { ...said, id }, routingAttributes)
  },
})

export default endpoint(send)
