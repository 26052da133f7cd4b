import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import type { Salesforce } from '../../sandbox/salesforce/index.js'
import { baseUrl } from './salesforce-visitor.js'

const envelopeSchema = z.object({
  conversationId: z.string(),
  conversationEntry: z.looseObject({
    identifier: z.string(),
    entryType: z.string(),
    entryPayload: z.string(),
    senderDisplayName: z.string(),
  }),
})

/** Opens the stream of a token in process. */
export function openEvents(
  salesforce: Salesforce,
  token: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  const all = { authorization: `Bearer ${token}`, 'x-org-id': salesforce.orgId, ...headers }
  return salesforce.handle(new Request(`${baseUrl}/eventrouter/v1/sse?_ts=1`, { headers: all }))
}

/** Reads a stream as it comes; `frames` and `raw` grow while somebody waits. */
export function readStream({ body }: Response) {
  if (!body) throw new TypeError('The answer has no body')
  const reader = body.getReader()
  const decoder = new TextDecoder()
  const received = { raw: '', hasEnded: false }
  const reading = (async () => {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) break
      received.raw += decoder.decode(value, { stream: true })
    }
    received.hasEnded = true
  })().catch(() => undefined)
  return {
    received,
    events: () => framesOf(received.raw).filter(({ event }) => event !== 'ping'),
    frames: () => framesOf(received.raw),
    /** Waits long enough for all earlier events to arrive. */
    settle: () => sleep(80),
    async close() {
      await reader.cancel()
      await reading
    },
  }
}

export type Frame = ReturnType<typeof framesOf>[number]

function framesOf(raw: string) {
  return raw
    .split('\n\n')
    .filter((frame) => frame.includes('event: '))
    .map((frame) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(frame)?.[1] ?? ''
      return { id: Number(field('id')), event: field('event'), data: field('data') }
    })
}

/** Returns the envelope of an event with its payload parsed. */
export function unwrap({ data }: Frame) {
  const envelope = envelopeSchema.parse(JSON.parse(data))
  return { ...envelope, payload: JSON.parse(envelope.conversationEntry.entryPayload) }
}
