/** Writes into conversations as an agent does, and keeps when polls returned what was written. */
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'

/** Is the mean pause between two messages of one agent. */
const pauseMs = 10_000

const injected = z.array(z.object({ visibleAt: z.number() }))

/** Acts again and again until `endsAt`, with pauses of half to one and a half of the mean. */
export async function actUntil(
  endsAt: number,
  meanPauseMs: number,
  act: (number: number) => Promise<void>,
): Promise<void> {
  await sleep(Math.random() * meanPauseMs)
  for (let number = 1; Date.now() < endsAt; number++) {
    await act(number)
    await sleep(Math.min(meanPauseMs * (0.5 + Math.random()), Math.max(0, endsAt - Date.now())))
  }
}

/** Creates the agents of all conversations of this Salesforce. */
export function createAgents(salesforceUrl: string) {
  const visible = new Map<string, number>()
  const received = new Map<string, number[]>()

  async function write(conversationId: string, text: string): Promise<void> {
    const url = `${salesforceUrl}/__sandbox/conversations/${conversationId}/entries`
    const body = JSON.stringify({ entries: [{ text, from: 'Agent' }] })
    const [entry] = injected.parse(await (await fetch(url, { method: 'POST', body })).json())
    if (entry) visible.set(text, entry.visibleAt)
  }

  return {
    /** Writes into a conversation until `endsAt`. */
    writeUntil: (endsAt: number, conversationId: string): Promise<void> =>
      actUntil(endsAt, pauseMs, (number) => write(conversationId, `${conversationId} ${number}`)),
    /** Keeps that a page shows these texts now, `at` epoch milliseconds. */
    receive(texts: readonly string[], at: number): void {
      for (const text of texts) received.set(text, [...(received.get(text) ?? []), at])
    },
    /** Waits until all that was written is received, at most so many milliseconds. */
    async settle(graceMs: number): Promise<void> {
      const areAllReceived = () => [...visible.keys()].every((text) => received.has(text))
      for (const endsAt = Date.now() + graceMs; Date.now() < endsAt; await sleep(50)) {
        if (areAllReceived()) return
      }
    },
    /** Returns the delays of all messages in milliseconds, and how many were lost and doubled. */
    outcome() {
      const moments = [...visible].map(([text, at]) => ({ at, receipts: received.get(text) ?? [] }))
      return {
        delays: moments.flatMap(({ at, receipts: [first] }) => (first ? [first - at] : [])),
        lost: moments.filter(({ receipts }) => receipts.length === 0).length,
        doubled: moments.filter(({ receipts }) => receipts.length > 1).length,
      }
    },
  }
}
