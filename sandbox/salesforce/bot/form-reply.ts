import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import type { Conversation } from '../conversation.js'
import { stateAt } from '../conversation-state.js'
import { type MessageBody, messageEntry } from '../entries.js'
import { automatedProcess } from '../participants.js'
import { addEntries, type ScriptStep } from '../script.js'
import type { VisitorForm } from '../visitor-message.js'
import { addText } from './texts.js'

const formSchema = z.object({
  abstractMessage: z.object({
    id: z.string(),
    form: z.object({
      sections: z.array(
        z.object({
          input: z.object({
            id: z.string(),
            required: z.boolean().nullish(),
            label: z.object({ title: z.string() }).nullish(),
          }),
        }),
      ),
    }),
  }),
})

/** Adds the service's result for the form (`enhanced-chat-api.md` §5) and the bot's or agent's reply. */
export function replyToForm(step: ScriptStep, message: VisitorForm): void {
  const { sandbox, conversation, happensAt } = step
  const missing = missingInputs(conversation, message)
  const result = formResult(message.id, missing)
  addEntries(step, messageEntry(automatedProcess(sandbox.deployment.orgId), result))
  const { responder } = stateAt(conversation, happensAt)
  const count = message.formResponse.inputValues.length
  const confirmation = `Thank you, I have your form with ${count} ${count === 1 ? 'answer' : 'answers'}.`
  const missingText = `Your form is not complete: ${missing.join(', ')}.`
  if (responder) addText(step, responder, missing.length === 0 ? confirmation : missingText)
}

/** Returns the titles of the required inputs without an answer; none for an unknown form. */
function missingInputs({ entryLog }: Conversation, message: VisitorForm): string[] {
  const form = entryLog
    .map(({ entry }) => formSchema.safeParse(entry.entryPayload).data?.abstractMessage)
    .find((candidate) => candidate?.id === message.inReplyToMessageId)?.form
  const answered = new Set(message.formResponse.inputValues.map(({ inputId }) => inputId))
  return (form?.sections ?? [])
    .map(({ input }) => input)
    .filter(({ id, required }) => required && !answered.has(id))
    .map(({ id, label }) => label?.title ?? id)
}

/**
 * Creates the service's answer to a filled-in form (`enhanced-chat-api.md` §3.5): stored, or the
 * missing fields.
 */
function formResult(inReplyToMessageId: string, missing: readonly string[]): MessageBody {
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
