import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EndedBy } from '../../lib/contract/messages.js'
import type { Entry, ParticipantChange, StateChange } from '../../lib/polling/entries.js'
import { newestPage, nextPage } from '../../lib/polling/poll-pages.js'
import {
  type ConversationState,
  foldState,
  initialState,
  unknownState,
} from '../../lib/polling/state.js'
import { beginning, createSalesforce, line, windowMs } from './model.js'

type Person = Omit<ParticipantChange, 'operation'>
type Known = Partial<ConversationState>

const bot: Person = { role: 'Chatbot', displayName: 'Robin', subject: '0Xx1' }
const dana: Person = { role: 'Agent', displayName: 'Dana', subject: '0051' }
const emil: Person = { role: 'Agent', displayName: 'Emil', subject: '0052' }
const chief: Person = { role: 'Supervisor', displayName: 'Chris', subject: '0059' }
const visitor: Person = { role: 'EndUser', displayName: null, subject: 'v2/iamessage/1' }

const sent = (who: Person): StateChange => ({ kind: 'message', ...who })
const joins = (...who: Person[]) => changes('add', who)
const leaves = (...who: Person[]) => changes('remove', who)
const routed = (estimatedWaitSeconds: number | null = null): StateChange => {
  return { kind: 'routing', failed: false, estimatedWaitSeconds }
}
const noAgent: StateChange = { kind: 'routing', failed: true, estimatedWaitSeconds: null }
const queued: StateChange = { kind: 'queued' }
const active: StateChange = { kind: 'session', over: false, endedBy: null }
const closed: StateChange = { kind: 'closed' }
const over = (endedBy: EndedBy | null): StateChange => {
  return { kind: 'session', over: true, endedBy }
}

function changes(operation: 'add' | 'remove', who: readonly Person[]): StateChange {
  return { kind: 'participants', changes: who.map((person) => ({ operation, ...person })) }
}

function entriesOf(changes: readonly (StateChange | null)[]): Entry[] {
  return changes.map((change, index) => {
    return { id: `entry-${index}`, at: beginning + index, message: null, change }
  })
}

const inQueue: Known = { handledBy: 'queue', participants: [], endedBy: null, closed: false }
const withBot: Known = { handledBy: 'bot', participants: [bot], endedBy: null }
const withDana: Known = { handledBy: 'agent', participants: [dana], endedBy: null, closed: false }
const nobody: Known = { handledBy: 'none', participants: [], closed: false }

type Timeline = {
  name: string
  changes: (StateChange | null)[]
  state: Known
}

const greeted = [routed(), active, joins(bot), sent(bot)]
const handedOver = [...greeted, sent(visitor), routed(120), leaves(bot), queued]
const withAgent = [...handedOver, joins(dana), sent(dana), sent(visitor)]

