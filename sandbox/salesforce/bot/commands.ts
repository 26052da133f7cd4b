import { messageEntry } from '../entries.js'
import { filesUrl } from '../files.js'
import {
  nobodyIsThere,
  responderVanishes,
  supervisorVisits,
  transfer,
  transferFails,
} from '../handover.js'
import { internalEntries } from '../internal-entries.js'
import { samples } from '../messages/index.js'
import type { MessageFactory } from '../messages/items.js'
import { text } from '../messages/texts.js'
import { automatedProcess, type NamedParticipant, router, transferAgent } from '../participants.js'
import {
  addEntries,
  agentJoins,
  endSession,
  type ScriptStep,
  stepLater,
  timestampOf,
} from '../script.js'
import { streamText } from './streaming.js'
import { addBurst, addProgress, addText } from './texts.js'

/** Acts for the bot, or for the agent in charge, in one step of a script. */
export type BotAction = (step: ScriptStep, responder: NamedParticipant) => void

/** Is how long the hours of the channel are over after the word `closed`. */
const closedForMs = 60_000

const harbourText = ['The harbour ', 'opens at six. ', 'Pilots are ', 'on duty ', 'all night.']

const endCommands: Record<string, BotAction> = {
  bye: endByResponder,
  end: endByResponder,
  vanish: (step) => responderVanishes(step),
}

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
  queue: (step) => transfer(step, transferAgent, 3),
  busy: transferFails,
  nobody: nobodyIsThere,
  supervisor: (step, responder) => {
    supervisorVisits(step)
    addText(step, responder, 'A supervisor was here, and has left: you saw nothing.')
  },
  system: (step) => addText(step, automatedProcess(orgOf(step)), 'Sorry, that did not work.'),
  router: (step) => addText(step, router(orgOf(step)), 'We look for somebody who can help.'),
  progress: (step, responder) => {
    addProgress(step, responder, 'Looking up your berth')
    addProgress(stepLater(step, 2), responder, 'Asking the pilots')
    addText(stepLater(step, 4), responder, 'Berth 7 is free at 15:30.')
  },
  stream: (step, responder) => {
    streamText(step, responder, { pieces: harbourText, isValid: true })
  },
  shuffled: (step, responder) => {
    streamText(step, responder, { pieces: harbourText, order: 'shuffled' })
  },
  invalid: (step, responder) => {
    streamText(step, responder, {
      pieces: harbourText,
      isValid: false,
      finalText: 'I cannot answer that.',
    })
  },
  closed: (step, responder) => {
    closeChannel(step)
    addText(step, responder, 'We close for a minute. Whoever comes meanwhile is turned away.')
  },
  prechat: askBeforeNextChat,
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

const orgOf = ({ sandbox }: ScriptStep) => sandbox.deployment.orgId

/** Switches the form before each conversation on, or off again. */
function askBeforeNextChat(step: ScriptStep, responder: NamedParticipant): void {
  const { switches } = step.sandbox
  const isAsked = switches.preChat === null
  switches.preChat = isAsked ? 'conversation' : null
  addText(step, responder, isAsked ? 'The next chat begins with a form.' : 'No form comes first.')
}

/** Ends the channel's hours; the next ones begin in a minute, and last a day. */
function closeChannel({ sandbox, happensAt }: ScriptStep): void {
  const startTime = happensAt + closedForMs
  sandbox.switches.businessHours = [{ startTime, endTime: startTime + 24 * 60 * 60_000 }]
}
