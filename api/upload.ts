import { randomUUID } from 'node:crypto'
import { sendReply } from '../lib/contract/replies.js'
import { uploadRequest } from '../lib/contract/requests.js'
import { endpoint, method } from '../lib/http/endpoint.js'
import { requireConversation } from '../lib/http/guards.js'
import { multipartBody } from '../lib/http/multipart.js'

/** Says something by a file; the caller's id makes a retry harmless. */
const upload = method({
  name: 'upload',
  method: 'POST',
  input: uploadRequest,
  body: multipartBody,
  reply: sendReply,
  guard: requireConversation('send', 'conversation'),
  status: () => 202,
  act: ({ input: { id = randomUUID(), file, text }, owned, conversations }) =>
    conversations.upload(owned, { id, file, text }),
})

export default endpoint(upload)
