import { randomUUID } from 'node:crypto'
import type { MessageBody } from '../entries.js'

/** Composes a message; `filesUrl` is where the sandbox serves its sample files. */
export type MessageFactory = (filesUrl: string) => MessageBody

/**
 * Creates the title of an item (`enhanced-chat-api.md` §3.5); empty lines are null, as the service
 * sends them.
 */
export function titleItem(title: string, subTitle: string | null = null) {
  return {
    itemType: 'TitleItem',
    title,
    subTitle,
    secondarySubTitle: null,
    tertiarySubTitle: null,
    referenceId: null,
  }
}

/** Creates an option to choose; its identifier is valid for this one message. */
export function optionItem(title: string, subTitle: string | null = null) {
  return {
    itemType: 'TitleOptionItem',
    optionIdentifier: randomUUID(),
    optionId: null,
    titleItem: titleItem(title, subTitle),
  }
}

/** Creates a link; the client opens it, and nothing is posted (§5). */
export function linkItem(title: string, url: string) {
  return { itemType: 'TitleLinkItem', titleItem: titleItem(title), url }
}

/** Creates a picture that the sandbox serves. */
export function imageAsset(filesUrl: string, description: string) {
  return {
    assetType: 'ImageAsset',
    id: randomUUID(),
    mimeType: 'image/png',
    assetUrl: `${filesUrl}/sample/harbor.png`,
    description,
  }
}

/** Composes a StaticContentMessage with this content. */
export const staticMessage = (staticContent: Record<string, unknown>): MessageBody => ({
  messageType: 'StaticContentMessage',
  staticContent,
})

/** Composes a ChoicesMessage with these choices. */
export const choicesMessage = (choices: Record<string, unknown>): MessageBody => ({
  messageType: 'ChoicesMessage',
  choices,
})
