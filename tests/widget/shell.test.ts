import { describe, expect, it, vi } from 'vitest'
import { ChatProblem, type ConversationState, type Snapshot } from '../../client/core/index.js'
import { emptySnapshot } from '../../client/core/snapshot.js'
import { initialsOf } from '../../client/widget/shell/avatar.js'
import { isSendKey, measure } from '../../client/widget/shell/draft.js'
import { acceptOf, refusalOf, sizeOf } from '../../client/widget/shell/file-rules.js'
import { directionOf } from '../../client/widget/shell/page.js'
import { reasonOf } from '../../client/widget/shell/reason.js'
import { outcomeOf, statusOf, troubleOf, viewOf } from '../../client/widget/shell/status.js'
import { formatCount } from '../../client/widget/texts/format.js'
import { english, german, japanese, spanish } from '../../client/widget/texts/index.js'
import { withBot, withDana } from './fixtures/conversation.js'
import { hearing } from './fixtures/states.js'

const conversation: ConversationState = {
  ...withDana,
  participants: [...withBot.participants, ...withDana.participants],
}

const problem = (code: ChatProblem['code'], retryAfterMs?: number) =>
  new ChatProblem({ code, retryable: false, retryAfterMs })

const online = (changes: Partial<ConversationState>): Partial<Snapshot> => ({
  connection: 'online',
  conversation: { ...conversation, ...changes },
})

const statuses: [Partial<Snapshot>, string][] = [
  [{}, 'We are here to help'],
  [{ connection: 'connecting' }, 'Connecting…'],
  [online({}), 'Connected to Dana'],
  [online({ handledBy: 'bot' }), 'Connected to Harbor Assistant'],
  [online({ handledBy: 'unknown', participants: [] }), 'Connected'],
  [online({ handledBy: 'queue' }), 'Waiting for an agent'],
  [
    online({ handledBy: 'queue', estimatedWaitSeconds: 130 }),
    'Waiting for an agent, about 2 minutes',
  ],
  [
    { ...online({ handledBy: 'queue' }), ...hearing({ queuePosition: 3 }) },
    'Number 3 in the queue',
  ],
  [
    {
      ...online({ handledBy: 'queue', estimatedWaitSeconds: 130 }),
      ...hearing({ queuePosition: 3 }),
    },
    'Number 3 in the queue, about 2 minutes',
  ],
  [{ ...online({}), ...hearing({ queuePosition: 3 }) }, 'Connected to Dana'],
  [{ ...online({ handledBy: 'bot' }), ...hearing({ queuePosition: 3 }) }, 'Number 3 in the queue'],
  [online({ handledBy: 'none' }), 'Write a message to continue'],
  [{ connection: 'offline' }, 'You are offline'],
  [{ connection: 'retrying' }, 'Connection trouble, trying again'],
  [{ connection: 'retrying', problem: problem('rate_limited') }, 'Very busy, trying again'],
  [{ connection: 'ended' }, 'Chat ended'],
  [{ connection: 'lost' }, 'Chat closed'],
  [{ connection: 'refused' }, 'Chat not available'],
  [
    { connection: 'refused', problem: problem('outside_business_hours') },
    'The chat is closed right now',
  ],
]

it.each(statuses)('says of %j: %s', (snapshot, text) => {
  expect(statusOf({ ...emptySnapshot, ...snapshot }, english, 'en').text).toBe(text)
})

