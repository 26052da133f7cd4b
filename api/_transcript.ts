import { transcriptReply } from '../lib/contract/replies.js'
import { transcriptRequest } from '../lib/contract/requests.js'
import { attachment } from '../lib/http/attachment.js'
import { requireConversation } from '../lib/http/conversation-guards.js'
import { endpoint, method } from '../lib/http/endpoint.js'
import { upstreamProblems } from '../lib/http/operation-docs.js'

/** Sends the transcript of a conversation, as a PDF. */
const transcript = method({
  name: 'transcript',
  method: 'GET',
  input: transcriptRequest,
  reply: transcriptReply,
  isReadOnly: true,
  guard: requireConversation('other', 'visitor'),
  docs: {
    operationId: 'transcript',
    tag: 'Conversations',
    summary: 'Gives what was said, as a PDF',
    responses: { 200: 'The PDF, as an attachment.' },
    problems: [...upstreamProblems, 'unsupported', 'conversation_lost'],
    produces: 'application/pdf',
  },
  respond: ({ name, pdf, bytes }) =>
    attachment({ name, type: 'application/pdf', bytes, body: pdf }),
  act: ({ owned, conversations }) => conversations.transcript(owned),
})

export default endpoint(transcript)
