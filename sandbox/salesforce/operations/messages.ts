import * as z from 'zod'
import { replyToMessage } from '../bot/reply.js'
import type { Conversation } from '../conversation.js'
import { messageEntry, richLinkEntry } from '../entries.js'
import { addEntry } from '../entry-log.js'
import { badRequest } from '../http-error.js'
import type { SandboxState } from '../sandbox-state.js'
import type { Caller } from '../tokens.js'
import { conversationIdSchema } from '../uuid.js'
import { type VisitorMessage, visitorMessageSchema } from '../visitor-message.js'
import {
  authorised,
  type Call,
  callersOpenConversation,
  checkDeployment,
  type Operation,
  parseRequest,
} from './operation.js'
import { acceptedResponse, deliver, isNewMessage, limitMessages, sessionFields } from './sending.js'

/** Is seen in errors of real organisations; how they count astral characters is not known. */
const maxTextLength = 4_000

const sendRequest = z.object({ message: visitorMessageSchema, ...sessionFields })

const endsWithUrl = /^(?:(?<text>[\s\S]*)\s)?(?<url>https?:\/\/\S+)$/
const startsWithUrl = /^(?<url>https?:\/\/\S+)\s(?<text>[\s\S]*)$/

/** Accepts the end user's messages (`enhanced-chat-api.md` §2.10). */
export const messageOperations: Operation[] = [
  {
    operationId: 'sendMessage',
    method: 'POST',
    path: '/iamessage/api/v2/conversation/{conversationId}/message',
    handler: authorised(send),
  },
]

function send(call: Call, caller: Caller): Response {
  const { sandbox } = call
  parseRequest(conversationIdSchema, call.params.conversationId)
  const { message, ...sessionOptions } = parseRequest(sendRequest, call.body)
  checkDeployment(sandbox, sessionOptions.esDeveloperName)
  checkLength(message)
  const conversation = callersOpenConversation(call, caller)
  limitMessages(sandbox, conversation)
  if (isNewMessage(sandbox, conversation, message.id)) {
    deliver(sandbox, conversation, {
      sessionOptions,
      store: () => store(sandbox, conversation, message),
      reply: () => replyToMessage(sandbox, conversation, message),
    })
  }
  return acceptedResponse(sandbox, message.id)
}

/** Stores a link at an edge of a text as a separate entry, with an id the sender did not choose. */
function store(sandbox: SandboxState, conversation: Conversation, message: VisitorMessage): void {
  const { visitor } = conversation
  if (message.messageType !== 'StaticContentMessage') {
    addEntry(sandbox, conversation, messageEntry(visitor, message))
    return
  }
  const { text, url } = splitAtUrl(message.staticContent.text)
  const staticContent = { ...message.staticContent, text }
  addEntry(sandbox, conversation, messageEntry(visitor, { ...message, staticContent }))
  if (url) addEntry(sandbox, conversation, richLinkEntry(visitor, url))
}

/**
 * Splits a text that starts or ends with a URL, as the service does (`enhanced-chat-api.md` §2.10).
 * A text that is nothing but a URL keeps it, so that the caller's id still has a text (inferred).
 */
function splitAtUrl(text: string): { text: string; url: string | null } {
  const groups = (endsWithUrl.exec(text.trim()) ?? startsWithUrl.exec(text.trim()))?.groups
  if (!groups) return { text, url: null }
  const { text: rest = '', url = '' } = groups
  return { text: rest.trim() || url, url }
}

/**
 * Checks that a text has at most 4,000 characters.
 * @throws {HttpError} 400
 */
function checkLength(message: VisitorMessage): void {
  if (message.messageType !== 'StaticContentMessage') return
  if ([...message.staticContent.text].length <= maxTextLength) return
  throw badRequest(`The text exceeds the maximum length of ${maxTextLength} characters`)
}
