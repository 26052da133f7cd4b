import type { Conversation } from '../ledger.js'
import { hint, type Scene, sceneNow, sceneSoon, timestampOf } from '../scenes.js'
import { receiptEntry, typingEntry } from '../signals.js'
import { stateAt } from '../state.js'
import { type VisitorMessage, wordsOf } from '../visitor-message.js'
import type { World } from '../world.js'
import { answerForm } from './form-answer.js'
import { say } from './speech.js'
import { type Act, actOf } from './words.js'

/** Lets whoever serves by then answer the visitor; nobody answers when nobody is there. */
export function answer(world: World, conversation: Conversation, message: VisitorMessage): void {
  const scene = sceneSoon(world, conversation)
  const { serving } = stateAt(conversation, scene.happensAt)
  if (!serving) return
  showAttention(scene, message.id)
  const act: Act = actOf(wordsOf(message), serving) ?? replyTo(message)
  act(scene, serving)
}

/** The same for a file. */
export function answerFile(
  world: World,
  conversation: Conversation,
  file: { messageId: string; name: string },
): void {
  const scene = sceneSoon(world, conversation)
  const { serving } = stateAt(conversation, scene.happensAt)
  if (!serving) return
  showAttention(scene, file.messageId)
  say(scene, serving, `I have your file “${file.name}”.`)
}

/** Received, read and typing: who is there already shows it at once, on streams only. */
function showAttention(scene: Scene, messageId: string): void {
  const now = sceneNow(scene.world, scene.conversation)
  const { serving } = stateAt(scene.conversation, now.happensAt)
  if (!serving) return
  const receipt = { messageId, timestamp: timestampOf(now) }
  hint(
    now,
    receiptEntry(serving, 'Delivery', receipt),
    receiptEntry(serving, 'Read', receipt),
    typingEntry(serving, 'Started', timestampOf(now)),
  )
  hint(scene, typingEntry(serving, 'Stopped', timestampOf(scene)))
}

function replyTo(message: VisitorMessage): Act {
  switch (message.messageType) {
    case 'FormResponseMessage':
      return (scene) => answerForm(scene, message)
    case 'ChoicesResponseMessage':
      return (scene, serving) => say(scene, serving, `You chose “${wordsOf(message)}”.`)
    case 'StaticContentMessage':
      return (scene, serving) =>
        say(scene, serving, `You said “${wordsOf(message)}”. Is there more I can do?`)
  }
}
