import { textEntry } from '../entries.js'
import type { NamedParticipant } from '../participants.js'
import { addEntries, addSignals, type ScriptStep, timestampOf } from '../script.js'
import { progressEntry } from '../signals.js'

/** Adds a text of the bot or agent in charge. */
export function addText(step: ScriptStep, responder: NamedParticipant, text: string): void {
  addEntries(step, textEntry(responder, text))
}

/** Adds many messages, four in each millisecond. */
export function addBurst(step: ScriptStep, responder: NamedParticipant, count: number): void {
  for (let index = 0; index < count; index += 1) {
    const happensAt = step.happensAt + Math.floor(index / 4)
    addText({ ...step, happensAt }, responder, `Message ${index + 1} of ${count}`)
  }
}

/** Shows what the bot is doing, on streams only. */
export function addProgress(step: ScriptStep, responder: NamedParticipant, text: string): void {
  addSignals(step, progressEntry(responder, text, timestampOf(step)))
}