describe('what came of a chat', () => {
  const outcome = (snapshot: Partial<Snapshot>) =>
    outcomeOf({ ...emptySnapshot, ...snapshot }, english, 'en')

  it('is nothing while it goes on', () => {
    expect(outcome(online({}))).toBeNull()
    expect(outcome({ connection: 'retrying' })).toBeNull()
  })

  it('names who ended it', () => {
    const ended = { ...online({ endedBy: 'EndUser' }), connection: 'ended' } as const
    expect(outcome(ended)?.text).toBe('You ended this chat.')
    expect(outcome({ connection: 'ended' })?.text).toBe('This chat has ended.')
  })

  it('tells why a chat is refused', () => {
    const refused = { connection: 'refused', problem: problem('origin_not_allowed') } as const
    expect(outcome(refused)).toEqual({
      text: 'The chat cannot be used on this page.',
      action: 'Try again',
      needsFallback: true,
    })
  })

  it('names the time of opening outside business hours, if it is known and to come', () => {
    vi.useFakeTimers({ now: new Date(2026, 10, 27, 20), toFake: ['Date'] })
    const closed = (opensAt?: string) => {
      const members = { code: 'outside_business_hours', retryable: false } as const
      const problem = new ChatProblem({ ...members, ...(opensAt && { opensAt }) })
      return outcome({ connection: 'refused', problem })
    }
    const at = (day: number) => new Date(2026, 10, day, 8).toISOString()
    expect(closed()).toMatchObject({ title: 'The chat is closed right now', text: '' })
    expect(closed(at(28))?.text).toMatch(/^It opens again: tomorrow, 8:00\sAM$/)
    expect(closed(at(30))?.text).toMatch(/^It opens again: Monday, November 30, 8:00\sAM$/)
    expect(closed(at(26))?.text).toBe('')
    expect(closed('soon')?.text).toBe('')
    expect(closed(at(28))?.needsFallback).toBe(true)
    vi.useRealTimers()
  })
})

describe('a gateway that has not answered yet', () => {
  const trouble = (snapshot: Partial<Snapshot>) =>
    troubleOf({ ...emptySnapshot, ...snapshot }, english)

  it('is told in words, with a way to try again and the fallback', () => {
    const told = { action: 'Try again', needsFallback: true }
    const unreachable = problem('unreachable')
    expect(trouble({ connection: 'retrying', problem: unreachable })).toEqual({
      ...told,
      text: 'The chat does not answer right now.',
    })
    const busy = problem('rate_limited', 1200)
    expect(trouble({ connection: 'retrying', problem: busy })?.text).toContain('in 2 s')
    expect(trouble({ connection: 'offline', problem: unreachable })?.text).toBe('You are offline')
  })

  it('is nothing once it has, and while it is awaited', () => {
    expect(trouble({ ...online({}), connection: 'retrying' })).toBeNull()
    expect(trouble({ connection: 'connecting' })).toBeNull()
  })
})

describe('a reason', () => {
  it('names the seconds where there are some', () => {
    expect(reasonOf(problem('rate_limited', 1200), english)).toContain('in 2 s')
  })

  it('is in words for any code, known or not, and never a property of every object', () => {
    expect(reasonOf(problem('store_unavailable'), german)).toBe('Der Chat antwortet gerade nicht.')
    const strange = problem('toString' as ChatProblem['code'])
    expect(reasonOf(strange, english)).toBe('That did not work.')
  })
})

describe('the view', () => {
  const prechat = { required: true, per: 'conversation', fields: [] } as const
  const view = (snapshot: Partial<Snapshot>, putOff: Snapshot['prechat'] = null) =>
    viewOf({ ...emptySnapshot, ...snapshot }, putOff)

  it('is the welcome before anything was said or asked', () => {
    expect(view({})).toBe('welcome')
    expect(view({ connection: 'refused' })).toBe('welcome')
    expect(view({ connection: 'connecting' })).toBe('chat')
    expect(view({ connection: 'idle', conversationId: 'c' })).toBe('chat')
  })

  it('is the form that is asked for, unless the visitor put it off', () => {
    const asked: Snapshot['prechat'] = { ...prechat, fields: [] }
    expect(view({ prechat: asked })).toBe('prechat')
    expect(view({ prechat: asked }, asked)).toBe('welcome')
    expect(view({ prechat: asked, conversationId: 'c' }, asked)).toBe('chat')
  })
})

