import { pollReply } from '../lib/contract/replies.js'
import { pollRequest } from '../lib/contract/requests.js'
import { conversation } from '../lib/corridor/needs.js'
import { endpoint, method } from '../lib/endpoint.js'

/** Tells what happened since a cursor, or the newest messages, or a page of history. */
const poll = method({
  name: 'poll',
  method: 'GET',
  input: pollRequest,
  reply: pollReply,
  needs: conversation('poll', 'conversation'),
  act: ({ input: { wait, ...question }, own, allowance, conversations }) =>
    conversations.read(own, { ...question, waitSeconds: wait }, allowance),
})

export default endpoint(poll)
