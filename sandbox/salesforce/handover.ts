import { type Actor, lee } from './actors.js'
import {
  participantEntry,
  queuePositionEntry,
  routingResultEntry,
  routingWorkEntry,
  textEntry,
} from './entries.js'
import { cancelAfter } from './ledger.js'
import { enact, later, type Scene } from './scenes.js'
import { stateAt } from './state.js'

const estimatedWaitSeconds = 120

/** Whoever serves leaves to hand over, and the visitor waits in a queue (`enhanced-chat-api.md` §3.6). */
export function agentLeaves(scene: Scene): void {
  const { world, conversation, happensAt } = scene
  cancelAfter(world, conversation, happensAt)
  const { serving } = stateAt(conversation, happensAt)
  const estimatedWaitTime = {
    estimatedWaitTimeInSeconds: estimatedWaitSeconds,
    isEWTRequested: true,
  }
  enact(
    scene,
    routingResultEntry('Transfer', conversation.session.id, { estimatedWaitTime }),
    ...(serving ? [participantEntry('remove', serving)] : []),
  )
}

/** From one agent to another by way of a queue; each of three steps takes a while. */
export function transfer(scene: Scene, agent: Actor = lee): void {
  agentLeaves(scene)
  const { conversation } = scene
  const work = { sessionId: conversation.session.id, routingType: 'Transfer' as const }
  enact(scene, routingWorkEntry('Assigned', work), queuePositionEntry(2))
  enact(later(scene), queuePositionEntry(1))
  enact(
    later(scene, 2),
    routingWorkEntry('Accepted', work),
    participantEntry('add', agent),
    textEntry(agent, `Hello, this is ${agent.displayName}. I have read what was said so far.`),
  )
}

/** The attempt to hand over fails, and whoever serves stays (§3.4a). */
export function nobodyIsFree(scene: Scene, serving: Actor): void {
  enact(
    scene,
    routingResultEntry('Transfer', scene.conversation.session.id, {
      failureType: 'RoutingError',
      failureReason: 'No_Agent',
      errorMessages: ['no one is available'],
    }),
    textEntry(serving, 'Nobody is free right now. Can I help instead?'),
  )
}
