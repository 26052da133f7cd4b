/**
 * Defines the cursor: all that a poll needs to know about what its holder has, as a sealed value
 * that the client keeps. Reading changes nothing on the server.
 */
import * as z from 'zod'
import { role } from '../contract/messages.js'
import { parseJson } from '../json.js'
import type { Sealer } from '../sealing.js'
import type { HistoryMark } from './history.js'
import type { ConversationState } from './state.js'

export type Cursor = {
  /** Holds the newest timestamp given out or passed over (epoch milliseconds), else 0. */
  newest: number
  /** Entries older than this are settled: given out, or history. */
  windowStart: number
  /** Holds the newest of these, to read on from; null when there is none. */
  anchor: string | null
  /** Holds the conversation's state just before `windowStart`. */
  stateBefore: ConversationState
  /**
   * Holds the conversation's state as it was last given out; null where the cursor has no room for
   * it.
   */
  state: ConversationState | null
  /** Holds the place at which the last read of the window had to stop; null: it was complete. */
  resume: ResumePoint | null
  /**
   * Holds fingerprints of the entries seen since `windowStart`, given out or not, with their timestamps.
   */
  seen: ReadonlyMap<string, number>
  /**
   * Holds the moment until which its holder's poll has listened, or looked, in epoch milliseconds
   * of the gateways' shared clock; null when a look is due at once.
   */
  heardUntil: number | null
}

/**
 * Describes a place inside the window. Everything before it was read; the next poll reads on from
 * there.
 */
export type ResumePoint = {
  /** Bounds the next request, epoch milliseconds. */
  bound: number
  /** Entries older than this were read. */
  from: number
  /** Holds the newest entry before `from`, for lists that are read on from an entry. */
  anchor: string | null
  /** Holds the conversation's state just before `from`. */
  state: ConversationState
  /** Holds Salesforce's clock when this pass over the window began, epoch milliseconds. */
  startedAt: number
}

/** A cursor has no room for a longer id. */
export const maxAnchorLength = 100

const instant = z.int().min(0)

const stateSchema = z.strictObject({
  h: z.enum(['queue', 'bot', 'agent', 'none', 'unknown']),
  p: z.array(z.tuple([role, z.string().nullable(), z.string()])),
  e: z.enum(['EndUser', 'Agent', 'System']).nullable(),
  w: z.number().nullable(),
  c: z.boolean(),
})
const anchor = z.string().max(maxAnchorLength).optional()
const resumeSchema = z.strictObject({
  b: instant,
  f: instant,
  a: anchor,
  s: stateSchema.optional(),
  c: instant,
})
const cursorSchema = z.strictObject({
  n: instant,
  f: instant,
  a: anchor,
  s: stateSchema,
  t: stateSchema.nullable().optional(),
  r: resumeSchema.optional(),
  u: instant.optional(),
})
const historySchema = z.strictObject({ f: instant, t: instant, b: instant, g: z.int().min(0) })

/** Keeps a sealed cursor below 6 KB for any list; a window holds fewer. */
const maxFingerprints = 405
const fingerprintBytes = 6
const seenBytes = fingerprintBytes + 2
/**
 * Sets the bytes of a header beside the most fingerprints, so that the sealed cursor stays below 6
 * KB.
 */
const maxHeaderBytes = 1320

/** Packs a header in JSON, with its length before it and binary rows behind it. */
function pack(header: unknown, rows: readonly Buffer[]): Buffer {
  const json = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(2)
  length.writeUInt16BE(json.length)
  return Buffer.concat([length, json, ...rows])
}

/**
 * Unpacks a header and its rows; null when they are of another form, as an earlier release may have
 * sealed them.
 */
function unpack<T>(plain: Buffer | null, schema: z.ZodType<T>) {
  if (!plain || plain.length < 2) return null
  const end = 2 + plain.readUInt16BE(0)
  const header = schema.safeParse(parseJson(plain.toString('utf8', 2, end)))
  return header.success ? { header: header.data, rows: plain.subarray(end) } : null
}

function rowsOf(rows: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.floor(rows.length / size) }, (_, index) =>
    rows.subarray(index * size, (index + 1) * size),
  )
}

function seenRow(fingerprint: string, age: number): Buffer {
  const row = Buffer.alloc(seenBytes)
  row.write(fingerprint, 0, 'hex')
  row.writeUInt16BE(Math.min(Math.max(age, 0), 0xffff), fingerprintBytes)
  return row
}

