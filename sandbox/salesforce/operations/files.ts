import * as z from 'zod'
import { replyToFile } from '../bot/reply.js'
import type { Conversation } from '../conversation.js'
import { messageEntry } from '../entries.js'
import { addEntry } from '../entry-log.js'
import { storeFile } from '../files.js'
import { badRequest, HttpError } from '../http-error.js'
import { attachment } from '../messages/attachments.js'
import { staticMessage } from '../messages/items.js'
import type { StoredFile } from '../sample-files.js'
import type { SandboxState } from '../sandbox-state.js'
import type { Caller } from '../tokens.js'
import { conversationIdSchema, opaqueIdSchema, uuidSchema } from '../uuid.js'
import {
  authorised,
  type Call,
  callersOpenConversation,
  checkDeployment,
  type Operation,
  parseRequest,
} from './operation.js'
import { acceptedResponse, deliver, isNewMessage, limitMessages, sessionFields } from './sending.js'

const messageEntryPart = z.object({
  message: z.object({
    id: uuidSchema('message id'),
    fileId: uuidSchema('fileId'),
    text: z.string().optional(),
    inReplyToMessageId: opaqueIdSchema.optional(),
  }),
  ...sessionFields,
})

type FileMessage = z.infer<typeof messageEntryPart>['message']

const megabyte = 1024 * 1024

/** Accepts files of the end user, one for each call (`enhanced-chat-api.md` §2.11). */
export const fileOperations: Operation[] = [
  {
    operationId: 'sendFile',
    method: 'POST',
    path: '/iamessage/api/v2/conversation/{conversationId}/file',
    handler: authorised(sendFile),
  },
]

async function sendFile(call: Call, caller: Caller): Promise<Response> {
  const { sandbox } = call
  parseRequest(conversationIdSchema, call.params.conversationId)
  const parts = await parseParts(call.request)
  const { message, ...sessionOptions } = parseRequest(
    messageEntryPart,
    await parseJsonPart(parts.get('messageEntry')),
  )
  const file = parts.get('fileData')
  if (!(file instanceof File)) throw badRequest('Specify fileData with a file name')
  checkDeployment(sandbox, sessionOptions.esDeveloperName)
  const conversation = callersOpenConversation(call, caller)
  checkFile(sandbox, file)
  limitMessages(sandbox, conversation)
  if (isNewMessage(sandbox, conversation, message.id)) {
    const bytes = new Uint8Array(await file.arrayBuffer())
    const stored = { name: file.name, mimeType: mediaTypeOf(file), bytes }
    deliver(sandbox, conversation, {
      sessionOptions,
      store: () => store(sandbox, conversation, { message, file: stored }),
      reply: () => replyToFile(sandbox, conversation, { messageId: message.id, name: stored.name }),
    })
  }
  return acceptedResponse(sandbox, message.id)
}

async function parseParts(request: Request): Promise<FormData> {
  try {
    return await request.formData()
  } catch {
    throw badRequest('The body is not multipart/form-data')
  }
}

async function parseJsonPart(part: File | string | null): Promise<unknown> {
  if (part === null) throw badRequest('Specify messageEntry')
  try {
    return JSON.parse(typeof part === 'string' ? part : await part.text())
  } catch {
    throw badRequest('messageEntry is not JSON')
  }
}

/** Checks that the channel takes files, and this one; the status for "takes none" is inferred. */
function checkFile({ deployment, switches }: SandboxState, file: File): void {
  const { attachments } = deployment
  if (!attachments?.endUserToAgent) throw new HttpError(403, 'File attachments are not enabled')
  const maximum = (attachments.maxFileSize ?? 5) * megabyte
  if (file.size > maximum) throw new HttpError(413, `The file is larger than ${maximum} bytes`)
  if (switches.refusedFileTypes.includes(mediaTypeOf(file))) {
    throw new HttpError(415, `Files of type ${mediaTypeOf(file)} are not allowed`)
  }
}

const mediaTypeOf = ({ type }: File) => type.split(';')[0] || 'application/octet-stream'

function store(
  sandbox: SandboxState,
  conversation: Conversation,
  upload: { message: FileMessage; file: StoredFile },
): void {
  const { message, file } = upload
  const { id, inReplyToMessageId = null, text = null } = message
  const { name, mimeType } = file
  const attachments = [attachment({ ...storeFile(sandbox, file), name, mimeType })]
  const body = staticMessage({ formatType: 'Attachments', text, attachments })
  addEntry(
    sandbox,
    conversation,
    messageEntry(conversation.visitor, { ...body, id, inReplyToMessageId }),
  )
}