describe('a draft', () => {
  it('is measured in characters as people count them', () => {
    expect(measure('🙏'.repeat(3990))).toEqual({ isEmpty: false, left: 10, isCounted: true })
    expect(measure(`  ${'x'.repeat(3800)} `).isCounted).toBe(false)
    expect(measure('x'.repeat(4001)).left).toBe(-1)
    expect(measure(' \n ').isEmpty).toBe(true)
  })

  it('is sent by Enter, but not with Shift, and not by the Enter that ends a composition', () => {
    const enter = { key: 'Enter', keyCode: 13, shiftKey: false, isComposing: false }
    expect(isSendKey(enter)).toBe(true)
    expect(isSendKey({ ...enter, shiftKey: true })).toBe(false)
    expect(isSendKey({ ...enter, isComposing: true })).toBe(false)
    expect(isSendKey({ ...enter, keyCode: 229 })).toBe(false)
    expect(isSendKey({ ...enter, key: 'a' })).toBe(false)
  })
})

describe('a file', () => {
  const attachments = { maxBytes: 4_200_000, mimeTypes: ['image/*', 'application/pdf'] }
  const refusal = (size: number, type: string) =>
    refusalOf({ name: 'a file', size, type }, { attachments, texts: english, language: 'en' })

  it.each([
    ['IMG_1.HEIC', ''],
    ['orders.csv', 'application/vnd.ms-excel'],
  ])('%s of type "%s" is taken by the ending of its name', (name, type) => {
    const rules = { texts: english, language: 'en' }
    const known = { ...attachments, endings: ['.heic', '.csv'] }
    expect(refusalOf({ name, size: 1, type }, { attachments: known, ...rules })).toBeUndefined()
    expect(refusalOf({ name, size: 1, type }, { attachments, ...rules })).toBeDefined()
    expect(acceptOf(known)).toBe('image/*,application/pdf,.heic,.csv')
  })

  it('is taken when its type and size are', () => {
    expect(refusal(4_200_000, 'image/png')).toBeUndefined()
    expect(refusal(1, 'application/pdf')).toBeUndefined()
  })

  it('is refused in words', () => {
    expect(refusal(4_200_001, 'image/png')).toBe('a file is too big: at most 4.2 MB.')
    expect(refusal(1, 'text/html')).toBe('Files like a file cannot be sent.')
    expect(refusal(0, 'image/png')).toBe('a file is empty.')
  })

  it('has a size that is never said to be more than it is', () => {
    expect(sizeOf(1_999_999, 'en')).toBe('1.9 MB')
    expect(sizeOf(30_000, 'de')).toBe('30 kB')
    expect(sizeOf(12, 'en')).toBe('12 byte')
  })
})

it.each([
  ['Dana', 'D'],
  ['Dana van der Ree', 'DR'],
  ['  (Bot) Émile 2', 'É2'],
  ['🙂', ''],
  ['山田 太郎', '山太'],
])('the initials of %j are %j', (name, initials) => {
  expect(initialsOf(name)).toBe(initials)
})

it('writes from right to left in languages that do, unless the page says how it writes', () => {
  expect(directionOf('he-IL', '')).toBe('rtl')
  expect(directionOf('ar', 'ltr')).toBeUndefined()
  expect(directionOf('en', '')).toBeUndefined()
  expect(directionOf('are', '')).toBeUndefined()
})

it('counts as a language does, also one with more forms than two', () => {
  expect(formatCount(english.unread, 1, 'en')).toBe('1 unread message')
  expect(formatCount(english.unread, 0, 'en')).toBe('0 unread messages')
  const polish = { one: '{count} wiadomość', few: '{count} wiadomości', other: '{count} nowych' }
  expect(formatCount(polish, 3, 'pl')).toBe('3 wiadomości')
})

/** Lists each text with the path to it. */
function leavesOf(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]]
  return Object.entries(value ?? {}).flatMap(([key, each]) => leavesOf(each, `${path}.${key}`))
}

const gapsIn = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([gap]) => gap).sort()

it.each(Object.entries({ spanish, german, japanese }))(
  'all texts are there in %s, with the same gaps as in English',
  (_name, texts) => {
    const translated = new Map(leavesOf(texts))
    for (const [path, text] of leavesOf(english)) {
      expect(translated.get(path), path).toBeTruthy()
      if (path.endsWith('.one')) continue
      expect(gapsIn(translated.get(path) ?? ''), path).toEqual(gapsIn(text))
    }
  },
)
