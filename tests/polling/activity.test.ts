import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import {
  type ActivityState,
  applyEvent,
  dropListed,
  initialActivity,
  toActivity,
} from '../../lib/polling/activity.js'
import type { ConversationEvent, StreamedToken, TypingEvent } from '../../lib/polling/events.js'

const bot = { role: 'Chatbot', displayName: 'Harbor Assistant' } as const
const dana = { role: 'Agent', displayName: 'Dana' } as const

function typing(isTyping: boolean, who: Partial<TypingEvent> = {}): ConversationEvent {
  return { kind: 'typing', isTyping, subject: 'bot', ...bot, ...who }
}

function token(sequenceNumber: number, text: string, more: Partial<StreamedToken> = {}) {
  const place = { messageId: 'm1', turnId: 't1', batchNumber: 1, sequenceNumber }
  return { kind: 'token', ...place, text, ...more } as const
}

function invalid(messageId: string): ConversationEvent {
  return { kind: 'tokensInvalid', messageId }
}

function fold(...events: readonly ConversationEvent[]): ActivityState {
  return events.reduce(applyEvent, initialActivity)
}

function partialOf(...events: readonly ConversationEvent[]) {
  return toActivity(fold(...events)).partial
}

describe('typing', () => {
  it('shows each participant once, from when they begin until they stop', () => {
    const agent = { subject: 'dana', ...dana }
    expect(toActivity(fold(typing(true), typing(true, agent), typing(true))).typing).toEqual([
      bot,
      dana,
    ])
    expect(
      toActivity(fold(typing(true), typing(true, agent), typing(false), typing(false))).typing,
    ).toEqual([dana])
  })

  it('tells two participants of one name apart by their subjects', () => {
    const state = fold(typing(true), typing(true, { subject: 'other' }), typing(false))
    expect(toActivity(state).typing).toEqual([bot])
  })

  it('of a sender ends with the message of that sender', () => {
    const agent = { subject: 'dana', ...dana }
    const state = dropListed(fold(typing(true), typing(true, agent)), [{ id: 'm1', sender: bot }])
    expect(toActivity(state).typing).toEqual([dana])
  })
})

describe('progress and queue position', () => {
  it('are the latest that events named', () => {
    const state = fold(
      { kind: 'progress', text: 'Looking' },
      { kind: 'queuePosition', position: 3 },
      { kind: 'progress', text: 'Writing' },
      { kind: 'queuePosition', position: 2 },
    )
    expect(toActivity(state)).toMatchObject({ progress: 'Writing', queuePosition: 2 })
  })

  it('progress ends with a message, but not with one of the visitor', () => {
    const state = fold({ kind: 'progress', text: 'Looking' })
    const visitor = { role: 'EndUser', displayName: 'Guest' } as const
    expect(toActivity(dropListed(state, [{ id: 'v', sender: visitor }])).progress).toBe('Looking')
    expect(toActivity(dropListed(state, [{ id: 'm', sender: bot }])).progress).toBeNull()
  })
})

