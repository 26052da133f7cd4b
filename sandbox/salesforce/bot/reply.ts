import type { Conversation } from '../conversation.js'
import { stateAt } from '../conversation-state.js'
import type { SandboxState } from '../sandbox-state.js'
import { addSignals, type ScriptStep, stepAfterDelay, stepNow, timestampOf } from '../script.js'
import { receiptEntry, typingEntry } from '../signals.js'
import { textOf, type VisitorMessage } from '../visitor-message.js'
import { actionFor, type BotAction } from './commands.js'
import { replyToForm } from './form-reply.js'
import { addText } from './texts.js'

/** Answers the visitor by the bot or agent then in charge; without one, there is no answer. */
export function replyToMessage(
  sandbox: SandboxState,
  conversation: Conversation,
  message: VisitorMessage,
): void {
  const step = stepAfterDelay(sandbox, conversation)
  const { responder } = stateAt(conversation, step.happensAt)
  if (!responder) return
  addReceiptsAndTyping(step, message.id)
  const action: BotAction = actionFor(textOf(message), responder) ?? replyActionFor(message)
  action(step, responder)
}

/** Answers a file of the visitor in the same way. */
export function replyToFile(
  sandbox: SandboxState,
  conversation: Conversation,
  file: { messageId: string; name: string },
): void {
  const step = stepAfterDelay(sandbox, conversation)
  const { responder } = stateAt(conversation, step.happensAt)
  if (!responder) return
  addReceiptsAndTyping(step, file.messageId)
  addText(step, responder, `I have your file “${file.name}”.`)
}

/** Shows both receipts and typing at once, by the bot or agent now in charge, on streams only. */
function addReceiptsAndTyping(step: ScriptStep, messageId: string): void {
  const now = stepNow(step.sandbox, step.conversation)
  const { responder } = stateAt(step.conversation, now.happensAt)
  if (!responder) return
  const receipt = { messageId, timestamp: timestampOf(now) }
  addSignals(
    now,
    receiptEntry(responder, 'Delivery', receipt),
    receiptEntry(responder, 'Read', receipt),
    typingEntry(responder, 'Started', timestampOf(now)),
  )
  addSignals(step, typingEntry(responder, 'Stopped', timestampOf(step)))
}

function replyActionFor(message: VisitorMessage): BotAction {
  switch (message.messageType) {
    case 'FormResponseMessage':
      return (step) => replyToForm(step, message)
    case 'ChoicesResponseMessage':
      return (step, responder) => addText(step, responder, `You chose “${textOf(message)}”.`)
    case 'StaticContentMessage':
      return (step, responder) =>
        addText(step, responder, `You said “${textOf(message)}”. Is there more I can do?`)
  }
}
