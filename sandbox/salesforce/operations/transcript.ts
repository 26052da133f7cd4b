import * as z from 'zod'
import type { ConversationEntry } from '../conversation.js'
import { visibleEntries } from '../entry-log.js'
import { HttpError } from '../http-error.js'
import { pdfOf } from '../pdf.js'
import { plainText } from '../plain-text.js'
import type { Caller } from '../tokens.js'
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

const messageSchema = z.object({ abstractMessage: z.looseObject({ messageType: z.string() }) })

/** Serves transcripts (`enhanced-chat-api.md` §2.16). */
export const transcriptOperations: Operation[] = [
  {
    operationId: 'retrieveConversationTranscript',
    method: 'GET',
    path: '/iamessage/api/v2/conversation/{conversationId}/transcript',
    handler: authorised(transcript),
  },
]

/** Returns the last 200 entries as a PDF; answers 403 unless the admin enabled downloads. */
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

/** Formats an entry as one line of a transcript, such as `2026-11-24 12:00:01 Dana: Hello`. */
function transcriptLine(entry: ConversationEntry): string {
  const time = new Date(entry.transcriptedTimestamp).toISOString().slice(0, 19).replace('T', ' ')
  return `${time} ${entry.senderDisplayName}: ${contentOf(entry)}`
}

function contentOf({ entryType, entryPayload }: ConversationEntry): string {
  const message = messageSchema.safeParse(entryPayload).data?.abstractMessage
  if (!message) return `(${entryType})`
  return plainText(message) ?? `(${message.messageType})`
}
