import { visibleEntries } from '../entry-log.js'
import { HttpError } from '../http-error.js'
import { pdfOf } from '../pdf.js'
import type { Caller } from '../tokens.js'
import { transcriptLine } from '../transcript-line.js'
import { conversationIdSchema } from '../uuid.js'
import {
  authorised,
  type Call,
  callersConversation,
  checkDeployment,
  deploymentQuery,
  type Operation,
  parseRequest,
} from './operation.js'

const lastEntries = 200

/** Operations on transcripts (`enhanced-chat-api.md` §2.16). */
export const transcriptOperations: Operation[] = [
  {
    operationId: 'retrieveConversationTranscript',
    method: 'GET',
    path: '/iamessage/api/v2/conversation/{conversationId}/transcript',
    handler: authorised(transcript),
  },
]

/** The last 200 entries as a PDF; 403 unless the admin enabled it. */
function transcript(call: Call, caller: Caller): Response {
  parseRequest(conversationIdSchema, call.params.conversationId)
  checkDeployment(call.sandbox, parseRequest(deploymentQuery, call.query).esDeveloperName)
  const conversation = callersConversation(call, caller)
  if (!call.sandbox.deployment.allowTranscriptDownload) {
    throw new HttpError(403, 'Transcript downloads are not enabled')
  }
  const lines = visibleEntries(conversation).slice(-lastEntries).map(transcriptLine)
  return new Response(pdfOf(lines), { headers: { 'content-type': 'application/pdf' } })
}
