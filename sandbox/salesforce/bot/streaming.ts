import * as z from 'zod'
import { messageEntry } from '../entries.js'
import { newMessageId } from '../message-ids.js'
import { text } from '../messages/texts.js'
import type { NamedParticipant } from '../participants.js'
import { addEntries, addSignals, type ScriptStep, timestampOf } from '../script.js'
import { tokenEntry, tokenVerdictEntry } from '../signals.js'

/** Parses a text that comes in pieces before its message does. */
export const streamedTextSchema = z.strictObject({
  /** Are the pieces in the order of the text; they are numbered from 1. */
  pieces: z.array(z.string()).min(1),
  order: z.enum(['inOrder', 'shuffled']).default('inOrder'),
  /** Is the verdict after the last piece; null when none comes. */
  isValid: z.boolean().nullable().default(null),
  /** Is the text of the message; by default that of all pieces. */
  finalText: z.string().optional(),
})

/** Describes a streamed text as a test or the script writes it. */
export type StreamedText = z.input<typeof streamedTextSchema>

/**
 * Streams a text in pieces, half a delay of the bot apart, and writes the message behind them. Each
 * pair of shuffled pieces comes in reverse.
 * @returns the id of the message
 */
export function streamText(
  step: ScriptStep,
  author: NamedParticipant,
  streamed: StreamedText,
): string {
  const { sandbox, happensAt } = step
  const { pieces, order, isValid, finalText } = streamedTextSchema.parse(streamed)
  const messageId = newMessageId(sandbox, author, timestampOf(step))
  const at = (index: number): ScriptStep => ({
    ...step,
    happensAt: happensAt + Math.floor((index * sandbox.switches.botDelayMs) / 2),
  })
  const placeOf = (sequenceNumber: number, place: ScriptStep) => ({
    messageId,
    sequenceNumber,
    timestamp: timestampOf(place),
  })
  numbered(pieces, order).forEach(({ piece, sequenceNumber }, index) => {
    const moment = at(index)
    addSignals(moment, tokenEntry(author, placeOf(sequenceNumber, moment), piece))
  })
  const end = at(pieces.length)
  if (isValid !== null) {
    addSignals(end, tokenVerdictEntry(author, placeOf(pieces.length + 1, end), isValid))
  }
  addEntries(end, messageEntry(author, { ...text(finalText ?? pieces.join('')), id: messageId }))
  return messageId
}

/** Returns the pieces with their numbers, in the order in which they come. */
function numbered(pieces: readonly string[], order: 'inOrder' | 'shuffled') {
  const inOrder = pieces.map((piece, index) => ({ piece, sequenceNumber: index + 1 }))
  if (order === 'inOrder') return inOrder
  return inOrder.map((piece, index) => inOrder[index ^ 1] ?? piece)
}
