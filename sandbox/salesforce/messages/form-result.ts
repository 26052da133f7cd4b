import { randomUUID } from 'node:crypto'
import type { MessageBody } from '../entries.js'

/**
 * Creates the service's answer to a filled-in form (`enhanced-chat-api.md` §3.5): stored, or the
 * missing fields.
 */
export function formResult(inReplyToMessageId: string, missing: readonly string[]): MessageBody {
  const result = missing.length === 0 ? stored() : refused(missing)
  return {
    messageType: 'FormResponseMessage',
    inReplyToMessageId,
    formResponse: { formatType: 'Result', result },
  }
}

const stored = () => ({
  resultType: 'FormRecordsResult',
  records: [{ recordReferenceId: randomUUID(), isCreated: true, resultMessage: 'Booking noted' }],
})

const refused = (missing: readonly string[]) => ({
  resultType: 'FormErrorResult',
  errors: missing.map((label) => ({
    errorType: 'InvalidFormResponse',
    errorMessage: `${label} is required`,
    errorCode: null,
  })),
})
