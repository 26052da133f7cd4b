/** An own message as it is shown until its echo comes. */
import type { ChatMessage } from './snapshot.js'
import type { Said } from './wire.js'

/** What is said, or a file with what is said of it. */
export type Saying = Said | { file: File; text?: string | undefined }

function contentOf(said: Saying) {
  if ('file' in said) {
    const { file, text } = said
    const attachment = { id: '', name: file.name, mimeType: file.type, url: '' }
    return {
      messageType: 'AttachmentMessage' as const,
      attachments: [attachment],
      text: text ?? file.name,
    }
  }
  if ('selections' in said) {
    const selections = said.selections.map(({ itemId, title = '' }) => ({ itemId, title }))
    return { ...said, selections, text: selections.map(({ title }) => title).join(', ') }
  }
  if ('values' in said) {
    const text = said.values.map(({ title, value }) => String(title ?? value)).join(', ')
    return { ...said, text }
  }
  return {
    messageType: 'StaticContentMessage' as const,
    staticContent: { formatType: 'Text' as const, text: said.text },
    text: said.text,
  }
}

/** The message with the id it is sent by. */
export function localMessage(id: string, conversationId: string, said: Saying): ChatMessage {
  return {
    id,
    conversationId,
    sender: { role: 'EndUser', displayName: null },
    timestamp: new Date().toISOString(),
    ...contentOf(said),
    delivery: 'sending',
  }
}
