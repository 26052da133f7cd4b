import * as z from 'zod'
import { automatedProcess } from '../actors.js'
import { messageEntry } from '../entries.js'
import type { Conversation } from '../ledger.js'
import { formResult } from '../messages/form-result.js'
import { enact, type Scene } from '../scenes.js'
import { stateAt } from '../state.js'
import type { VisitorForm } from '../visitor-message.js'
import { say } from './speech.js'

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

/** The service says what became of the form (`enhanced-chat-api.md` §5), and whoever serves says thanks. */
export function answerForm(scene: Scene, message: VisitorForm): void {
  const { world, conversation, happensAt } = scene
  const missing = missingInputs(conversation, message)
  const result = formResult(message.id, missing)
  enact(scene, messageEntry(automatedProcess(world.deployment.orgId), result))
  const { serving } = stateAt(conversation, happensAt)
  const count = message.formResponse.inputValues.length
  const thanks = `Thank you, I have your form with ${count} ${count === 1 ? 'answer' : 'answers'}.`
  const complaint = `Your form is not complete: ${missing.join(', ')}.`
  if (serving) say(scene, serving, missing.length === 0 ? thanks : complaint)
}

/** Titles of the required inputs that were left out; none for a form that nobody sent. */
function missingInputs({ ledger }: Conversation, message: VisitorForm): string[] {
  const form = ledger
    .map(({ entry }) => formSchema.safeParse(entry.entryPayload).data?.abstractMessage)
    .find((candidate) => candidate?.id === message.inReplyToMessageId)?.form
  const answered = new Set(message.formResponse.inputValues.map(({ inputId }) => inputId))
  return (form?.sections ?? [])
    .map(({ input }) => input)
    .filter(({ id, required }) => required && !answered.has(id))
    .map(({ id, label }) => label?.title ?? id)
}
