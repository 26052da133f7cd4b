import * as z from 'zod'
import { answerFile } from '../bot/answer.js'
import { messageEntry } from '../entries.js'
import { keepFile, type StoredFile } from '../files.js'
import { type Conversation, record } from '../ledger.js'
import { attachment } from '../messages/attachments.js'
import { staticMessage } from '../messages/items.js'
import { badRequest, Refusal } from '../refusal.js'
import type { Caller } from '../tokens.js'
import { conversationIdSchema, uuidSchema } from '../uuid.js'
import type { World } from '../world.js'
import {
  authorised,
  type Call,
  checkDeployment,
  type Operation,
  openConversation,
  read,
} from './operation.js'
import { accepted, admitMessage, isNew, speak, speakingFields } from './speaking.js'

const messageEntryPart = z.object({
  message: z.object({
    id: uuidSchema('message id'),
    fileId: uuidSchema('fileId'),
    text: z.string().optional(),
    inReplyToMessageId: z.uuid().optional(),
  }),
  ...speakingFields,
})

type FileMessage = z.infer<typeof messageEntryPart>['message']

const megabyte = 1024 * 1024

/** A file from the end user, one for each call (`enhanced-chat-api.md` §2.11). */
export const fileOperations: Operation[] = [
  {
    operationId: 'sendFile',
    method: 'POST',
    path: '/iamessage/api/v2/conversation/{conversationId}/file',
    act: authorised(sendFile),
  },
]

async function sendFile(call: Call, caller: Caller): Promise<Response> {
  const { world } = call
  read(conversationIdSchema, call.params.conversationId)
  const parts = await partsOf(call.request)
  const { message, ...opening } = read(messageEntryPart, await jsonOf(parts.get('messageEntry')))
  const file = parts.get('fileData')
  if (!(file instanceof File)) throw badRequest('Specify fileData with a file name')
  checkDeployment(world, opening.esDeveloperName)
  const conversation = openConversation(call, caller)
  checkFile(world, file)
  admitMessage(world, conversation)
  if (isNew(world, conversation, message.id)) {
    const bytes = new Uint8Array(await file.arrayBuffer())
    const stored = { name: file.name, mimeType: typeOf(file), bytes }
    speak(world, conversation, {
      opening,
      store: () => store(world, conversation, { message, file: stored }),
      reply: () => answerFile(world, conversation, { messageId: message.id, name: stored.name }),
    })
  }
  return accepted(world, message.id)
}

async function partsOf(request: Request): Promise<FormData> {
  try {
    return await request.formData()
  } catch {
    throw badRequest('The body is not multipart/form-data')
  }
}

async function jsonOf(part: File | string | null): Promise<unknown> {
  if (part === null) throw badRequest('Specify messageEntry')
  try {
    return JSON.parse(typeof part === 'string' ? part : await part.text())
  } catch {
    throw badRequest('messageEntry is not JSON')
  }
}

/** Whether the channel takes files, and this one; the status for "takes none" is inferred. */
function checkFile({ deployment, switches }: World, file: File): void {
  const { attachments } = deployment
  if (!attachments?.endUserToAgent) throw new Refusal(403, 'File attachments are not enabled')
  const maximum = (attachments.maxFileSize ?? 5) * megabyte
  if (file.size > maximum) throw new Refusal(413, `The file is larger than ${maximum} bytes`)
  if (switches.refusedFileTypes.includes(typeOf(file))) {
    throw new Refusal(415, `Files of type ${typeOf(file)} are not allowed`)
  }
}

const typeOf = ({ type }: File) => type.split(';')[0] || 'application/octet-stream'

function store(
  world: World,
  conversation: Conversation,
  sent: { message: FileMessage; file: StoredFile },
): void {
  const { message, file } = sent
  const { id, inReplyToMessageId = null, text = null } = message
  const { name, mimeType } = file
  const attachments = [attachment({ ...keepFile(world, file), name, mimeType })]
  const body = staticMessage({ formatType: 'Attachments', text, attachments })
  record(
    world,
    conversation,
    messageEntry(conversation.visitor, { ...body, id, inReplyToMessageId }),
  )
}
