import { assistant, dana } from './actors.js'
import { burst } from './bot/speech.js'
import { agentLeaves, transfer } from './handover.js'
import { type InjectionInput, inject, injectionSchema } from './injection.js'
import type { Conversation, LedgerEntry } from './ledger.js'
import { agentJoins, endSession, hint, sceneNow, timestampOf } from './scenes.js'
import { typingEntry } from './signals.js'
import { stateAt } from './state.js'
import { needConversation, type World } from './world.js'

/** Whoever serves, or else Dana, begins or stops typing; only streams tell. */
export function agentTypes(
  world: World,
  conversation: Conversation,
  state: 'Started' | 'Stopped',
): void {
  const scene = sceneNow(world, conversation)
  const author = stateAt(conversation, scene.happensAt).serving ?? dana
  hint(scene, typingEntry(author, state, timestampOf(scene)))
}

/** Whoever serves, or else the bot, says this many things at once. */
export function burstNow(world: World, conversation: Conversation, count: number): void {
  const scene = sceneNow(world, conversation)
  burst(scene, stateAt(conversation, scene.happensAt).serving ?? assistant, count)
}

/** What a test makes agents do, by the id of a conversation; a TypeError for one that is not there. */
export function createVerbs(world: World) {
  const find = (conversationId: string) => needConversation(world, conversationId)
  const now = (conversationId: string) => sceneNow(world, find(conversationId))
  return {
    /** All that is stored of a conversation, what has yet to happen included. */
    conversation: find,

    /** Writes entries into a conversation as if somebody else had. */
    inject: (conversationId: string, entries: InjectionInput[]): LedgerEntry[] =>
      inject(
        world,
        find(conversationId),
        entries.map((entry) => injectionSchema.parse(entry)),
      ),

    /** Hands the conversation to Dana, now. */
    agentJoins: (conversationId: string): void => agentJoins(now(conversationId)),

    /** Whoever serves leaves, now, and the visitor waits in a queue. */
    agentLeaves: (conversationId: string): void => agentLeaves(now(conversationId)),

    /** Hands the conversation to Lee by way of a queue: three steps, `botDelayMs` apart. */
    transfer: (conversationId: string): void => transfer(now(conversationId)),

    /** Ends the messaging session, now, by this role. */
    endSession: (conversationId: string, endedByRole: string): void =>
      endSession(now(conversationId), endedByRole),

    /** Whoever serves begins or stops typing; only streams tell. */
    agentTypes: (conversationId: string, state: 'Started' | 'Stopped' = 'Started'): void =>
      agentTypes(world, find(conversationId), state),

    /** Whoever serves says this many things at once, four in each millisecond. */
    burst: (conversationId: string, count = 20): void =>
      burstNow(world, find(conversationId), count),
  }
}
