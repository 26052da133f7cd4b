import * as z from 'zod'
import { answer } from '../bot/answer.js'
import { messageEntry, richLinkEntry } from '../entries.js'
import { type Conversation, record } from '../ledger.js'
import { splitAtUrl } from '../links.js'
import type { Caller } from '../tokens.js'
import { conversationIdSchema } from '../uuid.js'
import { type VisitorMessage, visitorMessageSchema } from '../visitor-message.js'
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

const sendRequest = z.object({ message: visitorMessageSchema, ...speakingFields })

/** What the end user says (`enhanced-chat-api.md` §2.10). */
export const messageOperations: Operation[] = [
  {
    operationId: 'sendMessage',
    method: 'POST',
    path: '/iamessage/api/v2/conversation/{conversationId}/message',
    act: authorised(send),
  },
]

function send(call: Call, caller: Caller): Response {
  const { world } = call
  read(conversationIdSchema, call.params.conversationId)
  const { message, ...opening } = read(sendRequest, call.body)
  checkDeployment(world, opening.esDeveloperName)
  const conversation = openConversation(call, caller)
  admitMessage(world, conversation)
  if (isNew(world, conversation, message.id)) {
    speak(world, conversation, {
      opening,
      store: () => store(world, conversation, message),
      reply: () => answer(world, conversation, message),
    })
  }
  return accepted(world, message.id)
}

/** A link at an edge of a text becomes an entry of its own, with an id the sender did not choose. */
function store(world: World, conversation: Conversation, message: VisitorMessage): void {
  const { visitor } = conversation
  if (message.messageType !== 'StaticContentMessage') {
    record(world, conversation, messageEntry(visitor, message))
    return
  }
  const { text, url } = splitAtUrl(message.staticContent.text)
  const staticContent = { ...message.staticContent, text }
  record(world, conversation, messageEntry(visitor, { ...message, staticContent }))
  if (url) record(world, conversation, richLinkEntry(visitor, url))
}
