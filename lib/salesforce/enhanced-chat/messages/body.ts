/** Types that the readers of message bodies share. */
import type { CleanText, MessageBody } from '../../bodies.js'

export type { CleanText as Clean, MessageBody as Body } from '../../bodies.js'

/** Reads one format of one message type; null when there is nothing in it that can be shown. */
export type ReadBody = (content: unknown, clean: CleanText) => MessageBody | null