function packState({ handledBy, participants, endedBy, ...rest }: ConversationState) {
  return {
    h: handledBy,
    p: participants.map(({ role, displayName, subject }) => [role, displayName, subject]),
    e: endedBy,
    w: rest.estimatedWaitSeconds,
    c: rest.closed,
  }
}

function unpackState({ h, p, e, w, c }: z.infer<typeof stateSchema>): ConversationState {
  const participants = p.map(([role, displayName, subject]) => ({ role, displayName, subject }))
  return { handledBy: h, participants, endedBy: e, estimatedWaitSeconds: w, closed: c }
}

/** Packs a state; nothing when it is the same as one that is packed already. */
function packUnlessSame(state: ConversationState, packed: ConversationState | null) {
  const isSame = packed && JSON.stringify(state) === JSON.stringify(packed)
  return isSame ? undefined : packState(state)
}

/**
 * Packs what a cursor can do without: the state last given out, and the place to resume at. A cursor
 * without them tells an older state for one poll, and reads its window again.
 */
function packProgress({ stateBefore, state, resume }: Cursor) {
  return {
    t: state && packUnlessSame(state, stateBefore),
    ...(resume && {
      r: {
        b: resume.bound,
        f: resume.from,
        ...(resume.anchor && { a: resume.anchor }),
        s: packUnlessSame(resume.state, state ?? stateBefore),
        c: resume.startedAt,
      },
    }),
  }
}

export type Cursors = ReturnType<typeof createCursors>

/**
 * Seals and opens cursors and history marks, bound to their conversation. Opening any other text
 * returns null.
 */
export function createCursors(sealer: Sealer) {
  return {
    sealCursor(cursor: Cursor, conversationId: string): string {
      const { newest, windowStart, anchor, stateBefore, seen, heardUntil } = cursor
      const newestFirst = [...seen].sort(([, a], [, b]) => b - a)
      const rows = newestFirst
        .slice(0, maxFingerprints)
        .map(([fingerprint, at]) => seenRow(fingerprint, newest - at))
      const header = {
        n: newest,
        f: windowStart,
        ...(anchor && { a: anchor }),
        s: packState(stateBefore),
        ...(heardUntil !== null && { u: heardUntil }),
      }
      const whole = { ...header, ...packProgress(cursor) }
      const isSmall = Buffer.byteLength(JSON.stringify(whole)) <= maxHeaderBytes
      return sealer.seal(
        pack(isSmall ? whole : { ...header, t: null }, rows),
        `cursor:${conversationId}`,
      )
    },

    openCursor(sealed: string, conversationId: string): Cursor | null {
      const found = unpack(sealer.open(sealed, `cursor:${conversationId}`), cursorSchema)
      if (!found) return null
      const { header, rows } = found
      const seen = new Map(
        rowsOf(rows, seenBytes).map((row) => [
          row.toString('hex', 0, fingerprintBytes),
          header.n - row.readUInt16BE(fingerprintBytes),
        ]),
      )
      const { n: newest, f: windowStart, a: anchor = null, s, t = s, r, u = null } = header
      return {
        newest,
        windowStart,
        anchor,
        stateBefore: unpackState(s),
        state: t && unpackState(t),
        resume: r
          ? {
              bound: r.b,
              from: r.f,
              anchor: r.a ?? null,
              state: unpackState(r.s ?? t ?? s),
              startedAt: r.c,
            }
          : null,
        seen,
        heardUntil: u,
      }
    },

    sealHistory(mark: HistoryMark, conversationId: string): string {
      const { windowStart, members, newestLeft, oldestGiven, given } = mark
      const rows = [...given, ...members].map((row) => Buffer.from(row, 'hex'))
      const header = { f: windowStart, t: newestLeft, b: oldestGiven, g: given.size }
      return sealer.seal(pack(header, rows), `history:${conversationId}`)
    },

    openHistory(sealed: string, conversationId: string): HistoryMark | null {
      const found = unpack(sealer.open(sealed, `history:${conversationId}`), historySchema)
      if (!found) return null
      const { header, rows } = found
      const fingerprints = rowsOf(rows, fingerprintBytes).map((row) => row.toString('hex'))
      const given = new Set(fingerprints.slice(0, header.g))
      const members = new Set(fingerprints.slice(header.g))
      return { windowStart: header.f, newestLeft: header.t, oldestGiven: header.b, given, members }
    },
  }
}
