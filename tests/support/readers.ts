/** Checks what several readers of one conversation got. */
import { expect } from 'vitest'
import type { Frontend } from './frontend.js'
import type { TestGateway } from './gateway.js'
import type { SimulatedTime } from './simulated-time.js'

/** Minutes within which every reader must have got everything after the last message. */
const patienceMinutes = 10

/** Returns the ids of all messages that Salesforce lists, sorted. */
export function listedIds({ salesforce }: TestGateway, conversationId: string): string[] {
  const { entryLog } = salesforce.conversation(conversationId)
  return entryLog
    .filter(({ entry }) => entry.entryType === 'Message')
    .map(({ entry }) => entry.identifier)
    .sort()
}

/** Lets readers poll until each of them has everything, and expects that each got it once. */
export async function expectEachOnce(
  time: SimulatedTime,
  readers: readonly Frontend[],
  listed: readonly string[],
): Promise<void> {
  const idsOf = ({ arrivals }: Frontend) =>
    arrivals
      .map(({ id }) => id)
      .filter((id) => listed.includes(id))
      .sort()
  const until = Date.now() + patienceMinutes * 60_000
  for (let isComplete = false; !isComplete && Date.now() < until; ) {
    await time.sleep(1000)
    isComplete = true
    for (const reader of readers) {
      if (idsOf(reader).length >= listed.length) reader.stop()
      else isComplete = false
    }
  }
  for (const reader of readers) reader.stop()
  for (const reader of readers) expect(idsOf(reader)).toEqual(listed)
}
