/** Describes the operations where schemas cannot: texts, further problems, examples. */
import * as z from 'zod'
import { healthReply, keySet } from '../../lib/contract/replies.js'
import { uploadRequest } from '../../lib/contract/requests.js'
import type { GuardInfo } from '../../lib/http/guards.js'
import type { ProblemCode } from '../../lib/problem.js'
import * as examples from './examples.js'

export type Words = {
  id: string
  tag: 'Visitors' | 'Conversations' | 'Operations'
  summary: string
  description?: string
  /** Meaning of each status of success; 200, or 204 without a body, by default. */
  replies?: Record<number, string>
  /** Problems that do not follow from what the method takes and asks. */
  codes: readonly ProblemCode[]
  /** Bodies of a request, by name. */
  takes?: Record<string, unknown>
  /** Bodies of a reply, by status and name. */
  gives?: Record<string, Record<string, unknown>>
  /** The public path, when it is not that of the file. */
  path?: string
  /** Media types other than JSON. */
  consumes?: string
  produces?: string
  /** Input, reply and guard of a method without an action. */
  contract?: { input?: z.ZodType; reply?: z.ZodType; terms?: GuardInfo | undefined }
}

/** Codes of any call that reaches Salesforce. */
const upstream: ProblemCode[] = ['upstream_rejected', 'upstream_unavailable', 'upstream_timeout']

