import { randomUUID } from 'node:crypto'
import { sendReply } from '../lib/contract/replies.js'
import { uploadRequest } from '../lib/contract/requests.js'
import { requireConversationWithOffer } from '../lib/http/conversation-guards.js'
import { endpoint, method } from '../lib/http/endpoint.js'
import { multipartBody } from '../lib/http/multipart.js'
import { upstreamProblems } from '../lib/http/operation-docs.js'

/** Says something by a file; the caller's id makes a retry harmless. */
const upload = method({
  name: 'upload',
  method: 'POST',
  input: uploadRequest,
  body: multipartBody,
  reply: sendReply,
  guard: requireConversationWithOffer('send'),
  docs: {
    operationId: 'upload',
    tag: 'Conversations',
    summary: 'Says something by a file',
    description:
      'At most 4 MB, or what the deployment takes; the type must be on the list and the content must be of that type. With an `id` of your own a repeat is harmless.',
    responses: { 202: 'Passed on; a poll shows it under its id.' },
    problems: [
      ...upstreamProblems,
      'unsupported',
      'prechat_required',
      'conversation_ended',
      'conversation_lost',
      'id_reused',
    ],
  },
  status: () => 202,
  act: ({ input: { id = randomUUID(), file, text }, owned, offer, conversations }) =>
    conversations.upload(owned, offer, { id, file, text }),
})

export default endpoint(upload)
