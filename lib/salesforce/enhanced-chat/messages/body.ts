/** What the readers of message bodies have in common. */
import type { Body, Clean } from '../../bodies.js'

export type { Body, Clean } from '../../bodies.js'

/** Reads one format of one message type; null when there is nothing in it that can be shown. */
export type ReadBody = (content: unknown, clean: Clean) => Body | null