/** By method and path of the endpoint. */
export const words: Readonly<Record<string, Words>> = {
  'POST /api/auth': {
    id: 'signIn',
    tag: 'Visitors',
    summary: 'Says who a visitor is',
    description:
      'Without a body: a new anonymous visitor. With `refreshToken`: the same visitor again; the token is replaced, and using an old one again ends the whole session. With `identityToken`: a visitor whom the site’s own login knows; both together: a guest signs in and keeps the conversations. Salesforce is not called.\n\nWhere the gateway has a `TURNSTILE_SECRET`, a new anonymous visitor needs a `challenge`: a problem `invalid_request` whose `errors` name `challenge` says that it is missing, too old or used before, so solve a new one. `upstream_unavailable`: it, or an identity token, cannot be checked now. Elsewhere, and beside the other tokens, a challenge is ignored.\n\nAs `/api/messaging/auth` it also reads JSON sent as `text/plain` or without a type, and takes `deploymentId`, the API name of the deployment that the gateway serves.',
    replies: { 200: 'The visitor and a token for all other calls.' },
    codes: ['identity_rejected', 'refresh_rejected', 'anonymous_disabled', 'upstream_unavailable'],
    takes: examples.signIn,
    gives: { 200: { guest: examples.signedIn } },
  },
  'DELETE /api/auth': {
    id: 'signOut',
    tag: 'Visitors',
    summary: 'Forgets a guest, or signs a device out',
    description:
      'A guest’s open conversations are ended and all that was kept is deleted. The token is refused from then on.',
    replies: { 204: 'Forgotten.' },
    codes: ['upstream_unavailable'],
  },
  'POST /api/start': {
    id: 'start',
    tag: 'Conversations',
    summary: 'Opens a conversation, or returns the one that is open',
    description:
      'When the deployment has a pre-chat form and no `routingAttributes` are given, the answer is `prechat_required` with the form: show it and call again with the answers. Only a call that creates a conversation counts on the limit `start` as well.',
    replies: { 200: 'The conversation that was open.', 201: 'A new conversation.' },
    codes: [
      ...upstream,
      'conversation_not_found',
      'prechat_required',
      'conversation_ended',
      'conversation_lost',
    ],
    takes: examples.start,
    gives: { 200: { resumed: examples.resumed }, 201: { opened: examples.started } },
  },
  'POST /api/send': {
    id: 'send',
    tag: 'Conversations',
    summary: 'Says or signals one thing',
    description:
      'A message with an `id` of your own can be sent again after a lost answer: it is delivered once. Typing reaches Salesforce at most once in three seconds, so it may be sent at each key. Signals are counted by themselves.',
    replies: { 202: 'Passed on; a poll echoes a message under its id.' },
    codes: [
      ...upstream,
      'prechat_required',
      'conversation_ended',
      'conversation_lost',
      'id_reused',
    ],
    takes: examples.send,
    gives: { 202: { sent: examples.sent } },
  },
  'GET /api/poll': {
    id: 'poll',
    tag: 'Conversations',
    summary: 'Tells what happened since',
    description:
      'Without `cursor`: the newest messages and a cursor. With it: everything since, each message once. `cursor` and `before` exclude each other. Ask again at the pace of `pollAfterMs`, at once when `hasMore` is true.',
    replies: { 200: 'What happened, and how the conversation stands.' },
    codes: [...upstream, 'cursor_invalid', 'conversation_lost'],
    gives: { 200: { first: examples.polled } },
  },
  'POST /api/end': {
    id: 'end',
    tag: 'Conversations',
    summary: 'Closes a conversation for good, or ends its session',
    description: 'Twice is the same as once.',
    replies: { 200: 'Ended.' },
    codes: [...upstream, 'conversation_lost'],
    takes: examples.end,
    gives: { 200: { ended: examples.ended } },
  },
  'POST /api/upload': {
    id: 'upload',
    tag: 'Conversations',
    summary: 'Says something by a file',
    description:
      'At most 4 MB, or what the deployment takes; the type must be on the list and the content must be of that type. With an `id` of your own a repeat is harmless.',
    replies: { 202: 'Passed on; a poll shows it under its id.' },
    codes: [
      ...upstream,
      'unsupported',
      'prechat_required',
      'conversation_ended',
      'conversation_lost',
      'id_reused',
    ],
    gives: { 202: { sent: examples.sent } },
    consumes: 'multipart/form-data',
    contract: { input: uploadRequest.extend({ file: z.file() }) },
  },
  'GET /api/transcript': {
    id: 'transcript',
    tag: 'Conversations',
    summary: 'Gives what was said, as a PDF',
    replies: { 200: 'The PDF, as an attachment.' },
    codes: [...upstream, 'unsupported', 'conversation_lost'],
    produces: 'application/pdf',
    contract: { reply: z.file() },
  },
  'GET /api/conversations': {
    id: 'conversations',
    tag: 'Conversations',
    summary: 'Lists the visitor’s own conversations, newest first',
    description: 'With `refresh=true` Salesforce is asked which of the open ones are over.',
    replies: { 200: 'The conversations.' },
    codes: upstream,
    gives: { 200: { list: examples.conversations } },
  },
  'GET /api/availability': {
    id: 'availability',
    tag: 'Operations',
    summary: 'Says whether somebody is there to chat with',
    description: 'From the business hours of the deployment; known for 60 seconds.',
    replies: { 200: 'Open or closed, and until when as far as that is known.' },
    codes: upstream,
    gives: { 200: { open: examples.available } },
  },
  'GET /api/jwks': {
    id: 'keySet',
    tag: 'Operations',
    summary: 'Publishes the keys to register in Salesforce for user verification',
    description: 'RFC 7517, with `x5c`; without keys in guest mode. May be cached for 5 minutes.',
    path: '/.well-known/jwks.json',
    replies: { 200: 'The key set.' },
    codes: [],
    gives: { 200: { guest: { keys: [] } } },
    contract: { reply: keySet },
  },
  'GET /api/health': {
    id: 'health',
    tag: 'Operations',
    summary: 'Says whether the gateway can work',
    description:
      'Salesforce is not called. The store is asked at most once in five seconds; callers are counted by address, in each process by itself (`other`).',
    replies: { 200: 'All is well.', 503: 'What is down, in the same shape.' },
    codes: ['rate_limited'],
    gives: { 200: { well: examples.healthy }, 503: { down: examples.unhealthy } },
    contract: { reply: healthReply },
  },
  '* /api/not-found': {
    id: 'notFound',
    tag: 'Operations',
    summary: 'Any other path, whatever the method',
    path: '/api/{endpoint}',
    replies: {},
    codes: ['not_found'],
  },
}
