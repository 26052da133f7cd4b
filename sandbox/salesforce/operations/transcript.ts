import { visibleEntries } from '../ledger.js'
import { pdfOf } from '../pdf.js'
import { Refusal } from '../refusal.js'
import type { Caller } from '../tokens.js'
import { transcriptLine } from '../transcript-line.js'
import { conversationIdSchema } from '../uuid.js'
import {
  authorised,
  type Call,
  checkDeployment,
  deploymentQuery,
  type Operation,
  ownConversation,
  read,
} from './operation.js'

const lastEntries = 200

/** What was said, to keep (`enhanced-chat-api.md` §2.16). */
export const transcriptOperations: Operation[] = [
  {
    operationId: 'retrieveConversationTranscript',
    method: 'GET',
    path: '/iamessage/api/v2/conversation/{conversationId}/transcript',
    act: authorised(transcript),
  },
]

/** The last 200 entries as a PDF; 403 unless the admin enabled it. */
function transcript(call: Call, caller: Caller): Response {
  read(conversationIdSchema, call.params.conversationId)
  checkDeployment(call.world, read(deploymentQuery, call.query).esDeveloperName)
  const conversation = ownConversation(call, caller)
  if (!call.world.deployment.allowTranscriptDownload) {
    throw new Refusal(403, 'Transcript downloads are not enabled')
  }
  const lines = visibleEntries(conversation).slice(-lastEntries).map(transcriptLine)
  return new Response(pdfOf(lines), { headers: { 'content-type': 'application/pdf' } })
}
