import type * as z from 'zod'
import { pollReply } from '../lib/contract/replies.js'
import { type PollRequest, pollBody, pollRequest } from '../lib/contract/requests.js'
import { requireConversationWithLook } from '../lib/http/conversation-guards.js'
import { endpoint, method } from '../lib/http/endpoint.js'
import { type OperationDocs, upstreamProblems } from '../lib/http/operation-docs.js'

type Form = {
  method: 'GET' | 'POST'
  input: z.ZodType<PollRequest>
  docs: Pick<OperationDocs, 'operationId' | 'summary' | 'description'>
}

/** Tells what happened since a cursor, or the newest messages, or a page of history. */
const poll = ({ method: verb, input, docs }: Form) =>
  method({
    name: 'poll',
    method: verb,
    input,
    reply: pollReply,
    isReadOnly: true,
    guard: requireConversationWithLook<PollRequest>(),
    docs: {
      ...docs,
      tag: 'Conversations',
      responses: { 200: 'What happened, and how the conversation stands.' },
      problems: [...upstreamProblems, 'cursor_invalid', 'conversation_lost'],
    },
    act: ({ input: { wait, ...question }, owned, allowance, look, conversations }) =>
      conversations.poll(owned, { ...question, waitSeconds: wait }, { ...allowance, look }),
  })

const pollByQuery = poll({
  method: 'GET',
  input: pollRequest,
  docs: {
    operationId: 'poll',
    summary: 'Tells what happened since',
    description:
      'Without `cursor`: the newest messages and a cursor. With it: everything since, each message once. `cursor` and `before` exclude each other. Ask again at the pace of `pollAfterMs`, at once when `hasMore` is true, and with the `wait` that `waitSeconds` gives. At most 4 polls of one conversation and 8 of one visitor wait at the same time: another one is 429, whose `retryAfterMs` is the time until one of them ends at the latest, and without `wait` it is answered at once. This bound is no rate, so `RateLimit-Policy` does not list it.',
  },
})

const pollByBody = poll({
  method: 'POST',
  input: pollBody,
  docs: {
    operationId: 'pollByPost',
    summary: 'Tells what happened since, asked in a body',
    description:
      'The same question and answer as with GET; nothing is changed. Browsers cache a preflight by the whole URL, so a page of another origin that polls by GET makes an `OPTIONS` request for each cursor, and one in two hours by POST.',
  },
})

export default endpoint(pollByQuery, pollByBody)
