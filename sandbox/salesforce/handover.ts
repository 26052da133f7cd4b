import { stateAt } from './conversation-state.js'
import { participantEntry, routingResultEntry, routingWorkEntry, textEntry } from './entries.js'
import { cancelAfter } from './entry-log.js'
import { whisperEntry } from './internal-entries.js'
import { type NamedParticipant, supervisor, transferAgent } from './participants.js'
import {
  addEntries,
  addSignals,
  type ScriptStep,
  sessionStatus,
  stepLater,
  timestampOf,
} from './script.js'
import { queuePositionEntry } from './signals.js'

const estimatedWaitSeconds = 120

/** Removes the bot or agent in charge, and queues the visitor (`enhanced-chat-api.md` §3.6). */
export function agentLeaves(step: ScriptStep): void {
  const { sandbox, conversation, happensAt } = step
  cancelAfter(sandbox, conversation, happensAt)
  const { responder } = stateAt(conversation, happensAt)
  const estimatedWaitTime = {
    estimatedWaitTimeInSeconds: estimatedWaitSeconds,
    isEWTRequested: true,
  }
  addEntries(
    step,
    routingResultEntry('Transfer', conversation.session.id, { estimatedWaitTime }),
    ...(responder ? [participantEntry('remove', responder)] : []),
  )
}

/**
 * Transfers the visitor to an agent by way of a queue, in steps with a delay between them: one for
 * each place in the queue, and one in which the agent joins. No list shows the places.
 */
export function transfer(
  step: ScriptStep,
  agent: NamedParticipant = transferAgent,
  firstPlace = 2,
): void {
  agentLeaves(step)
  const { conversation } = step
  const work = { sessionId: conversation.session.id, routingType: 'Transfer' as const }
  addEntries(step, routingWorkEntry('Assigned', work))
  for (let place = firstPlace; place > 0; place -= 1) {
    addSignals(stepLater(step, firstPlace - place), queuePositionEntry(place))
  }
  addEntries(
    stepLater(step, firstPlace),
    routingWorkEntry('Accepted', work),
    participantEntry('add', agent),
    textEntry(agent, `Hello, this is ${agent.displayName}. I have read what was said so far.`),
  )
}

/** Fails the attempt to hand over; the bot or agent in charge stays (§3.4a). */
export function transferFails(step: ScriptStep, responder: NamedParticipant): void {
  addEntries(
    step,
    routingResultEntry('Transfer', step.conversation.session.id, {
      failureType: 'RoutingError',
      failureReason: 'No_Agent',
      errorMessages: ['no one is available'],
    }),
    textEntry(responder, 'Nobody is free right now. Can I help instead?'),
  )
}

/**
 * Fails the attempt to hand over as a routing result tells it that names a reason, but no type of
 * failure.
 */
export function nobodyIsThere(step: ScriptStep, responder: NamedParticipant): void {
  addEntries(
    step,
    routingResultEntry('Transfer', step.conversation.session.id, {
      failureType: undefined,
      failureReason: 'No_Agent',
    }),
    textEntry(responder, 'Nobody is there. You reach us at +49 40 123456.'),
  )
}

/** Removes the bot or agent in charge, the only sign that the session is over. */
export function responderVanishes(step: ScriptStep): void {
  const { sandbox, conversation, happensAt } = step
  cancelAfter(sandbox, conversation, happensAt)
  const { responder } = stateAt(conversation, happensAt)
  if (responder) addEntries(step, participantEntry('remove', responder))
}

/**
 * Lets a supervisor join, whisper to the staff and leave; the session is listed as ended by the
 * supervisor, and goes on.
 */
export function supervisorVisits(step: ScriptStep): void {
  addEntries(
    step,
    participantEntry('add', supervisor),
    whisperEntry(supervisor, 'Offer the visitor a berth'),
    participantEntry('remove', supervisor),
    sessionStatus(step, {
      sessionStatusPrev: 'Active',
      sessionStatus: 'Ended',
      sessionEndTime: timestampOf(step),
      sessionEndedByRole: 'Supervisor',
    }),
  )
}
