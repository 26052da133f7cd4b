import * as z from 'zod'
import { answer } from '../bot.js'
import { messageEntry, richLinkEntry } from '../entries.js'
import { type Conversation, record } from '../ledger.js'
import { admit } from '../limits.js'
import { splitAtUrl } from '../links.js'
import { Refusal } from '../refusal.js'
import { openSession } from '../scenes.js'
import { stateAt } from '../state.js'
import type { Caller } from '../tokens.js'
import { salesforceNow, type World } from '../world.js'
import {
  authorised,
  type Call,
  checkDeployment,
  conversationIdSchema,
  type Operation,
  openConversation,
  read,
  uuidSchema,
} from './operation.js'

const id = uuidSchema('message id')
const reply = { id, inReplyToMessageId: z.uuid() }

/** What end users may send (§2.10); fields we do not know are echoed with the rest. */
const messageSchema = z.discriminatedUnion('messageType', [
  z.looseObject({
    messageType: z.literal('StaticContentMessage'),
    id,
    inReplyToMessageId: z.uuid().optional(),
    staticContent: z.looseObject({ formatType: z.literal('Text'), text: z.string().min(1) }),
  }),
  z.looseObject({
    messageType: z.literal('ChoicesResponseMessage'),
    ...reply,
    choicesResponse: z.looseObject({
      formatType: z.literal('Selections'),
      selectedOptions: z.array(z.looseObject({ optionIdentifier: z.string() })).min(1),
    }),
  }),
  z.looseObject({
    messageType: z.literal('FormResponseMessage'),
    ...reply,
    formResponse: z.looseObject({
      formatType: z.literal('Inputs'),
      inputValues: z.array(z.looseObject({ inputValueType: z.string(), inputId: z.string() })),
    }),
  }),
])

const sendRequest = z.object({
  message: messageSchema,
  esDeveloperName: z.string(),
  isNewMessagingSession: z.boolean().default(false),
  routingAttributes: z.record(z.string(), z.string()).nullish(),
  language: z.string().optional(),
})

type SendRequest = z.infer<typeof sendRequest>

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
  const request = read(sendRequest, call.body)
  checkDeployment(world, request.esDeveloperName)
  const conversation = openConversation(call, caller)
  admit(world, {
    key: `messages ${conversation.id}`,
    allowance: world.switches.limits.messagesPerMinute,
    windowMs: 60_000,
  })
  const { message } = request
  if (world.switches.storesDuplicates || !isKnown(conversation, message.id)) {
    accept(world, conversation, request)
  }
  const accepted = { id: message.id, clientTimestamp: salesforceNow(world) }
  return Response.json({ conversationEntries: [accepted] }, { status: 202 })
}

function isKnown({ ledger }: Conversation, identifier: string): boolean {
  return ledger.some(({ entry }) => entry.identifier === identifier)
}

/** Stores the message, opens a session when none runs, and lets somebody answer. */
function accept(world: World, conversation: Conversation, request: SendRequest): void {
  const { hasSession } = stateAt(conversation, Date.now())
  if (!hasSession) checkPreChat(world, request)
  store(world, conversation, request.message)
  if (!hasSession) {
    conversation.routingAttributes = request.routingAttributes ?? conversation.routingAttributes
    conversation.language = request.language ?? conversation.language
    openSession(world, conversation)
  }
  answer(world, conversation, spokenText(request.message))
}

/** Pre-chat for each session: the form must be answered before a new one (§2.10, 417). */
function checkPreChat({ deployment }: World, { isNewMessagingSession }: SendRequest): void {
  const isPerSession = deployment.forms[0]?.displayContext === 'Session'
  if (!isPerSession || isNewMessagingSession) return
  throw new Refusal(417, 'No messaging session exists: pre-chat is needed for a new one')
}

/** A link at an edge of a text becomes an entry of its own, with an id the sender did not choose. */
function store(world: World, conversation: Conversation, message: SendRequest['message']): void {
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

/** What the bot hears. */
function spokenText(message: SendRequest['message']): string {
  switch (message.messageType) {
    case 'StaticContentMessage':
      return message.staticContent.text
    case 'ChoicesResponseMessage':
      return message.choicesResponse.selectedOptions.map(optionTitle).join(', ')
    case 'FormResponseMessage':
      return 'a filled-in form'
  }
}

const optionSchema = z.object({ optionTitle: z.object({ title: z.string() }) })

function optionTitle(option: { optionIdentifier: string }): string {
  return optionSchema.safeParse(option).data?.optionTitle.title ?? option.optionIdentifier
}
