import { messageEntry } from '../entries.js'
import { filesUrl } from '../files.js'
import { transfer, transferFails } from '../handover.js'
import { internalEntries } from '../internal-entries.js'
import { samples } from '../messages/index.js'
import type { MessageFactory } from '../messages/items.js'
import { text } from '../messages/texts.js'
import type { NamedParticipant } from '../participants.js'
import { addEntries, agentJoins, endSession, type ScriptStep, timestampOf } from '../script.js'
import { addBurst, addText } from './texts.js'

/** Acts for the bot, or for the agent in charge, in one step of a script. */
export type BotAction = (step: ScriptStep, responder: NamedParticipant) => void

const endCommands: Record<string, BotAction> = { bye: endByResponder, end: endByResponder }

/** Maps the commands that agents understand; they echo all other texts. */
const agentCommands: Record<string, BotAction> = {
  ...endCommands,
  transfer: (step) => transfer(step),
}

/** Maps the commands that the bot understands. */
const botCommands: Record<string, BotAction> = {
  ...endCommands,
  help: (step, responder) =>
    addText(step, responder, `I know: ${Object.keys(botCommands).join(', ')}.`),
  burst: (step, responder) => addBurst(step, responder, 20),
  slow: (step, responder) =>
    addText({ ...step, happensAt: Date.now() + 5_000 }, responder, 'That took me five seconds.'),
  agent: (step) => agentJoins(step),
  transfer: (step) => transfer(step),
  busy: transferFails,
  auto: (step, responder) =>
    addEntries(
      step,
      messageEntry(responder, text('We are here from six to six.'), 'AutomatedResponse'),
    ),
  staff: (step, responder) => {
    addEntries(step, ...internalEntries(step.conversation.id, timestampOf(step)))
    addText(
      step,
      responder,
      'The staff have written a note, raised a flag and consulted: you saw nothing.',
    )
  },
  ...Object.fromEntries(
    Object.entries(samples).map(([name, factories]) => [name, sendSamples(factories)]),
  ),
}

/** Returns the action that a command triggers; undefined for any other text. */
export function actionFor(text: string, responder: NamedParticipant): BotAction | undefined {
  const commands = responder.participant.role === 'Chatbot' ? botCommands : agentCommands
  const name = text.trim().toLowerCase()
  return Object.hasOwn(commands, name) ? commands[name] : undefined
}

function sendSamples(factories: readonly MessageFactory[]): BotAction {
  return (step, responder) => {
    const url = filesUrl(step.sandbox)
    addEntries(step, ...factories.map((create) => messageEntry(responder, create(url))))
  }
}

function endByResponder(step: ScriptStep, responder: NamedParticipant): void {
  endSession(step, responder.participant.role)
}
