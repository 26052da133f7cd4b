import type { Actor } from '../actors.js'
import { messageEntry } from '../entries.js'
import { filesUrl } from '../files.js'
import { nobodyIsFree, transfer } from '../handover.js'
import { samples } from '../messages/index.js'
import type { Compose } from '../messages/items.js'
import { text } from '../messages/texts.js'
import { agentJoins, enact, endSession, type Scene, timestampOf } from '../scenes.js'
import { staffEntries } from '../staff.js'
import { burst, say } from './speech.js'

/** What whoever serves does in a scene. */
export type Act = (scene: Scene, serving: Actor) => void

const farewells: Record<string, Act> = { bye: leave, end: leave }

/** Words that agents understand; they echo all others. */
const agentWords: Record<string, Act> = { ...farewells, transfer: (scene) => transfer(scene) }

/** Words that the bot understands. */
const botWords: Record<string, Act> = {
  ...farewells,
  help: (scene, serving) => say(scene, serving, `I know: ${Object.keys(botWords).join(', ')}.`),
  burst: (scene, serving) => burst(scene, serving, 20),
  slow: (scene, serving) =>
    say({ ...scene, happensAt: Date.now() + 5_000 }, serving, 'That took me five seconds.'),
  agent: (scene) => agentJoins(scene),
  transfer: (scene) => transfer(scene),
  busy: nobodyIsFree,
  auto: (scene, serving) =>
    enact(scene, messageEntry(serving, text('We are here from six to six.'), 'AutomatedResponse')),
  staff: (scene, serving) => {
    enact(scene, ...staffEntries(scene.conversation.id, timestampOf(scene)))
    say(
      scene,
      serving,
      'The staff have written a note, raised a flag and consulted: you saw nothing.',
    )
  },
  ...Object.fromEntries(
    Object.entries(samples).map(([word, composers]) => [word, send(composers)]),
  ),
}

/** What a word makes whoever serves do; undefined for a word that is none. */
export function actOf(word: string, serving: Actor): Act | undefined {
  const words = serving.participant.role === 'Chatbot' ? botWords : agentWords
  const known = word.trim().toLowerCase()
  return Object.hasOwn(words, known) ? words[known] : undefined
}

function send(composers: readonly Compose[]): Act {
  return (scene, serving) => {
    const url = filesUrl(scene.world)
    enact(scene, ...composers.map((compose) => messageEntry(serving, compose(url))))
  }
}

function leave(scene: Scene, serving: Actor): void {
  endSession(scene, serving.participant.role)
}
