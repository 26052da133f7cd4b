/**
 * What saying promises, as a model: of each message only which contents were tried and which one was
 * acknowledged. Commands say things from several devices at once, spoil Salesforce and Redis, and let
 * time pass; after each of them Salesforce is held against the model.
 */
import { randomUUID } from 'node:crypto'
import * as fc from 'fast-check'
import { expect } from 'vitest'
import auth from '../../api/auth.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import upload from '../../api/upload.js'
import type { FaultInput } from '../../sandbox/salesforce/index.js'
import type { openScene } from '../dialects/scene.js'
import type { Dialect } from '../dialects/table.js'
import { type Answer, knock } from '../support/knock.js'
import { identityToken } from '../support/verified.js'
import { arrive } from '../support/visit.js'
import { shiftClock } from './saying.js'
import { fileOf, formOf } from './uploading.js'

const words = ['tea', 'coffee'] as const
type Word = (typeof words)[number]

/** A message as the model knows it: what was tried under its id, and what was acknowledged. */
type Known = { tried: Set<Word>; acknowledged: Word | null }
export type Model = { messages: Map<string, Known> }

/** A visitor with two devices; the last of the messages is a file where files are taken. */
type Visitor = { conversationId: string; name: string; tokens: string[]; ids: string[] }

type Scene = ReturnType<typeof openScene>
export type Real = {
  scene: Scene
  dialect: Dialect
  visitors: Visitor[]
  clock: { aheadMs: number }
}

type Command = fc.AsyncCommand<Model, Real>

const idsPerVisitor = 3

/** Longest time after which Salesforce lists what it stored; below `SEND_SETTLE_MS`. */
export const maxLagMs = 100

/** Two devices of a visitor who is known to the site, or two tabs of a guest. */
async function enter(isKnown: boolean): Promise<string[]> {
  if (!isKnown) {
    const { token } = await arrive()
    return [token, token]
  }
  const body = { identityToken: await identityToken({ subject: randomUUID() }) }
  const devices = [await knock(auth, { body }), await knock(auth, { body })]
  return devices.map((device) => String(device.body.token))
}

async function newVisitor(scene: Scene, isKnown: boolean): Promise<Visitor> {
  const tokens = await enter(isKnown)
  const { status, body } = await knock(start, { token: tokens[0], body: {} })
  expect(status, JSON.stringify(body)).toBe(201)
  const ids = Array.from({ length: idsPerVisitor }, () => randomUUID())
  return { conversationId: String(body.conversationId), name: scene.name(), tokens, ids }
}

/** Visitors in conversations in which nothing was said yet. */
export async function setUp(scene: Scene, dialect: Dialect, isKnown: boolean): Promise<Real> {
  shiftClock(0)
  calm(scene)
  scene.world.salesforce.switches.visibilityLagMs = maxLagMs
  const visitors = [await newVisitor(scene, isKnown), await newVisitor(scene, isKnown)]
  return { scene, dialect, visitors, clock: { aheadMs: 0 } }
}

/** Nothing fails any more. */
function calm({ world }: Scene) {
  world.redis.clearFaults()
  world.salesforce.clearFaults()
}

type Said = { device: number; word: Word }

/** Says a message once from one device. */
function call({ dialect }: Real, visitor: Visitor, id: string, { device, word }: Said) {
  const { conversationId, tokens, ids } = visitor
  const token = tokens[device]
  if (dialect.offersMore && id === ids.at(-1)) {
    const form = formOf({ conversationId, id, file: fileOf({ name: `${word}.png` }) })
    return knock(upload, { token, form })
  }
  return knock(send, { token, body: { conversationId, id, text: `${word} ${id}` } })
}

/** What Salesforce stores of a message; in both dialects its text or its own id names ours. */
function storedOf({ scene }: Real, { name }: Visitor, id: string): string[] {
  return scene.world.salesforce
    .conversation(name)
    .ledger.filter(({ entry }) => entry.sender.role === 'EndUser')
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

/** Holds one answer against the model, and notes what it acknowledged. */
function judge(known: Known, { status, body }: Answer, word: Word) {
  const others = words.filter((each) => each !== word && known.tried.has(each))
  if (status === 202) {
    expect(known.acknowledged ?? word, 'the content acknowledged before').toBe(word)
    known.acknowledged = word
    return
  }
  if (status === 422) {
    expect(body.code).toBe('id_reused')
    expect(others, 'other contents tried under the id').not.toEqual([])
    return
  }
  expect(failures, JSON.stringify(body)).toContain(body.code)
}

/** Nothing twice, and whatever was acknowledged once, as it was said. */
function holdAgainst(model: Model, real: Real) {
  for (const visitor of real.visitors) {
    for (const id of visitor.ids) {
      const known = model.messages.get(id)
      const stored = storedOf(real, visitor, id)
      expect(stored.length, 'times stored').toBeLessThanOrEqual(known ? 1 : 0)
      if (!known?.acknowledged) continue
      expect(stored.length, 'times stored when acknowledged').toBe(1)
      expect(stored[0]).toContain(known.acknowledged)
    }
  }
}

function knownOf(model: Model, id: string): Known {
  const known = model.messages.get(id) ?? { tried: new Set<Word>(), acknowledged: null }
  model.messages.set(id, known)
  return known
}

type Saying = { visitor: number; message: number; calls: Said[] }

/** One message from one or several devices at the same moment. */
function sayAtOnce({ visitor: who, message, calls }: Saying): Command {
  return {
    check: () => true,
    async run(model, real) {
      const visitor = real.visitors[who]
      const id = visitor?.ids[message]
      if (!visitor || !id) throw new TypeError('No such message')
      const known = knownOf(model, id)
      for (const { word } of calls) known.tried.add(word)
      const answers = await Promise.all(calls.map((each) => call(real, visitor, id, each)))
      answers.forEach((answer, index) => {
        judge(known, answer, calls[index]?.word ?? 'tea')
      })
      holdAgainst(model, real)
    },
    toString: () =>
      `say(${who}/${message}: ${calls.map(({ device, word }) => `${device} ${word}`).join(', ')})`,
  }
}

/** Something happens around the gateway. */
function happen(what: string, act: (real: Real) => void): Command {
  return { check: () => true, run: async (_, real) => act(real), toString: () => what }
}

type Misbehaviour = Pick<FaultInput, 'when' | 'what'>

const misbehaviours = fc.record({
  when: fc.constantFrom('before' as const, 'after' as const),
  what: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom('drop' as const, 'html', 'empty', 'nonsense') },
    { weight: 8, arbitrary: fc.constantFrom({ status: 500 }, { status: 503 }, { status: 408 }) },
    { weight: 1, arbitrary: fc.constant('hang' as const) },
  ),
})

