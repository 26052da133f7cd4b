import { stateAt } from './conversation-state.js'
import {
  participantEntry,
  queuePositionEntry,
  routingResultEntry,
  routingWorkEntry,
  textEntry,
} from './entries.js'
import { cancelAfter } from './entry-log.js'
import { type NamedParticipant, transferAgent } from './participants.js'
import { addEntries, type ScriptStep, stepLater } from './script.js'

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

/** From one agent to another by way of a queue; each of three steps takes a while. */
export function transfer(step: ScriptStep, agent: NamedParticipant = transferAgent): void {
  agentLeaves(step)
  const { conversation } = step
  const work = { sessionId: conversation.session.id, routingType: 'Transfer' as const }
  addEntries(step, routingWorkEntry('Assigned', work), queuePositionEntry(2))
  addEntries(stepLater(step), queuePositionEntry(1))
  addEntries(
    stepLater(step, 2),
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