const timelines: Timeline[] = [
  { name: 'nothing has happened yet', changes: [], state: inQueue },
  { name: 'the conversation was routed', changes: [routed(), active], state: inQueue },
  { name: 'a bot greets', changes: greeted, state: { ...withBot, estimatedWaitSeconds: null } },
  {
    name: 'the bot still serves while an agent is looked for',
    changes: [...greeted, routed(120)],
    state: { ...withBot, estimatedWaitSeconds: 120 },
  },
  {
    name: 'the bot has handed over and the visitor queues, with an estimate',
    changes: handedOver,
    state: { ...inQueue, estimatedWaitSeconds: 120 },
  },
  {
    name: 'the agent has taken over',
    changes: withAgent,
    state: { ...withDana, estimatedWaitSeconds: null },
  },
  {
    name: 'agent and bot are both there: the agent handles it',
    changes: [...greeted, joins(dana)],
    state: { handledBy: 'agent', participants: [bot, dana] },
  },
  {
    name: 'the agent ended the session',
    changes: [...withAgent, leaves(dana), over('Agent')],
    state: { ...nobody, endedBy: 'Agent', estimatedWaitSeconds: null },
  },
  {
    name: 'the agent is listed as gone only after the session is over',
    changes: [...withAgent, over('Agent'), leaves(dana)],
    state: { ...nobody, endedBy: 'Agent' },
  },
  {
    name: 'the bot ended the session',
    changes: [...greeted, leaves(bot), over('System')],
    state: { ...nobody, endedBy: 'System' },
  },
  {
    name: 'the session ran out of time',
    changes: [...withAgent, over(null)],
    state: { ...nobody, endedBy: 'System' },
  },
  {
    name: 'the visitor ended the session',
    changes: [...withAgent, over('EndUser')],
    state: { ...nobody, endedBy: 'EndUser' },
  },
  {
    name: 'the bot said goodbye after the session was over',
    changes: [...greeted, over('System'), sent(bot)],
    state: { ...nobody, endedBy: 'System' },
  },
  {
    name: 'one agent transferred to another, who has not joined yet',
    changes: [...withAgent, routed(30), leaves(dana)],
    state: { ...inQueue, estimatedWaitSeconds: 30 },
  },
  {
    name: 'one agent transferred to another',
    changes: [...withAgent, routed(30), leaves(dana), joins(emil)],
    state: { handledBy: 'agent', participants: [emil], estimatedWaitSeconds: null },
  },
  {
    name: 'the other agent joined before the first one left, in one entry',
    changes: [
      ...withAgent,
      {
        kind: 'participants',
        changes: [
          { operation: 'add', ...emil },
          { operation: 'remove', ...dana },
        ],
      },
    ],
    state: { handledBy: 'agent', participants: [emil] },
  },
  {
    name: 'a supervisor listens while the agent serves',
    changes: [...withAgent, joins(chief)],
    state: withDana,
  },
  {
    name: 'a supervisor said something',
    changes: [...withAgent, sent(chief)],
    state: withDana,
  },
  {
    name: 'an agent is listed as joining twice',
    changes: [...withAgent, joins(dana)],
    state: withDana,
  },
  {
    name: 'an agent has changed their name',
    changes: [
      ...withAgent,
      {
        kind: 'participants',
        changes: [{ operation: 'update', ...dana, displayName: 'Dana Q.' }],
      },
    ],
    state: { ...withDana, participants: [{ ...dana, displayName: 'Dana Q.' }] },
  },
  {
    name: 'the visitor joined: that is nobody who serves',
    changes: [routed(), joins(visitor)],
    state: inQueue,
  },
  {
    name: 'no agent is available',
    changes: [...greeted, leaves(bot), noAgent],
    state: { ...nobody, endedBy: null, estimatedWaitSeconds: null },
  },
  {
    name: 'no agent is available and the bot stays',
    changes: [...greeted, noAgent],
    state: withBot,
  },
  {
    name: 'the visitor wrote again after the agent had ended the session',
    changes: [...withAgent, over('Agent'), sent(visitor)],
    state: inQueue,
  },
  {
    name: 'a new session with the bot began after the old one had ended',
    changes: [...withAgent, over('Agent'), sent(visitor), ...greeted],
    state: withBot,
  },
  {
    name: 'a new session was opened without a message',
    changes: [...withAgent, over('Agent'), active],
    state: inQueue,
  },
  {
    name: 'the visitor closed the conversation',
    changes: [...withAgent, closed],
    state: { ...nobody, endedBy: 'EndUser', closed: true },
  },
  {
    name: 'a closed conversation stays closed, whatever follows',
    changes: [...withAgent, closed, over('Agent'), sent(visitor), joins(emil), routed(5)],
    state: { ...nobody, endedBy: 'EndUser', closed: true, estimatedWaitSeconds: null },
  },
  {
    name: 'entries that tell nothing are passed over',
    changes: [null, ...greeted, null],
    state: withBot,
  },
]

const unknown: Known = { handledBy: 'unknown', participants: [] }

const fromTheMiddle: Timeline[] = [
  { name: 'nothing is known', changes: [], state: unknown },
  { name: 'only the visitor was heard', changes: [sent(visitor)], state: unknown },
  { name: 'an agent was heard', changes: [sent(visitor), sent(dana)], state: withDana },
  { name: 'a bot was heard', changes: [sent(bot)], state: withBot },
  {
    name: 'a bot was heard and left',
    changes: [sent(bot), leaves(bot)],
    state: { handledBy: 'queue', participants: [] },
  },
  { name: 'the session is active', changes: [active], state: unknown },
  {
    name: 'the queue moved on',
    changes: [queued],
    state: { handledBy: 'queue', participants: [] },
  },
  { name: 'the session is over', changes: [over('Agent')], state: nobody },
  {
    name: 'a supervisor came, who serves nobody',
    changes: [joins(chief)],
    state: unknown,
  },
  {
    name: 'a supervisor came, then an agent was heard',
    changes: [joins(chief), sent(dana)],
    state: withDana,
  },
  { name: 'a supervisor was heard', changes: [sent(chief)], state: unknown },
  {
    name: 'a supervisor came and went, then an agent was heard',
    changes: [joins(chief), leaves(chief), sent(dana)],
    state: withDana,
  },
]

