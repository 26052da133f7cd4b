/** Checks that a partial answer is the beginning of the message, whatever of its stream is heard. */
import * as fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { createActivity } from '../../client/core/activity.js'
import type { PollReply } from '../../client/core/index.js'

const reply = (partial: NonNullable<PollReply['activity']>['partial']): PollReply => ({
  ...{ messages: [], cursor: 'c', hasMore: false, before: null, pollAfterMs: 0, waitSeconds: 25 },
  activity: { typing: [], progress: null, queuePosition: null, partial },
  conversation: {
    ...{ id: 'c', status: 'open', handledBy: 'bot', participants: [], endedBy: null },
    ...{ estimatedWaitSeconds: null, expiresAt: null },
  },
})

const token = fc.string({ maxLength: 3 })
/** A run of tokens that a call heard, as shares of all tokens; of one of two messages. */
const run = fc.record({
  id: fc.constantFrom('one', 'two'),
  from: fc.double({ min: 0, max: 1, noNaN: true }),
  to: fc.double({ min: 0, max: 1, noNaN: true }),
  invalid: fc.boolean(),
})

it('a partial answer is always the beginning of its message', () => {
  fc.assert(
    fc.property(
      fc.array(token, { minLength: 1, maxLength: 12 }),
      fc.array(run, { maxLength: 20 }),
      (tokens, runs) => {
        vi.useFakeTimers()
        const activity = createActivity(() => {})
        try {
          for (const { id: messageId, from, to, invalid } of runs) {
            const start = Math.floor(from * (tokens.length - 1))
            const end = start + Math.floor(to * (tokens.length - 1 - start))
            const text = tokens.slice(start, end + 1).join('')
            const partial = { messageId, from: start + 1, to: end + 1, text }
            const heard = invalid && end > start ? { messageId, invalid: true as const } : partial
            const shown = activity.hear(reply(heard), [], new Map())?.partial
            if (shown) expect(tokens.join('').startsWith(shown.text)).toBe(true)
          }
        } finally {
          activity.clear()
          vi.useRealTimers()
        }
      },
    ),
  )
})
