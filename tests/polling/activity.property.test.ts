import fc from 'fast-check'
import { expect, it } from 'vitest'
import { applyEvent, initialActivity, toActivity } from '../../lib/polling/activity.js'
import type { ConversationEvent, StreamedToken } from '../../lib/polling/events.js'

/** A message as Salesforce streams it: a first number of its own, and tokens in one or more batches. */
type Streamed = { messageId: string; first: number; texts: string[]; batchSize: number }

const streamed = (messageId: string): fc.Arbitrary<Streamed> =>
  fc.record({
    messageId: fc.constant(messageId),
    first: fc.integer({ min: 0, max: 5 }),
    // A letter of its own in each message, so that no text can be taken for that of another.
    texts: fc.array(
      fc.integer({ min: 0, max: 99 }).map((n) => `${messageId}${n} `),
      {
        minLength: 1,
        maxLength: 12,
      },
    ),
    batchSize: fc.integer({ min: 1, max: 4 }),
  })

function tokensOf({ messageId, first, texts, batchSize }: Streamed): StreamedToken[] {
  return texts.map((text, index) => ({
    kind: 'token',
    messageId,
    turnId: null,
    batchNumber: Math.floor(index / batchSize),
    sequenceNumber: first + index,
    text,
  }))
}

/** Generates one or more of the events, in any order, some of them more than once. */
function heard<T>(events: readonly T[]): fc.Arbitrary<T[]> {
  const some = fc.subarray([...events, ...events], { minLength: 1 })
  return some.chain((kept) => fc.shuffledSubarray(kept, { minLength: kept.length }))
}

function partialOf(events: readonly ConversationEvent[]) {
  return toActivity(events.reduce(applyEvent, initialActivity)).partial
}

/** Returns the text of the tokens `from` to `to` of a message. */
function textBetween({ first, texts }: Streamed, from: number, to: number): string {
  return texts.slice(from - first, to - first + 1).join('')
}

it('any order, doubling and loss of tokens gives the run from the first heard to the first lost', () => {
  const cases = streamed('a').chain((message) =>
    heard(tokensOf(message)).map((tokens) => ({ message, tokens })),
  )
  fc.assert(
    fc.property(cases, ({ message, tokens }) => {
      const partial = partialOf(tokens)
      const numbers = new Set(tokens.map(({ sequenceNumber }) => sequenceNumber))
      const from = Math.min(...numbers)
      let to = from
      while (numbers.has(to + 1)) to += 1
      const text = textBetween(message, from, to)
      expect(partial).toEqual({ messageId: 'a', from, to, text })
    }),
  )
})

it('a partial text never holds a token of another message', () => {
  const messages = fc.tuple(streamed('a'), streamed('b'))
  const cases = messages.chain((both) =>
    heard(both.flatMap(tokensOf)).map((tokens) => ({ both, tokens })),
  )
  fc.assert(
    fc.property(cases, ({ both, tokens }) => {
      const partial = partialOf(tokens)
      if (!partial || 'invalid' in partial) throw new Error('No text is shown')
      const { messageId, from, to, text } = partial
      const message = both.find((each) => each.messageId === messageId)
      expect(message && textBetween(message, from, to)).toBe(text)
    }),
  )
})

it('a text that was taken back is never shown, wherever its tokens come', () => {
  const cases = streamed('a').chain((message) => {
    const events: ConversationEvent[] = tokensOf(message)
    const invalid: ConversationEvent = { kind: 'tokensInvalid', messageId: 'a' }
    return heard(events).chain((some) =>
      fc.shuffledSubarray([...some, invalid], { minLength: some.length + 1 }),
    )
  })
  fc.assert(
    fc.property(cases, (events) => {
      expect(partialOf(events)).toEqual({ messageId: 'a', invalid: true })
    }),
  )
})