/** Only a refusal is certain to have had no effect. */
const refusals = fc.record({
  when: fc.constant('before' as const),
  what: fc.constantFrom({ status: 400 }, { status: 429, headers: { 'retry-after': '1' } }),
})

function failSaying(fault: Misbehaviour, isFile: boolean): Command {
  return happen(`saying fails(${isFile ? 'file ' : ''}${JSON.stringify(fault)})`, (real) => {
    if (!isFile) real.scene.fail('say', fault)
    else if (real.dialect.offersMore) {
      real.scene.world.salesforce.fail({ operation: 'sendFile', ...fault })
    }
  })
}

function failListing(fault: Misbehaviour, times: number): Command {
  return happen(`listing fails(${times} ${JSON.stringify(fault)})`, ({ scene }) =>
    scene.fail('list', { ...fault, times }),
  )
}

function failRedis(passes: number, what: 'drop' | 'lose' | { status: number }): Command {
  return happen(`Redis fails(after ${passes}: ${JSON.stringify(what)})`, ({ scene }) => {
    const { redis } = scene.world
    if (passes > 0) redis.fault({ times: passes, what: { slowMs: 0 } })
    redis.fault({ what })
  })
}

const said = fc.record({
  device: fc.nat({ max: 1 }),
  word: fc.oneof(
    { weight: 5, arbitrary: fc.constant('tea' as const) },
    { weight: 1, arbitrary: fc.constant('coffee' as const) },
  ),
})

const saying = fc
  .record({
    visitor: fc.nat({ max: 1 }),
    message: fc.nat({ max: idsPerVisitor - 1 }),
    calls: fc.array(said, { minLength: 1, maxLength: 3 }),
  })
  .map(sayAtOnce)

/** Any order of sayings and misfortunes; every other command says something. */
export const commands = fc.commands<Model, Real, false>(
  [
    saying,
    saying,
    saying,
    saying,
    fc.tuple(fc.oneof(misbehaviours, refusals), fc.boolean()).map((args) => failSaying(...args)),
    fc.tuple(misbehaviours, fc.integer({ min: 1, max: 3 })).map((args) => failListing(...args)),
    fc
      .tuple(fc.nat({ max: 5 }), fc.constantFrom('drop' as const, 'lose' as const, { status: 500 }))
      .map((args) => failRedis(...args)),
    fc
      .nat({ max: maxLagMs })
      .map((lagMs) =>
        happen(`lag(${lagMs})`, ({ scene }) =>
          Object.assign(scene.world.salesforce.switches, { visibilityLagMs: lagMs }),
        ),
      ),
    fc.constant(
      happen('ten seconds later', ({ clock }) => {
        clock.aheadMs += 10_000
        shiftClock(clock.aheadMs)
      }),
    ),
    fc.constant(happen('calm', ({ scene }) => calm(scene))),
  ],
  { maxCommands: 14, size: 'max' },
)

/**
 * When nothing fails any more, a repeat is acknowledged, of one content only, and Salesforce has it
 * once; where messages cannot be looked for, a repeat may be told that nobody knows.
 */
export async function comeToRest(model: Model, real: Real): Promise<void> {
  calm(real.scene)
  shiftClock(real.clock.aheadMs + 10_000)
  for (const visitor of real.visitors) {
    for (const id of visitor.ids.filter((each) => model.messages.has(each))) {
      const known = knownOf(model, id)
      const repeats: number[] = []
      for (const word of known.tried) {
        const answer = await call(real, visitor, id, { device: 0, word })
        judge(known, answer, word)
        repeats.push(answer.status)
        const isLeftOpen = answer.status === 503 && answer.body.retryable === false
        expect(isLeftOpen && real.dialect.settlesUnclear, 'left open').toBe(false)
      }
      const settled = repeats.filter((status) => status !== 422)
      expect(settled, `contents that were not refused: ${[...known.tried]}`).toHaveLength(1)
      if (real.dialect.settlesUnclear) expect(settled).toEqual([202])
    }
  }
  holdAgainst(model, real)
}