describe('the streamed beginning of a message', () => {
  it('is the text of its tokens, with the numbers of the first and the last', () => {
    expect(partialOf(token(1, 'We '), token(2, 'are '), token(3, 'open'))).toEqual({
      messageId: 'm1',
      from: 1,
      to: 3,
      text: 'We are open',
    })
  })

  it('begins where the call began to hear', () => {
    expect(partialOf(token(7, 'open'), token(8, '.'))).toMatchObject({ from: 7, to: 8 })
  })

  it('holds a token back until its predecessor is there', () => {
    const early = [token(1, 'We '), token(3, 'open')]
    expect(partialOf(...early)).toMatchObject({ to: 1, text: 'We ' })
    expect(partialOf(...early, token(2, 'are '))).toMatchObject({ to: 3, text: 'We are open' })
  })

  it('goes on over the approval of a batch, and into the next batch', () => {
    const approval = token(2, '')
    const next = token(3, 'open', { batchNumber: 2 })
    expect(partialOf(token(1, 'We are '), approval, next)).toMatchObject({ text: 'We are open' })
    expect(partialOf(approval, token(2, 'b'), token(1, 'a'))).toMatchObject({ text: 'ab' })
    expect(partialOf(token(1, 'a'), token(2, 'b'), approval)).toMatchObject({ text: 'ab' })
  })

  it.each([
    ['in order', [0, 1, 2, 3, 4]],
    ['backwards', [4, 3, 2, 1, 0]],
  ])('ends before a batch that gives its numbers again, heard %s', (_order, order) => {
    const second = { batchNumber: 2 }
    const tokens = [token(1, 'a'), token(2, 'b'), token(1, 'x', second), token(2, 'y', second)]
    const all = [...tokens, token(3, 'z', second)]
    const heard = order.flatMap((index) => all[index] ?? [])
    expect(partialOf(...heard)).toMatchObject({ to: 2, text: 'ab' })
  })

  it('is of the newest message, and a straggler of an older one changes nothing', () => {
    const other = { messageId: 'm2' }
    expect(partialOf(token(1, 'old'), token(1, 'new', other), token(2, ' straggler'))).toEqual({
      messageId: 'm2',
      from: 1,
      to: 1,
      text: 'new',
    })
  })

  it('begins again in another turn of the bot', () => {
    const again = { turnId: 't2' }
    expect(partialOf(token(1, 'first'), token(1, 'second', again), token(2, ' try'))).toMatchObject(
      {
        text: 'second',
      },
    )
  })

  it('ends with its message in the list, whatever tokens still come', () => {
    const state = dropListed(fold(token(1, 'We ')), [{ id: 'm1', sender: bot }])
    expect(toActivity(state).partial).toBeNull()
    expect(toActivity(applyEvent(state, token(2, 'are'))).partial).toBeNull()
  })

  it('stays while the list shows other messages', () => {
    const state = dropListed(fold(token(1, 'We ')), [{ id: 'm0', sender: bot }])
    expect(toActivity(state).partial).toMatchObject({ text: 'We ' })
  })

  it.each(['{ "response": [', ' {"type"'])('is not shown when it is JSON: %s', (text) => {
    expect(partialOf(token(1, text), token(2, 'more'))).toBeNull()
  })
})

describe('a text that Salesforce takes back', () => {
  const takenBack = { messageId: 'm1', invalid: true }

  it('is invalid, before and after its tokens', () => {
    expect(partialOf(token(1, 'We '), invalid('m1'))).toEqual(takenBack)
    expect(partialOf(invalid('m1'), token(1, 'We '))).toEqual(takenBack)
    expect(partialOf(invalid('m1'))).toEqual(takenBack)
  })

  it('gives way to the next message, and leaves one alone that followed already', () => {
    const next = token(1, 'Next', { messageId: 'm2' })
    expect(partialOf(token(1, 'We '), invalid('m1'), next)).toMatchObject({ text: 'Next' })
    expect(partialOf(token(1, 'We '), next, invalid('m1'))).toMatchObject({ text: 'Next' })
    const listed = dropListed(fold(invalid('m1'), next), [{ id: 'm2', sender: bot }])
    expect(toActivity(listed).partial).toBeNull()
  })

  it('is forgotten with its message in the list', () => {
    const state = dropListed(fold(invalid('m1')), [{ id: 'm1', sender: bot }])
    expect(toActivity(state).partial).toBeNull()
    expect(toActivity(applyEvent(state, invalid('m1'))).partial).toBeNull()
  })
})

describe('a change of activity', () => {
  it.each<[string, ConversationEvent[], ConversationEvent, boolean]>([
    ['a token', [token(1, 'We ')], token(2, 'are'), true],
    ['a token heard before', [token(1, 'We ')], token(1, 'We '), false],
    ['a token that waits for another', [token(1, 'We ')], token(3, 'open'), false],
    ['somebody who stops', [typing(true)], typing(false), true],
    ['somebody who goes on', [typing(true)], typing(true), false],
    ['a text taken back', [token(1, 'We ')], invalid('m1'), true],
    ['the list', [typing(true)], { kind: 'listChanged' }, false],
  ])('by %s', (_what, before, event, expected) => {
    const state = fold(...before)
    const after = applyEvent(state, event)
    expect(isDeepStrictEqual(toActivity(state), toActivity(after))).toBe(!expected)
  })
})
