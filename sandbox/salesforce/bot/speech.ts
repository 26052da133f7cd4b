import type { Actor } from '../actors.js'
import { textEntry } from '../entries.js'
import { enact, type Scene } from '../scenes.js'

/** A text from whoever serves. */
export function say(scene: Scene, serving: Actor, words: string): void {
  enact(scene, textEntry(serving, words))
}

/** Many messages, four in each millisecond. */
export function burst(scene: Scene, serving: Actor, count: number): void {
  for (let index = 0; index < count; index += 1) {
    const happensAt = scene.happensAt + Math.floor(index / 4)
    say({ ...scene, happensAt }, serving, `Message ${index + 1} of ${count}`)
  }
}
