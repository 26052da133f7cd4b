import type { Actor } from './actors.js'
import { textEntry } from './entries.js'
import type { Conversation } from './ledger.js'
import { agentJoins, enact, endSession, type Scene, sceneSoon } from './scenes.js'
import { stateAt } from './state.js'
import type { World } from './world.js'

type Act = (scene: Scene, serving: Actor) => void

/** Words that whoever serves understands. */
const commonWords: Record<string, Act> = { bye: leave, end: leave }

/** Words that only the bot knows. */
const botWords: Record<string, Act> = {
  ...commonWords,
  help: (scene, serving) => say(scene, serving, `I know: ${Object.keys(botWords).join(', ')}.`),
  burst,
  slow: (scene, serving) =>
    say({ ...scene, happensAt: Date.now() + 5_000 }, serving, 'That took me five seconds.'),
  agent: (scene) => agentJoins(scene),
}

/** Lets whoever serves by then answer what the visitor said; nobody answers when nobody is there. */
export function answer(world: World, conversation: Conversation, text: string): void {
  const scene = sceneSoon(world, conversation)
  const { serving } = stateAt(conversation, scene.happensAt)
  if (!serving) return
  const words = serving.participant.role === 'Chatbot' ? botWords : commonWords
  const act = words[text.trim().toLowerCase()] ?? echo(text)
  act(scene, serving)
}

function say(scene: Scene, serving: Actor, text: string): void {
  enact(scene, textEntry(serving, text))
}

function echo(text: string): Act {
  return (scene, serving) => say(scene, serving, `You said “${text}”. Is there more I can do?`)
}

/** Twenty messages, four in each millisecond. */
function burst(scene: Scene, serving: Actor): void {
  for (let index = 0; index < 20; index += 1) {
    const happensAt = scene.happensAt + Math.floor(index / 4)
    say({ ...scene, happensAt }, serving, `Message ${index + 1} of 20`)
  }
}

function leave(scene: Scene, serving: Actor): void {
  endSession(scene, serving.participant.role)
}
