/** Tests notices, names, moments and the four languages. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ChatMessage } from '../../client/core/index.js'
import { nameOf } from '../../client/widget/content/name.js'
import { noticeOf, toneOf } from '../../client/widget/content/notice.js'
import { byDay, foreignOffset } from '../../client/widget/content/times.js'
import { formatText } from '../../client/widget/texts/format.js'
import { english, german, japanese, spanish } from '../../client/widget/texts/index.js'
import { shippedFor, textsFor } from '../../client/widget/texts/languages.js'
import * as time from '../../client/widget/time.js'
import { type Content, message, textMessage } from './fixtures/message.js'

const shown = (shown: ChatMessage) => noticeOf(shown, english, 'en')

const tell = (content: Content) => shown(message('System', '09:30', { id: 'x', ...content }))

const session = (status: string, more = {}) =>
  tell({ messageType: 'SessionStatusChanged', text: 'As told', session: { status, ...more } })

const routing = (type: string, more = {}) =>
  tell({ messageType: 'RoutingResult', routing: { type, failure: null, ...more } })

describe('a notice', () => {
  it('tells who comes and goes, but not of the visitor', () => {
    const told = tell({
      messageType: 'ParticipantChanged',
      participants: [
        { operation: 'add', role: 'Agent', displayName: 'Dana' },
        { operation: 'remove', role: 'Chatbot', displayName: null },
        { operation: 'update', role: 'Supervisor', displayName: 'Lee' },
        { operation: 'add', role: 'EndUser', displayName: 'Guest' },
      ],
    })
    expect(told).toBe('Dana joined the chat · Assistant left the chat · Now in the chat: Lee')
    const visitor = { operation: 'add', role: 'EndUser', displayName: null } as const
    expect(tell({ messageType: 'ParticipantChanged', participants: [visitor] })).toBe('')
  })

  it('tells how the search for an agent goes', () => {
    expect(routing('Initial', { failure: 'No_Agent' })).toBe(english.nobodyFree)
    expect(routing('Initial', { estimatedWaitSeconds: 130 })).toContain('about 2 minutes')
    expect(routing('Transfer')).toBe(english.transferring)
    expect(routing('Initial')).toBe('')
  })

  it('tells how a session ends, rests and goes on', () => {
    expect(session('Ended', { endedBy: 'EndUser' })).toBe('You ended this session')
    expect(session('Ended', { endedBy: 'Agent' })).toBe('Agent ended this session')
    expect(session('Ended')).toBe('This session has ended')
    expect(session('Inactive')).toBe(english.sessionPaused)
    expect(session('Active', { previous: 'Inactive' })).toBe(english.sessionGoesOn)
    expect(session('Active', { previous: 'New' })).toBe('')
    expect(session('Waiting')).toBe('')
    expect(session('Moved')).toBe('As told')
  })

  it('tells what became of a form, and what to do about it', () => {
    const outcome = (role: 'Chatbot' | 'System', result: { ok: boolean; errors?: string[] }) =>
      message(role, '09:30', {
        ...{ id: 'x', messageType: 'FormResponseMessage', text: 'Noted', result },
      })
    const good = outcome('Chatbot', { ok: true })
    const bad = outcome('System', { ok: false, errors: ['No such box'] })
    expect(shown(good)).toBe('Noted')
    expect(shown(bad)).toMatch(/^No such box\nPlease correct/)
    expect([good, bad].map(toneOf)).toEqual(['good', 'bad'])
  })

  it('is what the system says, and nothing that anybody else says', () => {
    const text = (role: 'System' | 'Agent' | 'EndUser') =>
      textMessage(role, '09:30', 'x', 'Maintenance at six')
    expect(shown(text('System'))).toBe('Maintenance at six')
    expect(shown(text('Agent'))).toBe(undefined)
    expect(toneOf(text('EndUser'))).toBe(undefined)
  })
})

it('names people by their names, else by their roles', () => {
  expect(nameOf({ role: 'EndUser', displayName: 'Guest 7' }, english)).toBe('You')
  expect(nameOf({ role: 'Agent', displayName: 'Dana' }, english)).toBe('Dana')
  expect(nameOf({ role: 'Chatbot', displayName: null }, german)).toBe('Assistent')
})

describe('a moment', () => {
  const here = (local: string) => new Date(local).toISOString()

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-22T12:00') })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('is today, yesterday, or a day by its name', () => {
    expect(time.dayOf(here('2026-11-22T00:01'), 'en')).toBe('Today')
    expect(time.dayOf(here('2026-11-21T23:59'), 'de-AT')).toBe('Gestern')
    expect(time.dayOf(here('2026-11-21T10:00'), 'ja')).toBe('昨日')
    expect(time.dayOf(here('2026-11-20T10:00'), 'en')).toBe('Friday, November 20')
    expect(time.dayOf(here('2025-11-20T10:00'), 'en')).toContain('2025')
  })

  it('is formatted in the language, also where its tag is invalid', () => {
    expect(time.timeOf(here('2026-11-22T21:05'), 'de_DE')).toBe('21:05')
    expect(time.timeOf(here('2026-11-22T21:05'), '!?')).toMatch(/9:05|21:05/)
    expect(time.momentOf(here('2026-11-24T09:00'), 'en')).toMatch(/^Tue, Nov 24, 9:00 AM /)
    expect(time.minutesOf(20, 'es')).toBe('1 minuto')
  })

  it('is left as it came when it is invalid', () => {
    const tellers = [time.timeOf, time.dateOf, time.dayOf, time.momentOf]
    for (const tellOf of tellers) expect(tellOf('soon', 'en')).toBe('soon')
    expect(time.spanOf({ startTime: 'soon', durationSeconds: 60 }, 'en')).toBe('soon')
  })

  it('has a span, and a beginning only where it takes no time', () => {
    const startTime = here('2026-11-24T09:00')
    expect(time.spanOf({ startTime, durationSeconds: 3600 }, 'en')).toMatch(/^9:00\s–\s10:00\sAM$/u)
    expect(time.spanOf({ startTime, durationSeconds: 0 }, 'en')).toMatch(/^9:00\sAM$/u)
  })

  it('is offered by the day, and says when it is given for another zone', () => {
    const slots = ['2026-11-24T09:00', '2026-11-24T23:59', '2026-11-25T00:00'].map((local) => ({
      itemId: local,
      startTime: here(local),
      durationSeconds: 60,
    }))
    expect([...byDay(slots, 'en').values()].map(({ length }) => length)).toEqual([2, 1])
    const own = -new Date('2026-11-24T09:00').getTimezoneOffset()
    expect(foreignOffset(own, slots)).toBe(undefined)
    expect(foreignOffset(undefined, slots)).toBe(undefined)
    expect(foreignOffset(-210, slots)).toBe('-3:30')
    expect(foreignOffset(99_999, slots)).toBe(undefined)
  })
})

describe('the texts', () => {
  /** Returns the gaps in a text, or in each text of one that differs by number. */
  const gapsIn = (text: unknown) =>
    new Set([...JSON.stringify(text).matchAll(/\{(\w+)\}/g)].map(([gap]) => gap))

  it.each(Object.entries({ german, japanese, spanish }))('%s has all gaps', (_, texts) => {
    for (const [key, text] of Object.entries(texts)) {
      const here = english[key as keyof typeof english]
      expect(gapsIn(text), key).toEqual(gapsIn(here))
    }
  })

  it('are filled by name, once', () => {
    expect(formatText('{name} and {other}', { name: '{other}' })).toBe('{other} and {other}')
  })
})

it('a language that is not shipped is English, in its words and in its dates', async () => {
  const tags = ['de-AT', 'ja', 'en-GB', 'ar', 'constructor', '']
  expect(tags.map(shippedFor)).toEqual(['de-AT', 'ja', 'en-GB', 'en', 'en', 'en'])
  const parts = tags.map(textsFor)
  await Promise.all(parts.map((part) => part?.load()))
  const inEnglish = undefined
  expect(parts.map((part) => part?.get())).toEqual([
    ...[german, japanese, inEnglish, inEnglish, inEnglish, inEnglish],
  ])
})
