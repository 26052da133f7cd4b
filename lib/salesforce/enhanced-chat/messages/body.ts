/** What the readers of message bodies have in common. */
import type { Without } from '../../../contract/common.js'
import type { EntryMessage } from '../../../polling/entries.js'

/** What a body becomes; the entry around it adds the rest. */
export type Body = Without<
  EntryMessage,
  'id' | 'sender' | 'timestamp' | 'inReplyToMessageId' | 'reason'
>

/** Makes a foreign text plain; how depends on who wrote it. */
export type Clean = (text: string) => string

/** Reads one format of one message type; null when there is nothing in it that can be shown. */
export type ReadBody = (content: unknown, clean: Clean) => Body | null
