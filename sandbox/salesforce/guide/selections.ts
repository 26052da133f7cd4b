import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import type { Conversation } from '../conversation.js'
import { badRequest } from '../http-error.js'
import { titleItem } from '../messages/items.js'
import type { SandboxState } from '../sandbox-state.js'
import type { VisitorMessage } from '../visitor-message.js'
import { toGuideContent } from './content.js'
import type { GuideVisitorMessage } from './requests.js'

const items = z.array(z.object({ itemId: z.string() }))
const offerSchema = z.object({
  abstractMessage: z
    .looseObject({ id: z.string(), messageType: z.string() })
    .transform((message) => ({ id: message.id, content: toGuideContent(message) })),
})
const itemsSchema = z.union([
  z
    .object({ quickReplies: z.object({ replies: items }) })
    .transform((value) => value.quickReplies.replies),
  z
    .object({ listPicker: z.object({ options: items }) })
    .transform((value) => value.listPicker.options),
])

/**
 * Maps a message of the guide to the one of Enhanced Chat, which the bot and the lists understand.
 */
export function toVisitorMessage(
  sandbox: SandboxState,
  conversation: Conversation,
  sent: GuideVisitorMessage,
): VisitorMessage {
  const id = randomUUID()
  if (sent.messageType === 'StaticContentMessage') return { ...sent, id }
  const { itemId, title } = sent.quickReplySelection
  const offerId = offeringMessageId(conversation, itemId)
  if (!offerId && sandbox.switches.strict) throw badRequest('Nobody offered this itemId')
  return {
    messageType: 'ChoicesResponseMessage',
    id,
    inReplyToMessageId: offerId ?? randomUUID(),
    choicesResponse: {
      formatType: 'Selections',
      selectedOptions: [{ optionIdentifier: itemId, optionTitle: titleItem(title) }],
    },
  }
}

/** Returns the id of the message that offered an item; undefined when none did. */
function offeringMessageId({ entryLog }: Conversation, itemId: string): string | undefined {
  return entryLog
    .map(({ entry }) => offerSchema.safeParse(entry.entryPayload).data?.abstractMessage)
    .find((message) => itemsIn(message?.content).some((item) => item.itemId === itemId))?.id
}

const itemsIn = (content: unknown) => itemsSchema.safeParse(content).data ?? []
