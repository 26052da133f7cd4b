import { type Actor, assistant, dana } from './actors.js'
import {
  closeConversationEntry,
  type Draft,
  participantEntry,
  routingResultEntry,
  routingWorkEntry,
  sessionStatusEntry,
  textEntry,
} from './entries.js'
import { type Conversation, cancelAfter, record, signal } from './ledger.js'
import { stateAt } from './state.js'
import { newRecordId, salesforceNow, type World } from './world.js'

/** A conversation with the world it is in, at a moment on our clock when something happens. */
export type Scene = { world: World; conversation: Conversation; happensAt: number }

/** Now, in this conversation. */
export function sceneNow(world: World, conversation: Conversation): Scene {
  return { world, conversation, happensAt: Date.now() }
}

/** The same, after the time that a bot or agent takes to act. */
export function sceneSoon(world: World, conversation: Conversation): Scene {
  return { world, conversation, happensAt: Date.now() + world.switches.botDelayMs }
}

/** Writes entries that all happen in the scene's millisecond. */
export function enact({ world, conversation, happensAt }: Scene, ...drafts: Draft[]): void {
  for (const draft of drafts) record(world, conversation, draft, { happensAt })
}

/** The same scene some steps later; a step is the time that a bot or agent takes to act. */
export function later(scene: Scene, steps = 1): Scene {
  return { ...scene, happensAt: scene.happensAt + steps * scene.world.switches.botDelayMs }
}

/** The scene's moment on Salesforce's clock. */
export const timestampOf = ({ world, happensAt }: Scene) => happensAt + world.switches.clockSkewMs

/** Tells the visitor's streams what no list shows. */
export function hint({ world, conversation, happensAt }: Scene, ...drafts: Draft[]): void {
  for (const draft of drafts) signal(world, conversation, draft, happensAt)
}

/** Routes a new messaging session to the bot, who joins and greets (`enhanced-chat-api.md` §3.6). */
export function openSession(world: World, conversation: Conversation): void {
  const sessionId = newRecordId(world, '0Mw')
  conversation.session = { id: sessionId, startTimestamp: salesforceNow(world) }
  enact(
    sceneNow(world, conversation),
    routingResultEntry('Initial', sessionId),
    routingWorkEntry('Assigned', { sessionId, routingType: 'Initial' }),
  )
  const soon = sceneSoon(world, conversation)
  enact(
    soon,
    sessionStatus(soon, { sessionStatusPrev: 'Waiting', sessionStatus: 'Active' }),
    participantEntry('add', assistant),
    textEntry(assistant, 'Hello, I am the Harbor Assistant. How can I help you?'),
  )
}

/** Hands the conversation over: whoever serves leaves and says no more, an agent joins and says hello. */
export function agentJoins(scene: Scene, agent: Actor = dana): void {
  cancelAfter(scene.world, scene.conversation, scene.happensAt)
  const { serving } = stateAt(scene.conversation, scene.happensAt)
  const sessionId = scene.conversation.session.id
  const work = { sessionId, routingType: 'Transfer' as const }
  enact(
    scene,
    routingResultEntry('Transfer', sessionId),
    ...(serving ? [participantEntry('remove', serving)] : []),
    routingWorkEntry('Assigned', work),
    routingWorkEntry('Accepted', work),
    participantEntry('add', agent),
    textEntry(agent, `Hello, this is ${agent.displayName}. How can I help you?`),
  )
}

/** Ends the messaging session by this role; what was still to happen in it does not. */
export function endSession(scene: Scene, endedByRole: string): void {
  const { conversation, happensAt } = scene
  cancelAfter(scene.world, conversation, happensAt)
  const { serving } = stateAt(conversation, happensAt)
  if (serving) enact(scene, participantEntry('remove', serving))
  enact(
    scene,
    sessionStatus(scene, {
      sessionStatusPrev: 'Active',
      sessionStatus: 'Ended',
      sessionEndTime: timestampOf(scene),
      sessionEndedByRole: endedByRole,
    }),
  )
}

/** The visitor closes the conversation: the session ends, and nothing follows (§2.14). */
export function closeConversation(scene: Scene): void {
  const { world, conversation, happensAt } = scene
  conversation.endTimestamp = timestampOf(scene)
  if (stateAt(conversation, happensAt).hasSession) endSession(scene, 'EndUser')
  const tell = world.switches.listsCloseConversation ? enact : hint
  tell(scene, closeConversationEntry(conversation.visitor, conversation.id))
}

function sessionStatus(
  { world, conversation }: Scene,
  change: {
    sessionStatusPrev: string
    sessionStatus: string
    sessionEndTime?: number
    sessionEndedByRole?: string
  },
): Draft {
  return sessionStatusEntry({
    conversationIdentifier: conversation.id,
    channelAddressIdentifier: world.deployment.channelAddressIdentifier,
    sessionId: conversation.session.id,
    sessionStartTime: conversation.session.startTimestamp,
    sessionEndTime: null,
    sessionEndedByRole: null,
    ...change,
  })
}
