import { randomUUID } from 'node:crypto'
import { sendReply } from '../lib/contract/replies.js'
import { uploadRequest } from '../lib/contract/requests.js'
import { multipart } from '../lib/corridor/multipart.js'
import { conversation } from '../lib/corridor/needs.js'
import { endpoint, method } from '../lib/endpoint.js'

/** Says something by a file; the caller's id makes a retry harmless. */
const upload = method({
  name: 'upload',
  method: 'POST',
  input: uploadRequest,
  body: multipart,
  reply: sendReply,
  needs: conversation('send', 'conversation'),
  status: () => 202,
  act: ({ input: { id = randomUUID(), file, text }, own, conversations }) =>
    conversations.upload(own, { id, file, text }),
})

export default endpoint(upload)
