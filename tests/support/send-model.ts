/**
 * Models the promises of send: of each message only which contents were tried and which one was
 * acknowledged. Commands send messages from several devices at once, fail requests to Salesforce
 * and Redis, and shift the clock. After each send Salesforce is compared with the model.
 */
import { randomUUID } from 'node:crypto'
import * as fc from 'fast-check'
import { expect } from 'vitest'
import auth from '../../api/auth.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import upload from '../../api/upload.js'
import type { Dialect } from '../dialects/dialects.js'
import type { setupDialect } from '../dialects/setup.js'
import { signInAsGuest } from './conversation.js'
import { request, type TestResponse } from './request.js'
import { type Fault, shiftClock } from './sending.js'
import { createFile, createForm } from './uploads.js'
import { identityToken } from './verified.js'

const contents = ['tea', 'coffee'] as const
type Content = (typeof contents)[number]

/** Holds the contents that were tried under a message's id and the one that was acknowledged. */
type MessageState = { tried: Set<Content>; acknowledged: Content | null }
export type Model = { messages: Map<string, MessageState> }

/** Holds a visitor with two devices; the last message is a file if the dialect has files. */
type Visitor = { conversationId: string; name: string; tokens: string[]; ids: string[] }

type DialectSetup = ReturnType<typeof setupDialect>
export type Real = {
  setup: DialectSetup
  dialect: Dialect
  visitors: Visitor[]
  clock: { aheadMs: number }
}

type Command = fc.AsyncCommand<Model, Real>

const idsPerVisitor = 3

/** Limits the time after which Salesforce lists what it stored; below `SEND_SETTLE_MS`. */
export const maxLagMs = 100

/** Signs in two devices of a visitor who is known to the site, or two tabs of a guest. */
async function signInTwice(isKnown: boolean): Promise<string[]> {
  if (!isKnown) {
    const { token } = await signInAsGuest()
    return [token, token]
  }
  const body = { identityToken: await identityToken({ subject: randomUUID() }) }
  const devices = [await request(auth, { body }), await request(auth, { body })]
  return devices.map((device) => String(device.body.token))
}

async function newVisitor(setup: DialectSetup, isKnown: boolean): Promise<Visitor> {
  const tokens = await signInTwice(isKnown)
  const { status, body } = await request(start, { token: tokens[0], body: {} })
  expect(status, JSON.stringify(body)).toBe(201)
  const ids = Array.from({ length: idsPerVisitor }, () => randomUUID())
  return { conversationId: String(body.conversationId), name: setup.name(), tokens, ids }
}

/** Creates two visitors in conversations to which they sent nothing yet. */
export async function createReal(
  setup: DialectSetup,
  dialect: Dialect,
  isKnown: boolean,
): Promise<Real> {
  shiftClock(0)
  clearFaults(setup)
  setup.gateway.salesforce.switches.visibilityLagMs = maxLagMs
  const visitors = [await newVisitor(setup, isKnown), await newVisitor(setup, isKnown)]
  return { setup, dialect, visitors, clock: { aheadMs: 0 } }
}

/** Removes every fault of Redis and Salesforce. */
function clearFaults({ gateway }: DialectSetup) {
  gateway.redis.clearFaults()
  gateway.salesforce.clearFaults()
}

type SendAttempt = { device: number; content: Content }

/** Sends a message once from one device. */
function attemptSend(
  { dialect }: Real,
  visitor: Visitor,
  id: string,
  { device, content }: SendAttempt,
) {
  const { conversationId, tokens, ids } = visitor
  const token = tokens[device]
  if (dialect.hasExtendedFeatures && id === ids.at(-1)) {
    const form = createForm({ conversationId, id, file: createFile({ name: `${content}.png` }) })
    return request(upload, { token, form })
  }
  return request(send, { token, body: { conversationId, id, text: `${content} ${id}` } })
}

