import fc from 'fast-check'
import { expect, it } from 'vitest'
import { toEvent } from '../../lib/salesforce/enhanced-chat/events.js'

const conversationId = '7c1e9f52-3d0b-4a7e-9b55-0e6f2a1c8d44'
const kinds = ['listChanged', 'typing', 'progress', 'queuePosition', 'token', 'tokensInvalid']

/** Generates part of what is expected, or anything in its place. */
const odd = <T>(expected: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: expected }, { weight: 1, arbitrary: fc.jsonValue() })

const payload = fc.record({
  position: odd(fc.integer()),
  progressIndicator: odd(
    fc.record({ progressMessage: odd(fc.record({ text: odd(fc.string()) })) }),
  ),
  streamingToken: odd(
    fc.record({
      targetMessageIdentifier: odd(fc.string()),
      sequenceNumber: odd(fc.integer()),
      batchNumber: odd(fc.integer()),
      turnId: odd(fc.string()),
      token: odd(fc.record({ text: odd(fc.string()) })),
      valid: odd(fc.boolean()),
    }),
  ),
})

const data = fc
  .record({
    conversationId: odd(fc.constant(conversationId)),
    conversationEntry: odd(
      fc.record({
        entryType: odd(
          fc.constantFrom(
            'Message',
            'TypingStartedIndicator',
            'ProgressIndicator',
            'QueuePosition',
            'StreamingToken',
          ),
        ),
        senderDisplayName: odd(fc.string()),
        sender: odd(
          fc.record({ role: odd(fc.constantFrom('Chatbot', 'Agent')), subject: odd(fc.string()) }),
        ),
        entryPayload: odd(
          fc.oneof(
            payload,
            payload.map((it) => JSON.stringify(it)),
          ),
        ),
      }),
    ),
  })
  .map((it) => JSON.stringify(it))

it('whatever Salesforce sends is an event of a known kind or none, and never an error', () => {
  fc.assert(
    fc.property(fc.oneof(data, fc.string(), fc.json()), (text) => {
      const event = toEvent(text, conversationId, 0)
      if (event) expect(kinds).toContain(event.kind)
    }),
    { numRuns: 1000 },
  )
})