describe('who handles the conversation', () => {
  for (const { name, changes, state } of timelines) {
    it(`is right when ${name}`, () => {
      expect(foldState(initialState, entriesOf(changes))).toMatchObject(state)
    })
  }

  for (const { name, changes, state } of fromTheMiddle) {
    it(`claims nothing unknown when the reading began in the middle: ${name}`, () => {
      expect(foldState(unknownState, entriesOf(changes))).toMatchObject(state)
    })
  }

  it('remembers only the last few who serve', () => {
    const crowd = Array.from({ length: 12 }, (_, index) => ({ ...dana, subject: `005${index}` }))
    const { participants } = foldState(initialState, entriesOf([joins(...crowd)]))
    expect(participants.length).toBeLessThanOrEqual(8)
    expect(participants).toEqual(crowd.slice(-participants.length))
  })

  it('does not change what it was given', () => {
    const before = foldState(initialState, entriesOf(greeted))
    const copy = structuredClone(before)
    foldState(before, entriesOf([leaves(bot), over('Agent')]))
    expect(before).toEqual(copy)
  })
})

const anyChange = fc.constantFrom<(StateChange | null)[]>(
  ...withAgent,
  ...[joins(emil), leaves(dana), leaves(emil), sent(emil), joins(chief), leaves(chief)],
  ...[over('Agent'), over('System'), over(null), noAgent, routed(30), queued, active, null],
)
const anyTimeline = fc.array(
  fc.record({
    change: anyChange,
    gapMs: fc.constantFrom(1, 400, 9_999, 29_998, 29_999, 30_000, 30_001, 70_000),
    lateMs: fc.constantFrom(0, 0, 0, 5_000, 29_999, 30_000),
    forVisitors: fc.boolean(),
  }),
  { minLength: 1, maxLength: 60 },
)

describe('the state that polls tell', () => {
  it('ends up the same whether entries came in order, late or out of order', async () => {
    const property = fc.asyncProperty(
      anyTimeline,
      fc.constantFrom<('inclusive' | 'exclusive')[]>('inclusive', 'exclusive'),
      fc.array(fc.constantFrom(1, 3_000, 29_999, 30_000, 65_000), { maxLength: 25 }),
      fc.integer({ min: 1, max: 20 }),
      async (timeline, bounds, waits, limit) => {
        let at = beginning
        const entryLog = timeline.map(({ change, gapMs, lateMs, forVisitors }, index) => {
          at += gapMs
          return line(`entry-${index}`, at, { change, forVisitors, visibleAt: at + lateMs })
        })
        const expected = foldState(initialState, entriesOf(timeline.map(({ change }) => change)))
        const { clock, reading } = createSalesforce({ entryLog, bounds })
        let { cursor } = await newestPage(reading().list, limit)
        for (const wait of waits) {
          clock.now += wait
          cursor = (await nextPage(reading().list, cursor, limit)).cursor
        }
        clock.now = Math.max(clock.now, at + windowMs)
        for (let polls = 0; polls <= timeline.length; polls++) {
          const read = await nextPage(reading().list, cursor, limit)
          if (!read.hasMore) {
            expect(read.state).toEqual(expected)
            return
          }
          cursor = read.cursor
        }
        expect.unreachable('More was waiting for ever')
      },
    )
    await fc.assert(property, { numRuns: Number(process.env.FC_RUNS ?? 0) || 200 })
  })

  for (const bounds of ['inclusive', 'exclusive'] as const) {
    it(`still knows who joined at the very edge of the window, bounds ${bounds}`, async () => {
      const entryLog = [
        line('joined', beginning, { change: joins(dana) }),
        line('heard', beginning + windowMs, { change: sent(visitor) }),
        line('later', beginning + windowMs + 1, { visibleAt: beginning + windowMs + 5 }),
      ]
      const { clock, reading } = createSalesforce({ entryLog, bounds })
      clock.now = beginning + windowMs
      const { cursor } = await newestPage(reading().list, 5)
      expect(cursor.windowStart).toBe(beginning)
      expect((await nextPage(reading().list, cursor, 5)).state).toMatchObject(withDana)
      clock.now += 10
      expect((await nextPage(reading().list, cursor, 5)).state).toMatchObject(withDana)
    })
  }

  it('is known to a first poll that reaches the beginning', async () => {
    const entryLog = withAgent.map((change, index) => {
      return line(`entry-${index}`, beginning + index, { change })
    })
    const { clock, reading } = createSalesforce({ entryLog, bounds: 'inclusive' })
    clock.now += 1_000
    const { state, lastSpeaker } = await newestPage(reading().list, 5)
    expect(state).toMatchObject(withDana)
    expect(lastSpeaker).not.toBeNull()
  })

  it('is unknown when a first poll does not reach the beginning and nobody who serves was heard', async () => {
    const joined = line('joined', beginning, { change: joins(dana) })
    const messages = Array.from({ length: 200 }, (_, index) => {
      return line(`m${index}`, beginning + (index + 1) * 10_000, { change: sent(visitor) })
    })
    const { clock, reading } = createSalesforce({
      entryLog: [joined, ...messages],
      bounds: 'inclusive',
    })
    clock.now += 10_000_000
    const { state } = await newestPage(reading().list, 20)
    expect(state).toMatchObject(unknown)
  })
})