/** Returns Salesforce's entries of a message; in both dialects their text or id contains its id. */
function storedOf({ setup }: Real, { name }: Visitor, id: string): string[] {
  return setup.gateway.salesforce
    .conversation(name)
    .entryLog.filter(({ entry }) => entry.sender.role === 'EndUser')
    .map(({ entry }) => JSON.stringify(entry))
    .filter((text) => text.includes(id))
}

const failures = [
  'rate_limited',
  'upstream_rejected',
  'upstream_unavailable',
  'upstream_timeout',
  'store_unavailable',
]

/** Compares a response with the model, and records the content that it acknowledges. */
function checkResponse(state: MessageState, { status, body }: TestResponse, content: Content) {
  const others = contents.filter((each) => each !== content && state.tried.has(each))
  if (status === 202) {
    expect(state.acknowledged ?? content, 'the content acknowledged before').toBe(content)
    state.acknowledged = content
    return
  }
  if (status === 422) {
    expect(body.code).toBe('id_reused')
    expect(others, 'other contents tried under the id').not.toEqual([])
    return
  }
  expect(failures, JSON.stringify(body)).toContain(body.code)
}

/** Expects no message to be stored twice, and an acknowledged one once with its content. */
function checkStored(model: Model, real: Real) {
  for (const visitor of real.visitors) {
    for (const id of visitor.ids) {
      const state = model.messages.get(id)
      const stored = storedOf(real, visitor, id)
      expect(stored.length, 'times stored').toBeLessThanOrEqual(state ? 1 : 0)
      if (!state?.acknowledged) continue
      expect(stored.length, 'times stored when acknowledged').toBe(1)
      expect(stored[0]).toContain(state.acknowledged)
    }
  }
}

function stateOf(model: Model, id: string): MessageState {
  const state = model.messages.get(id) ?? { tried: new Set<Content>(), acknowledged: null }
  model.messages.set(id, state)
  return state
}

type ConcurrentSend = { visitor: number; message: number; attempts: SendAttempt[] }

/** Sends one message from one or several devices at the same moment. */
function sendConcurrently({ visitor: visitorIndex, message, attempts }: ConcurrentSend): Command {
  return {
    check: () => true,
    async run(model, real) {
      const visitor = real.visitors[visitorIndex]
      const id = visitor?.ids[message]
      if (!visitor || !id) throw new TypeError('No such message')
      const state = stateOf(model, id)
      for (const { content } of attempts) state.tried.add(content)
      const answers = await Promise.all(
        attempts.map((each) => attemptSend(real, visitor, id, each)),
      )
      answers.forEach((answer, index) => {
        checkResponse(state, answer, attempts[index]?.content ?? 'tea')
      })
      checkStored(model, real)
    },
    toString: () =>
      `send(${visitorIndex}/${message}: ${attempts.map(({ device, content }) => `${device} ${content}`).join(', ')})`,
  }
}

/** Changes something around the gateway. */
function environmentCommand(what: string, act: (real: Real) => void): Command {
  return { check: () => true, run: async (_, real) => act(real), toString: () => what }
}

const transientFaults = fc.record({
  when: fc.constantFrom('before' as const, 'after' as const),
  what: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom('drop' as const, 'html', 'empty', 'nonsense') },
    { weight: 8, arbitrary: fc.constantFrom({ status: 500 }, { status: 503 }, { status: 408 }) },
    { weight: 1, arbitrary: fc.constant('hang' as const) },
  ),
})

/** Generates refusals: only a refused request certainly had no effect. */
const refusals = fc.record({
  when: fc.constant('before' as const),
  what: fc.constantFrom({ status: 400 }, { status: 429, headers: { 'retry-after': '1' } }),
})

