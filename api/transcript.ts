import { transcriptReply } from '../lib/contract/replies.js'
import { transcriptRequest } from '../lib/contract/requests.js'
import { attachment } from '../lib/corridor/attachment.js'
import { conversation } from '../lib/corridor/needs.js'
import { endpoint, method } from '../lib/endpoint.js'

/** What was said, as a PDF to keep. */
const transcript = method({
  name: 'transcript',
  method: 'GET',
  input: transcriptRequest,
  reply: transcriptReply,
  needs: conversation('other', 'visitor'),
  respond: ({ name, pdf }) => attachment(name, 'application/pdf', pdf),
  act: ({ own, conversations }) => conversations.transcript(own),
})

export default endpoint(transcript)
