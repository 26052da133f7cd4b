/**
 * The cursor: all that a poll needs to know about what its holder has, as a sealed value the client
 * keeps. Reading changes nothing on the server.
 */
import * as z from 'zod'
import { role } from '../contract/messages.js'
import { parseJson } from '../json.js'
import type { Sealer } from '../sealing.js'
import type { ConversationState } from './state.js'

export type Cursor = {
  /** The newest timestamp given out or passed over, epoch milliseconds; 0 before the first entry. */
  newest: number
  /** Entries older than this are settled: given out, or history. */
  windowStart: number
  /** The newest of these, to read on from; null when there is none. */
  anchor: string | null
  /** The conversation's state just before `floor`. */
  stateBefore: ConversationState
  /** Fingerprints of the entries seen since `floor`, given out or not, with their timestamps. */
  seen: ReadonlyMap<string, number>
}

/**
 * The part of the history that was not given out yet. Since `windowStart` it consists of `members`
 * alone, because entries that show up there later belong to the cursor. Before `windowStart` it is
 * everything older than `oldestGiven`.
 */
export type HistoryMark = {
  windowStart: number
  members: ReadonlySet<string>
  /** Timestamp to read back from: nothing newer than this is left. */
  newestLeft: number
  /** The timestamp of the oldest entry given out, at most `floor`. */
  oldestGiven: number
  /** Fingerprints of the entries given out that share `bound`. */
  given: ReadonlySet<string>
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
const cursorSchema = z.strictObject({ n: instant, f: instant, a: anchor, s: stateSchema })
const historySchema = z.strictObject({ f: instant, t: instant, b: instant, g: z.int().min(0) })

/** Keeps a sealed cursor below 6 KB for any list; the window holds fewer. */
const maxMarks = 405
const markBytes = 6
const seenBytes = markBytes + 2

/** A header in JSON, its length before it, binary rows behind it. */
function pack(header: unknown, rows: readonly Buffer[]): Buffer {
  const json = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(2)
  length.writeUInt16BE(json.length)
  return Buffer.concat([length, json, ...rows])
}

/** Null when it is of another make, as an earlier release may have sealed it. */
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
  row.writeUInt16BE(Math.min(Math.max(age, 0), 0xffff), markBytes)
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

export type Cursors = ReturnType<typeof createCursors>

/** Seals and opens cursors and history marks, bound to their conversation. Opening anything else gives null. */
export function createCursors(sealer: Sealer) {
  return {
    sealCursor(cursor: Cursor, conversationId: string): string {
      const { newest, windowStart, anchor, stateBefore, seen } = cursor
      const newestFirst = [...seen].sort(([, a], [, b]) => b - a)
      const rows = newestFirst.slice(0, maxMarks).map(([mark, at]) => seenRow(mark, newest - at))
      const header = {
        n: newest,
        f: windowStart,
        ...(anchor && { a: anchor }),
        s: packState(stateBefore),
      }
      return sealer.seal(pack(header, rows), `cursor:${conversationId}`)
    },

    openCursor(sealed: string, conversationId: string): Cursor | null {
      const found = unpack(sealer.open(sealed, `cursor:${conversationId}`), cursorSchema)
      if (!found) return null
      const { header, rows } = found
      const seen = new Map(
        rowsOf(rows, seenBytes).map((row) => [
          row.toString('hex', 0, markBytes),
          header.n - row.readUInt16BE(markBytes),
        ]),
      )
      const { n: newest, f: windowStart, a: anchor = null, s: state } = header
      return { newest, windowStart, anchor, stateBefore: unpackState(state), seen }
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
      const marks = rowsOf(rows, markBytes).map((row) => row.toString('hex'))
      const given = new Set(marks.slice(0, header.g))
      const members = new Set(marks.slice(header.g))
      return { windowStart: header.f, newestLeft: header.t, oldestGiven: header.b, given, members }
    },
  }
}