function failSend(fault: Fault, isFile: boolean): Command {
  return environmentCommand(
    `send fails(${isFile ? 'file ' : ''}${JSON.stringify(fault)})`,
    (real) => {
      if (!isFile) real.setup.fail('send', fault)
      else if (real.dialect.hasExtendedFeatures) {
        real.setup.gateway.salesforce.fail({ operation: 'sendFile', ...fault })
      }
    },
  )
}

function failList(fault: Fault, times: number): Command {
  return environmentCommand(`listing fails(${times} ${JSON.stringify(fault)})`, ({ setup }) =>
    setup.fail('list', { ...fault, times }),
  )
}

function failRedis(callsBefore: number, what: 'drop' | 'lose' | { status: number }): Command {
  return environmentCommand(
    `Redis fails(after ${callsBefore}: ${JSON.stringify(what)})`,
    ({ setup }) => {
      const { redis } = setup.gateway
      if (callsBefore > 0) redis.fault({ times: callsBefore, what: { slowMs: 0 } })
      redis.fault({ what })
    },
  )
}

const attempt = fc.record({
  device: fc.nat({ max: 1 }),
  content: fc.oneof(
    { weight: 5, arbitrary: fc.constant('tea' as const) },
    { weight: 1, arbitrary: fc.constant('coffee' as const) },
  ),
})

const sendCommand = fc
  .record({
    visitor: fc.nat({ max: 1 }),
    message: fc.nat({ max: idsPerVisitor - 1 }),
    attempts: fc.array(attempt, { minLength: 1, maxLength: 3 }),
  })
  .map(sendConcurrently)

/** Generates sends and faults in any order; four of its ten kinds of command are sends. */
export const commands = fc.commands<Model, Real, false>(
  [
    sendCommand,
    sendCommand,
    sendCommand,
    sendCommand,
    fc.tuple(fc.oneof(transientFaults, refusals), fc.boolean()).map((args) => failSend(...args)),
    fc.tuple(transientFaults, fc.integer({ min: 1, max: 3 })).map((args) => failList(...args)),
    fc
      .tuple(fc.nat({ max: 5 }), fc.constantFrom('drop' as const, 'lose' as const, { status: 500 }))
      .map((args) => failRedis(...args)),
    fc
      .nat({ max: maxLagMs })
      .map((lagMs) =>
        environmentCommand(`lag(${lagMs})`, ({ setup }) =>
          Object.assign(setup.gateway.salesforce.switches, { visibilityLagMs: lagMs }),
        ),
      ),
    fc.constant(
      environmentCommand('ten seconds later', ({ clock }) => {
        clock.aheadMs += 10_000
        shiftClock(clock.aheadMs)
      }),
    ),
    fc.constant(environmentCommand('calm', ({ setup }) => clearFaults(setup))),
  ],
  { maxCommands: 14, size: 'max' },
)

/**
 * Removes all faults, repeats every message, and expects that one content only is acknowledged, and
 * that Salesforce stores it once. Where messages cannot be looked up, a repeat may instead return
 * that the outcome stays unknown.
 */
export async function checkAfterRecovery(model: Model, real: Real): Promise<void> {
  clearFaults(real.setup)
  shiftClock(real.clock.aheadMs + 10_000)
  for (const visitor of real.visitors) {
    for (const id of visitor.ids.filter((each) => model.messages.has(each))) {
      const state = stateOf(model, id)
      const repeats: number[] = []
      for (const content of state.tried) {
        const answer = await attemptSend(real, visitor, id, { device: 0, content })
        checkResponse(state, answer, content)
        repeats.push(answer.status)
        const isLeftOpen = answer.status === 503 && answer.body.retryable === false
        expect(isLeftOpen && real.dialect.resolvesUnclearSends, 'left open').toBe(false)
      }
      const settled = repeats.filter((status) => status !== 422)
      expect(settled, `contents that were not refused: ${[...state.tried]}`).toHaveLength(1)
      if (real.dialect.resolvesUnclearSends) expect(settled).toEqual([202])
    }
  }
  checkStored(model, real)
}
